from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from grading.build.course import GENERATED, Masters, build_lesson, build_readme
from grading.build.diagnostic import BuildError, Diagnostic
from grading.build.release import release_text

Reopen = Callable[[Path], Masters]


def build(masters: Masters, *, force: bool = False, run: bool = True) -> tuple[list[str], list[Diagnostic]]:
    """Build every sound lesson and the README; return what was said, without the counting, and the problems."""
    said: list[str] = []
    found: list[Diagnostic] = []
    for master in masters.sound:
        found += build_lesson(masters, master, force=force, run=run, say=said.append)
    found += build_readme(masters, said.append)
    return [line for line in said if " cell " not in line], found


def files(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_two_builds_in_different_folders_are_identical(fresh: Path, built: Path, reopen: Reopen) -> None:
    assert build(reopen(fresh))[1] == []
    assert files(fresh) == files(built)


def test_building_again_writes_and_executes_nothing(
    built: Path, reopen: Reopen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grading.build.course.execute", lambda *_: pytest.fail("executed again"))
    before = {path: path.stat().st_mtime_ns for path in built.rglob("*")}
    said, found = build(reopen(built))
    assert found == []
    assert said == [
        "02-tiny: notebooks/, source/ and release/ are up to date",
        "02-tiny: solutions/02-tiny.ipynb is up to date",
        "03-half: notebooks/, source/ and release/ are up to date",
        "03-half: solutions/03-half.ipynb is up to date",
    ]
    assert {path: path.stat().st_mtime_ns for path in built.rglob("*")} == before


def test_a_changed_lesson_is_built_and_executed_alone(built: Path, reopen: Reopen) -> None:
    master = built / "lessons" / "02-tiny.py"
    master.write_text(master.read_text().replace("print(", "print(1, ", 1))
    said, found = build(reopen(built))
    assert found == []
    assert "02-tiny: wrote solutions/02-tiny.ipynb" in said
    assert "03-half: solutions/03-half.ipynb is up to date" in said


def test_changed_prose_is_reason_enough_to_execute(built: Path, reopen: Reopen) -> None:
    master = built / "lessons" / "02-tiny.py"
    master.write_text(master.read_text().replace("# Write it.", "# Write it well."))
    assert "02-tiny: wrote solutions/02-tiny.ipynb" in build(reopen(built))[0]


def test_force_executes_what_has_not_changed(built: Path, reopen: Reopen) -> None:
    assert "03-half: wrote solutions/03-half.ipynb" in build(reopen(built), force=True)[0]


def test_without_executing_solutions_are_left_alone(fresh: Path, reopen: Reopen) -> None:
    said, found = build(reopen(fresh), run=False)
    assert found == []
    assert "02-tiny: solutions/02-tiny.ipynb is not executed (--no-execute)" in said
    assert not (fresh / "solutions").exists()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda data: b"", "lessons/02-tiny.py: the master is empty"),
        (lambda data: b"\xff" + data, "lessons/02-tiny.py:1: not UTF-8: byte 0xff"),
        (lambda data: b"x = 1\n", "lessons/02-tiny.py:1: not in percent format: no line starts with `# %%`"),
        (
            lambda data: data.replace(b'todo="double"', b'todo="double'),
            "lessons/02-tiny.py:19: cell 4: the value of todo in '# %% todo=\"double' is not JSON",
        ),
    ],
)
def test_a_broken_master_is_one_line_and_the_others_are_built(
    fresh: Path, reopen: Reopen, spoil: Callable[[bytes], bytes], message: str
) -> None:
    master = fresh / "lessons" / "02-tiny.py"
    master.write_bytes(spoil(master.read_bytes()))
    readme = (fresh / "README.md").read_bytes()
    masters = reopen(fresh)
    assert [str(diagnostic) for diagnostic in masters.diagnostics] == [message]
    assert build(masters)[1] == []
    assert (fresh / "solutions" / "03-half.ipynb").exists()
    assert not (fresh / "notebooks" / "02-tiny.ipynb").exists()
    assert (fresh / "README.md").read_bytes() == readme


