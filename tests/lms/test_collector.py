"""`nbgrader zip_collect` gives what Canvas, Moodle and Brightspace download to the students whose it is."""

import subprocess
import sys
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from nbgrader.apps import ZipCollectApp

from grading.engine.course import Course
from grading.engine.gradebook.students import Student, write_roster
from tests.lms import samples, school

NOTEBOOK = f"{school.LESSON}.ipynb"
PLUGINS = (
    "--collector=grading.lms.collector.DownloadCollector",
    "--extractor=grading.lms.collector.DownloadExtractor",
)
BERLIN = "--DownloadCollector.timezone=Europe/Berlin"


def archive(names: dict[str, bytes]) -> bytes:
    content = BytesIO()
    with ZipFile(content, "w") as packed:
        for name, data in names.items():
            packed.writestr(name, data)
    return content.getvalue()


def download(course: Course, names: dict[str, bytes], name: str = "download.zip") -> None:
    """Put a download into the course, as the system packs it."""
    target = course.root / "downloaded" / school.LESSON / "archive" / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(archive(names))


def collect(course: Course, *words: str) -> dict[str, bytes]:
    """Run nbgrader's own command and return what is handed in then, by STUDENT/FILE."""
    app = ZipCollectApp()
    app.initialize([school.LESSON, f"--CourseDirectory.root={course.root}", *PLUGINS, *words])
    app.start()
    return handed_in(course)


def handed_in(course: Course) -> dict[str, bytes]:
    found = sorted((course.root / "submitted").rglob("*"))
    return {f"{path.parts[-3]}/{path.name}": path.read_bytes() for path in found if path.is_file()}


CANVAS = {
    f"lovelaceada_101_5_{NOTEBOOK}": b"ada",
    f"hoppergrace_LATE_102_6_{school.LESSON}-2.ipynb": b"grace",
    "müllerjörg_103_7_my work.zip": archive({"deep/hoppergrace_102_6_x.ipynb": b"joerg"}),
    "noetheremmy_104_text.html": b"<p>emmy",
}
MOODLE = {
    f"Ada Lovelace_5001_assignsubmission_file_/{NOTEBOOK}": b"ada",
    "Grace Hopper_5002_assignsubmission_file/deep/data.csv": b"1,2",
    f"Jörg Müller_5003_assignsubmission_file_{NOTEBOOK}": b"joerg",
}
BRIGHTSPACE = {
    "index.html": b"<p>everybody",
    f"7-9 - Ada Lovelace - Nov 1, 2026 105 PM/{NOTEBOOK}": b"first",
    "7-9 - Ada Lovelace - Nov 2, 2026 905 AM/again.ipynb": b"second",
    f"8-9 - Grace Hopper- Nov 1, 2026 1205 AM - {NOTEBOOK}": b"grace",
}


def test_a_download_of_canvas_reaches_its_students(class_of_four: Course, capfd: pytest.CaptureFixture[str]) -> None:
    download(class_of_four, CANVAS, "cs_2026_101-tiny_submissions.zip")
    assert collect(class_of_four) == {
        f"ada/{NOTEBOOK}": b"ada",
        f"grace/{NOTEBOOK}": b"grace",
        # What a student has packed stays so: reading it within bounds is for grading.
        "joerg/my work.zip": CANVAS["müllerjörg_103_7_my work.zip"],
        "emmy/text.html": b"<p>emmy",
    }
    assert "grace is late, says Canvas, but not since when" in capfd.readouterr().err


def test_a_download_of_moodle_reaches_its_students(class_of_four: Course) -> None:
    download(class_of_four, MOODLE)
    assert collect(class_of_four) == {
        f"ada/{NOTEBOOK}": b"ada",
        "grace/data.csv": b"1,2",
        f"joerg/{NOTEBOOK}": b"joerg",
    }


def test_anonymous_downloads_of_moodle_need_the_worksheet(
    class_of_four: Course, capfd: pytest.CaptureFixture[str]
) -> None:
    (class_of_four.root / "worksheet.csv").write_text(samples.MOODLE_WORKSHEET, encoding="utf-8")
    download(class_of_four, {f"Participant_{number}_assignsubmission_file_/{NOTEBOOK}": b"1" for number in (5001, 7)})
    assert collect(class_of_four) == {}
    assert "'Participant' (5001) is nobody in the gradebook" in capfd.readouterr().err
    found = collect(class_of_four, "--force", "--DownloadCollector.worksheet=worksheet.csv")
    assert found == {f"ada/{NOTEBOOK}": b"1"}
    assert "the worksheet has no participant 7" in capfd.readouterr().err


def test_a_download_of_brightspace_reaches_its_students_with_their_time(
    class_of_four: Course, capfd: pytest.CaptureFixture[str]
) -> None:
    download(class_of_four, BRIGHTSPACE)
    assert collect(class_of_four, BERLIN) == {
        "ada/again.ipynb": b"second",
        "ada/timestamp.txt": b"2026-11-02 08:05:00",
        f"grace/{NOTEBOOK}": b"grace",
        "grace/timestamp.txt": b"2026-10-31 23:05:00",
    }
    err = capfd.readouterr().err
    assert err.count("The times in the names are taken for those of Europe/Berlin") == 1
    assert "index.html is not named" not in err


