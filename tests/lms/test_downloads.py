"""The names of downloaded files, made up after how Canvas, Moodle and Brightspace make them, say whose they are."""

from datetime import datetime
from pathlib import Path

import pytest

from grading.engine.gradebook.students import Student
from grading.lms.downloads import as_handed_in, read_path
from grading.lms.submitters import Submitters, participants_in
from grading.lms.table import read_table
from tests.lms import samples

NINE = datetime(2026, 9, 24, 21, 26)
FILE = "02-activations.ipynb"


@pytest.mark.parametrize(
    ("path", "system", "name", "number", "file"),
    [
        (f"lovelaceada_101_55501_{FILE}", "Canvas", "lovelaceada", "101", FILE),
        (f"lovelaceada_LATE_101_55501_{FILE}", "Canvas", "lovelaceada", "101", FILE),
        ("lovelaceada_101_55501_02-activations-3.ipynb", "Canvas", "lovelaceada", "101", "02-activations-3.ipynb"),
        ("lovelaceada_101_55501_my_12_34_work.ipynb", "Canvas", "lovelaceada", "101", "my_12_34_work.ipynb"),
        ("müllerjörg_103_9_a b (1).ipynb", "Canvas", "müllerjörg", "103", "a b (1).ipynb"),
        ("lovelaceada_101_text.html", "Canvas", "lovelaceada", "101", "text.html"),
        ("lovelaceada_LATE_101_link.html", "Canvas", "lovelaceada", "101", "link.html"),
        ("anon_Ab3dE_55501_x.ipynb", "", "", "", ""),
        (f"cs_2026_101-tiny_submissions/lovelaceada_101_5_{FILE}", "Canvas", "lovelaceada", "101", FILE),
        (f"cs_2026_101_submissions (1)/lovelaceada_101_5_{FILE}", "Canvas", "lovelaceada", "101", FILE),
        (f"Ada Lovelace_5001_assignsubmission_file_/{FILE}", "Moodle", "Ada Lovelace", "5001", FILE),
        (f"Ada Lovelace_5001_assignsubmission_file/{FILE}", "Moodle", "Ada Lovelace", "5001", FILE),
        (f"Ada Lovelace_5001_assignsubmission_file_/deep/er/{FILE}", "Moodle", "Ada Lovelace", "5001", FILE),
        (f"Ada Lovelace_5001_assignsubmission_file_{FILE}", "Moodle", "Ada Lovelace", "5001", FILE),
        ("Ada Lovelace_5001_assignsubmission_onlinetext_/onlinetext.html", "Moodle", "Ada Lovelace", "5001", "onlinetext.html"),
        (f"Participant_5001_assignsubmission_file_/{FILE}", "Moodle", "Participant", "5001", FILE),
        (f"397063-2557369 - Mary-Ann Smith - Sep 24, 2026 926 PM/{FILE}", "Brightspace", "Mary-Ann Smith", "397063", FILE),
        (f"397063-2557369 - Ada Lovelace - Sep 24, 2026 926 PM - {FILE}", "Brightspace", "Ada Lovelace", "397063", FILE),
        (f"397063-2557369 - A00123 Ada Lovelace- 24 September 2026 9:26 PM/{FILE}", "Brightspace", "A00123 Ada Lovelace", "397063", FILE),
        (f"397063-2557369 - Ada Lovelace - 24 Sep, 2026 2126/{FILE}", "Brightspace", "Ada Lovelace", "397063", FILE),
        # What a student calls a file is not what counts.
        ("lovelaceada_101_5_hoppergrace_102_6_x.ipynb", "Canvas", "lovelaceada", "101", "hoppergrace_102_6_x.ipynb"),
        (
            "Ada Lovelace_5001_assignsubmission_file_Grace Hopper_5002_assignsubmission_file_x.ipynb",
            "Moodle", "Ada Lovelace", "5001", "Grace Hopper_5002_assignsubmission_file_x.ipynb",
        ),
        (
            "Ada Lovelace_5001_assignsubmission_file_/Grace Hopper_5002_assignsubmission_file_/x.ipynb",
            "Moodle", "Ada Lovelace", "5001", "x.ipynb",
        ),
        (
            "1-2 - Ada Lovelace - Sep 24, 2026 926 PM/1-2 - Grace Hopper - Sep 25, 2026 926 PM - x.ipynb",
            "Brightspace", "Ada Lovelace", "1", "1-2 - Grace Hopper - Sep 25, 2026 926 PM - x.ipynb",
        ),
        ("index.html", "", "", "", ""),
        (f"ada/{FILE}", "", "", "", ""),
    ],
)  # fmt: skip
def test_a_name_says_who_handed_in_what(path: str, system: str, name: str, number: str, file: str) -> None:
    found = read_path(["downloaded", "02-activations", "extracted", *path.split("/")])
    assert (found and (found.system, found.name, found.number, found.file)) == (
        (system, name, number, file) if system else None
    )


