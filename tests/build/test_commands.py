from __future__ import annotations

from pathlib import Path

import pytest

from grading.__main__ import main

pytestmark = pytest.mark.usefixtures("tiny_catalogue")


def test_what_is_built_is_verified(fresh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", "--course", str(fresh)]) == 0
    assert capsys.readouterr().out.endswith("built 2 of 2 lessons, no problems\n")
    assert main(["verify", "--course", str(fresh)]) == 0
    assert capsys.readouterr() == ("2 of 2 lessons verified, no problems\n", "")


def test_the_course_is_the_working_folder(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(built)
    assert main(["verify"]) == 0


def test_a_difference_gives_exit_status_1(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = built / "release" / "02-tiny" / "02-tiny.ipynb"
    path.write_text(path.read_text().replace("# YOUR CODE HERE", "return 2 * x", 1))
    assert main(["verify", "--course", str(built)]) == 1
    out, err = capsys.readouterr()
    assert err == (
        "release/02-tiny/02-tiny.ipynb: cell 4 (double): line 3 differs; run make build\n"
        "  expected      # YOUR CODE HERE\n"
        "  actual        return 2 * x\n"
    )
    assert out == "2 of 2 lessons verified, 1 problem\n"


@pytest.mark.parametrize("command", ["build", "verify", "lint"])
def test_a_broken_master_gives_exit_status_1_and_one_line(
    built: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (built / "lessons" / "02-tiny.py").write_text("")
    assert main([command, "--course", str(built)]) == 1
    out, err = capsys.readouterr()
    assert err == "lessons/02-tiny.py: the master is empty\n"
    assert "1 of 2 lessons" in out


@pytest.mark.parametrize("word", ["02", "02-tiny", "lessons/02-tiny.py", "notebooks/02-tiny.ipynb"])
def test_one_lesson_is_chosen_by_number_name_or_file(
    built: Path, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (built / "lessons" / "03-half.py").write_text("")
    assert main(["verify", word, "--course", str(built)]) == 0
    assert capsys.readouterr().out == "1 of 1 lessons verified, no problems\n"


def test_an_unknown_lesson_is_said_with_those_there_are(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", "07", "--course", str(built)]) == 1
    assert capsys.readouterr().err == "build: no lesson '07'; there are 02-tiny, 03-half\n"


@pytest.mark.parametrize("command", ["build", "lint", "verify"])
def test_a_misspelt_lesson_is_told_the_nearest(command: str, built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "02-tinny", "--course", str(built)]) == 1
    assert capsys.readouterr().err.startswith(f"{command}: no lesson '02-tinny'; did you mean '02-tiny'? There are")


def test_an_exercise_goes_into_the_lesson_with_this_number(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new-exercise", "third", "--lesson", "2", "--course", str(built)]) == 0
    assert "wrote lessons/02-tiny.py" in capsys.readouterr().out
    assert main(["new-exercise", "fourth", "--lesson", "02-tinny", "--course", str(built)]) == 1
    assert "did you mean '02-tiny'?" in capsys.readouterr().err


def test_a_kernel_error_in_one_lesson_does_not_stop_the_other(fresh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    master = fresh / "lessons" / "02-tiny.py"
    master.write_text(master.read_text().replace("print(", "print(1 / 0, ", 1))
    assert main(["build", "--course", str(fresh)]) == 1
    assert "solutions/02-tiny.ipynb: cell 6 (" in capsys.readouterr().err
    assert (fresh / "solutions" / "03-half.ipynb").exists()


def test_without_the_whole_set_the_solution_of_a_lesson_that_asks_for_it_is_not_written(
    fresh: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # A cache that is empty, and no leave to look anywhere else: what a machine without the images is.
    monkeypatch.setenv("MLP_COURSE_DATA", str(tmp_path / "nothing"))
    monkeypatch.setenv("MLP_COURSE_DATA_SOURCE", "sample")
    master = fresh / "lessons" / "02-tiny.py"
    asking = "from grading.data import fashion_mnist\n\nprint(fashion_mnist())\nprint("
    master.write_text(master.read_text().replace("print(", asking, 1))
    assert main(["build", "--course", str(fresh)]) == 1
    assert "solutions/02-tiny.ipynb: shows the bundled sample of 6,000 images" in capsys.readouterr().err
    assert not (fresh / "solutions" / "02-tiny.ipynb").exists()
    assert (fresh / "solutions" / "03-half.ipynb").exists()