def test_two_files_of_one_name_are_both_there(class_of_four: Course) -> None:
    download(class_of_four, {f"lovelaceada_101_{number}_{NOTEBOOK}": str(number).encode() for number in (5, 6, 7)})
    assert collect(class_of_four) == {
        f"ada/{NOTEBOOK}": b"5",
        f"ada/{school.LESSON} (2).ipynb": b"6",
        f"ada/{school.LESSON} (3).ipynb": b"7",
    }


def test_nobody_says_themselves_when_they_handed_in(class_of_four: Course, capfd: pytest.CaptureFixture[str]) -> None:
    download(class_of_four, {"lovelaceada_101_5_timestamp.txt": b"2000-01-01", f"lovelaceada_101_6_{NOTEBOOK}": b"ada"})
    assert collect(class_of_four) == {f"ada/{NOTEBOOK}": b"ada"}
    assert "which is not for a student to say" in capfd.readouterr().err


def test_what_is_nobodys_is_told_and_the_others_are_collected(
    class_of_four: Course, capfd: pytest.CaptureFixture[str]
) -> None:
    names = {f"lovelaceada_101_5_{NOTEBOOK}": b"ada", f"lovelaceadda_999_5_{NOTEBOOK}": b"?", "notes.txt": b"?"}
    download(class_of_four, names)
    assert collect(class_of_four) == {f"ada/{NOTEBOOK}": b"ada"}
    err = capfd.readouterr().err
    assert "'lovelaceadda' (999) is nobody in the gradebook; the nearest is ada (Ada Lovelace)" in err
    assert "notes.txt is not named as Canvas, Moodle or Brightspace name files; it was left out" in err


def test_files_that_were_unpacked_by_hand_are_collected_as_well(class_of_four: Course) -> None:
    folder = class_of_four.root / "downloaded" / school.LESSON / "archive"
    for name, content in {**MOODLE, f"lovelaceada_101_5_{NOTEBOOK}": b"once more"}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    assert sorted(collect(class_of_four)) == [
        f"ada/{school.LESSON} (2).ipynb", f"ada/{NOTEBOOK}", "grace/data.csv", f"joerg/{NOTEBOOK}",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "words", "said"),
    [
        (b"PK\x03\x04 cut off", (), "cannot be unpacked"),
        (archive(BRIGHTSPACE), ("--DownloadCollector.timezone=Berlinn",), "there is no time zone 'Berlinn'"),
        (archive(MOODLE), ("--DownloadCollector.worksheet=none.csv",), "there is no file"),
    ],
)
def test_what_cannot_go_on_says_why(
    content: bytes, words: tuple[str, ...], said: str, class_of_four: Course, capfd: pytest.CaptureFixture[str]
) -> None:
    download(class_of_four, {})
    (class_of_four.root / "downloaded" / school.LESSON / "archive" / "download.zip").write_bytes(content)
    with pytest.raises(SystemExit) as caught:
        collect(class_of_four, *words)
    assert caught.value.code == 1
    assert said in capfd.readouterr().err


def test_without_a_roster_nothing_is_collected(class_of_four: Course, capfd: pytest.CaptureFixture[str]) -> None:
    (class_of_four.root / "gradebook.db").unlink()
    write_roster(class_of_four, [Student("ada")])
    download(class_of_four, CANVAS)
    with pytest.raises(SystemExit):
        collect(class_of_four)
    assert (
        "the gradebook has no names; read the class by `python -m grading roster FILE` first" in capfd.readouterr().err
    )


def test_a_pattern_of_the_courses_own_goes_before_ours(class_of_four: Course) -> None:
    # nbgrader unpacks archives in archives.
    download(class_of_four, {"inner.zip": archive({f"zuse-{NOTEBOOK}": b"own"})})
    words = r"--FileNameCollectorPlugin.named_regexp=.*/(?P<student_id>\w+?)-(?P<file_id>.+)"
    assert collect(class_of_four, words) == {f"zuse/{NOTEBOOK}": b"own"}


def test_the_configuration_of_the_course_names_the_plugins(class_of_four: Course) -> None:
    settings = Path(__file__).parents[2] / "nbgrader_config.py"
    (class_of_four.root / "nbgrader_config.py").write_text(settings.read_text(encoding="utf-8"), encoding="utf-8")
    download(class_of_four, CANVAS, "tiny_submissions.zip")
    command = [sys.executable, "-m", "nbgrader", "zip_collect", school.LESSON]
    done = subprocess.run(command, cwd=class_of_four.root, capture_output=True, text=True, check=False)
    assert (done.returncode, len(handed_in(class_of_four))) == (0, 4), done.stderr