@pytest.mark.parametrize(
    ("time", "read"),
    [
        ("Sep 24, 2026 926 PM", NINE),
        ("September 24, 2026 926 PM", NINE),
        ("Sep 24, 2026 9:26 PM", NINE),
        ("24 Sep 2026 2126", NINE),
        ("24 September 2026 21:26", NINE),
        ("Sep 24, 2026 1205 AM", datetime(2026, 9, 24, 0, 5)),
        ("Sep 24, 2026 1205 PM", datetime(2026, 9, 24, 12, 5)),
        ("Sep 24, 2026 05", None),
        ("Sep 31, 2026 926 PM", None),
        ("Vendémiaire 3, 2026 926 PM", None),
    ],
)
def test_brightspace_says_when_it_was_handed_in(time: str, read: datetime | None) -> None:
    found = read_path([f"1-2 - Ada Lovelace - {time}", FILE])
    assert (found.handed_in if found else None) == read


def test_canvas_says_that_something_is_late() -> None:
    found = read_path([f"lovelaceada_LATE_101_5_{FILE}"])
    assert found is not None
    assert found.late


@pytest.mark.parametrize(
    ("file", "own"),
    [("02-activations-1.ipynb", FILE), ("02-activations-12.ipynb", FILE), ("02-activations.ipynb", FILE), ("mine-1.ipynb", "mine-1.ipynb")],
)  # fmt: skip
def test_canvas_numbers_what_is_handed_in_again(file: str, own: str) -> None:
    assert as_handed_in(file, "02-activations") == own


CLASS = [
    Student("ada", "Ada", "Lovelace", "ada@uni.example", "101"),
    Student("grace", "Grace Brewster", "Hopper", "", "102"),
    Student("joerg", "Jörg", "Müller", "", "A00103"),
    Student("max1", "Max", "Muster"),
    Student("max2", "Max", "Muster"),
    Student("emmy", "Emmy", "Noether"),
    Student("901", "Alan", "Turing"),
]


@pytest.mark.parametrize(
    ("path", "student"),
    [
        ("lovelaceada_101_5_x.ipynb", "ada"),
        ("countess_101_5_x.ipynb", "ada"),
        ("hoppergracebrewster_102_5_x.ipynb", "grace"),
        ("noetheremmy_104_5_x.ipynb", "emmy"),
        ("Ada Lovelace_5001_assignsubmission_file_/x.ipynb", "ada"),
        ("Lovelace Ada_5001_assignsubmission_file_/x.ipynb", "ada"),
        ("JÖRG MÜLLER_5001_assignsubmission_file_/x.ipynb", "joerg"),
        ("Jorg Muller_5001_assignsubmission_file_/x.ipynb", "joerg"),
        ("1-2 - Ada Lovelace - Sep 24, 2026 926 PM/x.ipynb", "ada"),
        ("1-2 - A00103 Jörg Müller - Sep 24, 2026 926 PM/x.ipynb", "joerg"),
        ("1-2 - A00103 - J. M. - Sep 24, 2026 926 PM/x.ipynb", "joerg"),
        ("1-2 - A00777 Emmy Noether - Sep 24, 2026 926 PM/x.ipynb", "emmy"),
    ],
)
def test_a_file_is_its_students(path: str, student: str) -> None:
    download = read_path(path.split("/"))
    assert download is not None
    found = Submitters(CLASS).find(download)
    assert isinstance(found, Student)
    assert found.id == student


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("lovelaceada_999_5_x.ipynb", "'lovelaceada' would be ada (Ada Lovelace), who has the number 101 and not 999"),
        (
            "lovelacadea_999_5_x.ipynb",
            "'lovelacadea' (999) is nobody in the gradebook; the nearest is ada (Ada Lovelace)",
        ),
        ("Max Muster_5_assignsubmission_file_/x.ipynb", "'Max Muster' may be max1 (Max Muster) or max2 (Max Muster)"),
        # A number of Canvas's is not the id that somebody has at the university.
        ("somebody_901_5_x.ipynb", "'somebody' (901) is nobody in the gradebook"),
        ("Participant_5001_assignsubmission_file_/x.ipynb", "'Participant' (5001) is nobody in the gradebook"),
        (
            "1-2 - Mary-Ada Lovelace - Sep 24, 2026 926 PM/x.ipynb",
            "'Mary-Ada Lovelace' (1) is nobody in the gradebook; the nearest is ada",
        ),
        (
            "1-2 - A00777 Jörg Müller - Sep 24, 2026 926 PM/x.ipynb",
            "'A00777 Jörg Müller' (1) is nobody in the gradebook; the nearest is joerg",
        ),
    ],
)
def test_a_file_that_may_be_somebody_elses_is_nobodys(path: str, said: str) -> None:
    download = read_path(path.split("/"))
    assert download is not None
    assert str(Submitters(CLASS).find(download)).startswith(said)


def test_a_worksheet_tells_whose_moodles_numbers_are(tmp_path: Path) -> None:
    path = tmp_path / "worksheet.csv"
    path.write_text(samples.MOODLE_WORKSHEET, encoding="utf-8")
    submitters = Submitters(CLASS, participants_in(read_table(path), CLASS))
    found = [
        submitters.find(download)
        for number in ("5001", "5002", "7")
        if (download := read_path([f"Participant_{number}_assignsubmission_file_", "x.ipynb"]))
    ]
    no_participant = "the worksheet has no participant"
    assert found == [CLASS[0], f"{no_participant} 5002", f"{no_participant} 7"]