def test_a_lesson_with_a_problem_is_not_built(built: Path, reopen: Reopen) -> None:
    master = built / "lessons" / "02-tiny.py"
    before = {name: data for name, data in files(built).items() if name.split("/")[0] in GENERATED}
    master.write_text(master.read_text().replace("### BEGIN SOLUTION", "## BEGIN SOLUTION", 1))
    masters = reopen(built)
    assert [master.name for master in masters.sound] == ["03-half"]
    build(masters)
    assert {name: data for name, data in files(built).items() if name.split("/")[0] in GENERATED} == before


def test_a_leak_stops_the_lesson_before_anything_is_written(
    fresh: Path, reopen: Reopen, monkeypatch: pytest.MonkeyPatch
) -> None:
    def leaky(lesson: str, source: str) -> str:
        return release_text(lesson, source).replace("    # YOUR CODE HERE", "    factor_of_two = 2 * x", 1)

    monkeypatch.setattr("grading.build.course.release_text", leaky)
    masters = reopen(fresh)
    found = build_lesson(masters, masters.sound[0], force=False, run=True, say=lambda line: None)
    assert [str(diagnostic).split("\n")[0] for diagnostic in found] == [
        "release/02-tiny/02-tiny.ipynb: cell 4 (double): gives away the answer to double"
    ]
    assert not (fresh / "notebooks").exists()


def test_a_model_answer_that_fails_its_check_is_refused(fresh: Path, reopen: Reopen) -> None:
    master = fresh / "lessons" / "03-half.py"
    master.write_text(master.read_text().replace("return x / 2", "return x / 3"))
    masters = reopen(fresh)
    with pytest.raises(BuildError, match=r"solutions/03-half.ipynb: cell 4 \(check-halve\) raised AssertionError"):
        build_lesson(masters, masters.sound[1], force=False, run=True, say=lambda line: None)
    assert not (fresh / "solutions" / "03-half.ipynb").exists()


def test_words_on_stderr_are_refused(fresh: Path, reopen: Reopen) -> None:
    master = fresh / "lessons" / "03-half.py"
    master.write_text(master.read_text() + "\n# %%\nimport warnings\n\nwarnings.warn('old')\n")
    masters = reopen(fresh)
    (found,) = build_lesson(masters, masters.sound[1], force=False, run=True, say=lambda line: None)
    assert str(found).startswith("solutions/03-half.ipynb: cell 5 (")
    assert "wrote to stderr: cell:3: UserWarning: old" in str(found)


def test_a_master_under_a_wrong_name_is_named(fresh: Path, reopen: Reopen) -> None:
    for name in ("4-more.py", "04_more.py", "04-More.py", "__init__.py"):
        shutil.copy(fresh / "lessons" / "03-half.py", fresh / "lessons" / name)
    assert [diagnostic.path for diagnostic in reopen(fresh).diagnostics] == [
        "lessons/04-More.py",
        "lessons/04_more.py",
        "lessons/4-more.py",
    ]


def test_a_folder_without_lessons_is_said_in_one_line(tmp_path: Path, reopen: Reopen) -> None:
    with pytest.raises(BuildError, match="no folder lessons/"):
        reopen(tmp_path)


def test_the_table_counts_the_points_of_every_lesson(built: Path) -> None:
    assert (
        (built / "README.md").read_text()
        == """\
# Tiny

<!-- points:begin -->
| Lesson | Exercises | Time | Points |
|---|---|---|---:|
| [02-tiny](notebooks/02-tiny.ipynb) | `double`, `Slope.at`, `why-two` (written) | 30 minutes | 6.5 |
| [03-half](notebooks/03-half.ipynb) | `halve` | 10 minutes | 2 |
| **Total** | **4** | **40 minutes** | **8.5** |
<!-- points:end -->

The end.
"""
    )


def test_a_solution_is_taken_as_built_only_if_it_ran_without_faults(built: Path, reopen: Reopen) -> None:
    path = built / "solutions" / "03-half.ipynb"
    path.write_text(path.read_text().replace('"execution_count": 2', '"execution_count": 9', 1))
    assert "03-half: wrote solutions/03-half.ipynb" in build(reopen(built))[0]
