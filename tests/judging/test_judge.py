"""What the judge promises, whatever the exercise."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from grading import exercise, exercises, judge
from grading.errors import CourseError, UnknownExercise
from grading.judging import Outcome, Verdict


def _right(X: torch.Tensor) -> torch.Tensor:
    return X.clamp(min=0)


def _naive_sigmoid(X: torch.Tensor) -> torch.Tensor:
    return torch.exp(X) / (1 + torch.exp(X))


def test_a_right_answer_earns_everything() -> None:
    verdict = judge(exercise("relu"), _right)
    assert (verdict.passed, verdict.score, verdict.outcome, verdict.findings) == (True, 1.0, Outcome.PASSED, ())
    assert str(verdict) == "relu: passed, 1 point."


def test_an_answer_that_is_right_but_for_extremes_earns_a_part() -> None:
    verdict = judge(exercise("sigmoid"), _naive_sigmoid)
    assert not verdict.passed
    assert verdict.score == pytest.approx(0.7)  # of the values that are right the derivative is not
    assert verdict.findings[0].mistake == "overflows"


def test_a_verdict_survives_json() -> None:
    verdict = judge(exercise("sigmoid"), _naive_sigmoid)
    assert Verdict.from_dict(json.loads(json.dumps(verdict.to_dict()))) == verdict


def test_the_same_seed_gives_the_same_verdict() -> None:
    assert judge(exercise("tanh"), _right, seed=7) == judge(exercise("tanh"), _right, seed=7)


def test_html_escapes_what_came_from_the_answer() -> None:
    def relu(X: torch.Tensor) -> Any:
        raise ValueError("<script>alert(1)</script>")

    html = judge(exercise("relu"), relu).html()
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_a_fault_of_the_check_costs_nothing() -> None:
    def broken(X: torch.Tensor) -> torch.Tensor:
        raise ZeroDivisionError("a fault of the course")

    verdict = judge(replace(exercise("relu"), reference=broken), _right)
    assert (verdict.outcome, verdict.score) == (Outcome.CHECK_ERROR, 1.0)
    assert "this costs no points" in str(verdict)


def test_an_answer_that_is_no_function_is_an_error_of_the_answer() -> None:
    verdict = judge(exercise("relu"), 3)  # type: ignore[arg-type]  # the fault on show
    assert verdict.outcome is Outcome.ANSWER_ERROR
    assert "not callable" in str(verdict)


@pytest.mark.parametrize("error", [SystemExit, RecursionError, MemoryError, AssertionError, GeneratorExit])
def test_whatever_an_answer_raises_becomes_a_verdict(error: type[BaseException]) -> None:
    def relu(X: torch.Tensor) -> Any:
        raise error

    assert judge(exercise("relu"), relu).outcome is Outcome.ANSWER_ERROR


def test_an_interrupt_is_passed_on() -> None:
    def relu(X: torch.Tensor) -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        judge(exercise("relu"), relu)


def test_an_error_whose_text_cannot_be_had_is_still_a_verdict() -> None:
    class Silent(Exception):
        def __str__(self) -> str:
            raise RuntimeError("no text")

    def relu(X: torch.Tensor) -> Any:
        raise Silent

    assert judge(exercise("relu"), relu).outcome is Outcome.ANSWER_ERROR


def test_settings_of_the_session_are_left_as_they_were() -> None:
    torch.set_float32_matmul_precision("medium")
    torch.manual_seed(5)
    state = torch.get_rng_state()
    try:
        judge(exercise("relu"), _right)
        assert torch.get_float32_matmul_precision() == "medium"
        assert torch.equal(torch.get_rng_state(), state)
    finally:
        torch.set_float32_matmul_precision("highest")


def test_a_default_dtype_of_float64_does_not_change_a_verdict() -> None:
    torch.set_default_dtype(torch.float64)
    try:
        assert judge(exercise("relu"), _right).passed
        assert torch.get_default_dtype() is torch.float64
    finally:
        torch.set_default_dtype(torch.float32)


def test_no_grad_around_the_judge_does_not_change_a_verdict() -> None:
    with torch.no_grad():
        assert judge(exercise("relu"), _right).passed
    with torch.inference_mode():
        assert judge(exercise("relu"), _right).passed


def test_an_unknown_device_is_refused_with_what_to_do() -> None:
    with pytest.raises(CourseError, match="MLP_COURSE_DEVICE"):
        judge(exercise("relu"), _right, device="toaster")


def test_an_unknown_exercise_names_the_nearest() -> None:
    with pytest.raises(UnknownExercise, match="did you mean relu"):
        exercise("rellu")


def test_hidden_cases_never_show_their_input() -> None:
    # Right on every visible case of this seed, and wrong on any other input.
    seen = set()

    def remember(X: torch.Tensor) -> torch.Tensor:
        seen.add(X.double().sum().item())
        return X.clamp(min=0)

    one = exercise("relu")
    judge(one, remember, hidden=False)

    def relu(X: torch.Tensor) -> torch.Tensor:
        return X.clamp(min=0) + (0 if X.double().sum().item() in seen or X.numel() < 2 else 1)

    finding = judge(one, relu).findings[0]
    assert finding.case == "other values"
    assert finding.facts == (("with", "other values"),)


@pytest.mark.parametrize("one", exercises(), ids=lambda one: one.name)
def test_every_exercise_is_completely_declared(one: Any) -> None:
    assert one.points > 0
    assert one.summary.endswith(".")
    if one.manual:
        assert one.rubric
        return
    assert len(one.mistakes) >= 5
    assert len({mistake.name for mistake in one.mistakes}) == len(one.mistakes)
    assert len(one.hints) >= 3
    assert one.examine is not None or (one.reference is not None and one.read is not None and one.cases)
    assert sum(one.shares.values()) == pytest.approx(1.0)
    assert all(len(mistake.explanation) <= 160 for mistake in one.mistakes)


def test_importing_the_package_imports_neither_torch_nor_jupyter() -> None:
    code = (
        "import sys, grading; print(sorted({'torch', 'nbgrader', 'IPython', 'matplotlib', 'dask'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_the_judge_imports_nothing_of_jupyter() -> None:
    code = "import sys; from grading import judge; "
    code += "print(sorted({'nbgrader', 'IPython', 'jupyter_client', 'matplotlib'} & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_the_command_judges_a_file(tmp_path: Path) -> None:
    file = tmp_path / "answer.py"
    file.write_text("import torch\n\ndef relu(X):\n    return torch.abs(X)\n")
    command = [sys.executable, "-m", "grading", "judge", "relu", str(file), "--json"]
    result = subprocess.run(command, capture_output=True, text=True)
    verdict = Verdict.from_dict(json.loads(result.stdout))
    assert (result.returncode, verdict.findings[0].mistake) == (1, "absolute")


@pytest.mark.parametrize("name", ["-", "/dev/stdin"])
def test_the_command_judges_what_comes_through_a_pipe(name: str) -> None:
    source = "def relu(X):\n    raise ValueError('of mine')\n"
    command = [sys.executable, "-m", "grading", "judge", "relu", name]
    result = subprocess.run(command, input=source, capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (1, "")
    assert "line 2: raise ValueError('of mine')" in result.stdout


def test_a_folder_is_no_answer(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "grading", "judge", "relu", str(tmp_path)]
    result = subprocess.run(command, capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (1, f"judge: {tmp_path} cannot be read: Is a directory\n")


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "latin-1"])
def test_a_sign_that_the_terminal_does_not_have_is_replaced(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "answer.py"
    file.write_text("def relu(X):\n    raise ValueError('\u221a2 \u2713')\n", encoding="utf-8")
    command = [sys.executable, "-m", "grading", "judge", "relu", str(file)]
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    result = subprocess.run(command, capture_output=True, env=environment)
    assert (result.returncode, result.stderr) == (1, b"")
    assert b"ValueError: ?2 ?" in result.stdout


@pytest.mark.parametrize(
    ("source", "message"),
    [("def tanh(X): return X", "defines no 'relu'"), ("1 / 0", "cannot be run"), (None, "there is no file")],
)
def test_the_command_says_what_is_wrong_with_a_file(tmp_path: Path, source: str | None, message: str) -> None:
    file = tmp_path / "answer.py"
    if source is not None:
        file.write_text(source)
    result = subprocess.run(
        [sys.executable, "-m", "grading", "judge", "relu", str(file)], capture_output=True, text=True
    )
    assert result.returncode == 1
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_no_reference_and_no_known_mistake_imports_what_takes_seconds() -> None:
    code = """
import sys, torch
from grading import exercises
from grading.judging.prepared import prepare
from grading.probe.observe import observe
for one in exercises():
    for case in one.cases[:1]:
        asked = prepare(one, case, 0, torch.device("cpu"))
        for mistake in one.mistakes:
            observe(mistake.wrong, asked.call)
            if "torch._dynamo" in sys.modules or "sympy" in sys.modules:
                sys.exit(f"{one.name}: {mistake.name}")
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
