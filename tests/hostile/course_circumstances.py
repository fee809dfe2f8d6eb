"""What happens to a course's folder, its gradebook and its settings between two runs."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.engine.tiny import cell
from tests.hostile.case import ALL
from tests.hostile.circumstance import ROOT, STUDENT, Circumstance, Seen, Trial, Way, points_seen, refusal_seen
from tests.hostile.lesson import LESSON

# Hours after the due date.
LATE = "2026-11-02 10:00:00 UTC"
DUE_DATE = "2026-11-01 10:00:00 UTC"
# Too large for exp: a fault that costs a part of the points.
NAIVE = "def sigmoid(X):\n    return torch.exp(X) / (1 + torch.exp(X))"
# A notebook with half of a line.
CUT_OFF = b'{"cells": [{"cell_type": "co'


def _together(trial: Trial) -> Seen:
    students = [STUDENT, "ben", "cem"]
    for student in students[1:]:
        trial.hand_in(student, {})
    running = [trial.start(trial.grading_command()) for _ in range(2)]
    texts = [one.communicate(timeout=600)[0].decode(errors="replace") for one in running]
    points = trial.points()
    kept = sum(points.get(one) == ALL and _is_whole(trial, one) for one in students)
    broken = ", a traceback" if any("Traceback (most" in text for text in texts) else ""
    return Seen(f"{kept} of {len(students)} have points and notebook{broken}", kept == len(students) and not broken)


def _is_whole(trial: Trial, student: str) -> bool:
    try:
        return bool(trial.graded_cells(student))
    except (OSError, ValueError):
        return False


def _again(remove: Callable[[Path], object]) -> Callable[[Trial], Seen]:
    def happens(trial: Trial) -> Seen:
        remove(trial.folder("autograded"))
        said = trial.grade()
        if not _is_whole(trial, STUDENT):
            return Seen("traceback" if said.broke else "not graded again", False)
        return points_seen(trial, said)

    return happens


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


def _due(trial: Trial) -> None:
    with trial.gradebook() as gradebook:
        gradebook.update_or_create_assignment(LESSON, duedate=DUE_DATE)


def _penalty(trial: Trial) -> float:
    with trial.gradebook() as gradebook:
        return float(gradebook.find_submission(LESSON, STUDENT).notebooks[0].late_submission_penalty or 0)


def _late_handed_in(trial: Trial) -> None:
    trial.configure("c.LateSubmissionPlugin.penalty_method = 'zero'")
    (trial.folder("submitted") / "timestamp.txt").write_text(LATE)


def _due_date_set(trial: Trial) -> Seen:
    _late_handed_in(trial)
    trial.grade()
    before = _penalty(trial)
    _due(trial)
    said = trial.grade()
    return _penalties_seen(said.broke, before, _penalty(trial), due=(0, sum(ALL)))


def _policy_changed(trial: Trial) -> Seen:
    _late_handed_in(trial)
    _due(trial)
    trial.grade()
    before = _penalty(trial)
    trial.configure("c.LateSubmissionPlugin.penalty_method = 'none'")
    said = trial.grade()
    return _penalties_seen(said.broke, before, _penalty(trial), due=(sum(ALL), 0))


def _penalties_seen(broke: bool, before: float, after: float, due: tuple[float, float]) -> Seen:
    text = f"{before:g}, then {after:g}{', a traceback' if broke else ''}"
    return Seen(text, (before, after) == due and not broke)


def _change_source(trial: Trial, change: Callable[[list[Any]], None]) -> None:
    path = trial.course / "source" / LESSON / f"{LESSON}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    change(notebook["cells"])
    path.write_text(json.dumps(notebook), encoding="utf-8")
    trial.generate()


def _of_id(cells: Sequence[Any], grade_id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in cells if one["metadata"]["nbgrader"]["grade_id"] == grade_id)
    return found


def _points_of_check(trial: Trial) -> Seen:
    def change(cells: list[Any]) -> None:
        _of_id(cells, "check-sigmoid")["metadata"]["nbgrader"]["points"] = 3.0

    _change_source(trial, change)
    said = trial.grade()
    return points_seen(trial, said, due=(1.0, 3.0, 1.0)) if trial.points() else refusal_seen(trial, said)


def _points_of_assert(trial: Trial) -> Seen:
    def to_assert(cells: list[Any]) -> None:
        _of_id(cells, "check-relu")["source"] = "assert relu(torch.tensor([-1.0])).item() == 0"

    def change(cells: list[Any]) -> None:
        _of_id(cells, "check-relu")["metadata"]["nbgrader"]["points"] = 4.0

    _change_source(trial, to_assert)
    trial.grade()
    _change_source(trial, change)
    return points_seen(trial, trial.grade(), due=(4.0, *ALL[1:]))


def _budget(trial: Trial) -> Seen:
    trial.configure("c.SandboxedExecute.time_budget = 60\nc.ExecutePreprocessor.timeout = 60")
    notebook = trial.folder("autograded") / f"{LESSON}.ipynb"
    before = notebook.stat().st_mtime_ns
    said = trial.grade()
    again = notebook.stat().st_mtime_ns != before
    return Seen(
        "traceback" if said.broke else "graded again" if again else "not graded again", again and not said.broke
    )


def _gradebook(change: Callable[[Path], object]) -> Callable[[Trial], Seen]:
    def happens(trial: Trial) -> Seen:
        change(trial.course / "gradebook.db")
        return refusal_seen(trial, trial.grade())

    return happens


def _generate(change: Callable[[Path], object]) -> Callable[[Trial], Seen | None]:
    def happens(trial: Trial) -> Seen | None:
        if trial.way is Way.OURS:
            return None
        change(trial.course / "gradebook.db")
        return refusal_seen(trial, trial.generate())

    return happens


def _to_text(gradebook: Path) -> None:
    gradebook.write_text("student,points\nada,3.5\n" * 100)


def _to_half(gradebook: Path) -> None:
    gradebook.write_bytes(gradebook.read_bytes()[:10_000])


def _to_folder(gradebook: Path) -> None:
    gradebook.unlink()
    gradebook.mkdir()


def _at(address: str) -> Callable[[Trial], Seen]:
    def happens(trial: Trial) -> Seen:
        trial.keep_gradebook_at(address)
        return refusal_seen(trial, trial.grade())

    return happens


def _read_only(trial: Trial) -> Seen:
    folders = [path for path in (trial.course, *trial.course.rglob("*")) if path.is_dir()]
    (trial.course / "gradebook.db").chmod(0o444)
    for folder in folders:
        folder.chmod(0o555)
    try:
        return refusal_seen(trial, trial.grade())
    finally:
        for folder in folders:
            folder.chmod(0o755)


def _pages_for_everyone(trial: Trial) -> Seen:
    unreadable = [CUT_OFF, b"", b"<!DOCTYPE html><html>Sign in</html>"]
    for number, content in enumerate(unreadable):
        folder = trial.folder("submitted", f"ben-{number}")
        folder.mkdir(parents=True)
        (folder / f"{LESSON}.ipynb").write_bytes(content)
    trial.grade()
    said = trial.feedback()
    pages = len(list((trial.course / "feedback").glob(f"*/{LESSON}/*.html")))
    due = 1 + len(unreadable)
    broken = ", a traceback" if said.broke else ""
    return Seen(f"{pages} of {due} pages{broken}", pages == due and not broken)


def _untouched_written_answer(trial: Trial) -> Seen | None:
    if trial.way is Way.ALONE:
        return None

    def with_a_question(cells: list[Any]) -> None:
        ids = {"grade": True, "grade_id": "why", "locked": False, "solution": True, "points": 1.0}
        cells.append({**cell("markdown", "Why?\n\n### BEGIN SOLUTION\nSo.\n### END SOLUTION", **ids), "id": "why"})

    _change_source(trial, with_a_question)
    shutil.rmtree(trial.folder("submitted"))
    trial.hand_in(STUDENT, {})
    trial.grade()
    said = trial.run(trial.ours("report", LESSON))
    marks = [mark for mark in "✓◐✗○" if any(mark in line for line in said.text.splitlines() if STUDENT in line)]
    return Seen("traceback" if said.broke else " ".join(marks), marks == ["✓", "○"] and not said.broke)


def _copies(trial: Trial) -> Seen:
    students = [f"copy-{number}" for number in range(7)]
    for student in students[:6]:
        trial.hand_in(student, {"sigmoid": NAIVE}, when="2026-11-01 10:00:00 UTC")
    got = [trial.grade() and trial.points()]
    trial.hand_in(students[6], {"sigmoid": NAIVE}, when="2026-11-02 10:00:00 UTC")
    got += [trial.grade() and trial.points(), trial.grade("--force") and trial.points()]
    numbers = sorted({points[one][1] for points in got for one in students if one in points})
    everybody = all(one in points for points in got[1:] for one in students)
    shown = ", ".join(f"{number:.3g}" for number in numbers) or "none"
    return Seen(f"{shown}{'' if everybody else '; not all are graded'}", len(numbers) == 1 and everybody)


def _after_feedback(trial: Trial) -> Seen | None:
    trial.feedback()
    trial.hand_in("late", {}, first="'I have read the feedback'")
    trial.grade()
    seeds = [{verdict["seed"] for verdict in trial.verdicts(one)} for one in (STUDENT, "late")]
    if not all(seeds):
        return None
    other = seeds[0].isdisjoint(seeds[1])
    return Seen("other inputs" if other else "the same inputs", other)


def _make_clean(trial: Trial) -> Seen | None:
    if trial.way is not Way.OURS:
        return None
    trial.feedback()
    shutil.copyfile(ROOT / "Makefile", trial.course / "Makefile")
    for name in ("benchmarks", "grading", "lessons", "scripts", "tests"):
        (trial.course / name).mkdir()
    kept = [trial.folder(step) for step in ("submitted", "autograded", "feedback")] + [trial.course / "gradebook.db"]
    before = [path for path in kept if path.exists()]
    said = trial.run(["make", "--no-print-directory", "clean"])
    gone = [path.relative_to(trial.course).parts[0] for path in kept if not path.exists()]
    text = f"{', '.join(gone)} are gone" if gone else f"status {said.status}" if said.status else "all is kept"
    return Seen(text, before == kept and text == "all is kept")


COURSE: tuple[Circumstance, ...] = (
    Circumstance("twice", "the lesson graded by two runs at the same time", "3 of 3 have points and notebook", _together),
    Circumstance("emptied", "`rm autograded/ada/LESSON/*`, then graded", "1 · 1.5 · 1", _again(_empty), graded=True),
    Circumstance("due-date", "a due date that is set after grading, then graded: the penalty", "0, then 3.5", _due_date_set),
    Circumstance("late-policy", "another late policy after grading, then graded: the penalty", "3.5, then 0", _policy_changed),
    Circumstance("points-of-check", "other points than the exercise's in `source/`, then `generate_assignment`",
                 "refused, or 1 · 3 · 1", _points_of_check),
    Circumstance("points-of-assert", "other points of a cell with asserts in `source/` after grading, then `generate_assignment`",
                 "4 · 1.5 · 1", _points_of_assert),
    Circumstance("budget", "another time budget in `nbgrader_config.py` after grading, then graded", "graded again", _budget, graded=True),
    Circumstance("read-only", "a folder that may only be read", "one sentence", _read_only, ordinary=True),
    Circumstance("gradebook-text", "`gradebook.db` is a text file", "one sentence", _gradebook(_to_text)),
    Circumstance("gradebook-empty", "`gradebook.db` is empty", "one sentence", _gradebook(lambda path: os.truncate(path, 0))),
    Circumstance("gradebook-half", "`gradebook.db` is cut off", "one sentence", _gradebook(_to_half)),
    Circumstance("gradebook-folder", "`gradebook.db` is a folder", "one sentence", _gradebook(_to_folder)),
    Circumstance("generate-text", "`generate_assignment` where `gradebook.db` is a text file", "one sentence", _generate(_to_text)),
    Circumstance("database-down", "a PostgreSQL address where nobody listens", "one sentence",
                 _at("postgresql+psycopg://127.0.0.1:9/mlp")),
    Circumstance("postgres", "an address that begins with `postgres://`", "one sentence", _at("postgres://127.0.0.1:9/mlp")),
    Circumstance("no-driver", "an address whose driver is missing", "one sentence", _at("mysql+mysqldb://127.0.0.1:9/mlp")),
    Circumstance("no-kind", "an address of an unknown kind", "one sentence", _at("mongodb://127.0.0.1/mlp")),
    Circumstance("no-address", "a path in place of an address", "one sentence", _at("/home/ada/gradebook.db")),
    Circumstance("no-place", "an SQLite address in a folder that is not there", "one sentence", _at("sqlite:////nowhere/gradebook.db")),
    Circumstance("feedback", "feedback for a class of which three are unreadable", "4 of 4 pages", _pages_for_everyone),
    Circumstance("written", "an untouched written answer, in our report", "✓ ○", _untouched_written_answer),
    Circumstance("copies", "six copies of a faulty answer, one a day later, all with `--force`: its points", "one number", _copies),
    Circumstance("after-feedback", "a submission that is handed in after pages of feedback were written", "other inputs",
                 _after_feedback, graded=True),
    Circumstance("make-clean", "`make clean`", "all is kept", _make_clean, graded=True),
)  # fmt: skip
