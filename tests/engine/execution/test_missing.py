"""What is said of an answer that is not there: the real reason, from what its cell says and how it ended."""

from __future__ import annotations

import pytest
from nbformat.v4 import new_code_cell, new_output

from grading.engine.execution.missing import why_missing

NOT_RUN = "its cell begins with `{}`, so it does not run as Python here. Delete that line"
HINT = ". The notebook was written with Python 3.12 and is graded with 3.11"


def said(source: str, error: tuple[str, str] | None = None, written: str = "3.12") -> str:
    outputs = [new_output("error", ename=error[0], evalue=error[1], traceback=[])] if error else []  # type: ignore[no-untyped-call]
    return why_missing("relu", [new_code_cell(source, outputs=outputs)], written, "3.11.7")  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    "magic", ["%%writefile", "%%timeit", "%%bash", "%%html", "%%script", "%%nosuch", "%%sh", "%%latex", "%%js"]
)
def test_a_cell_that_is_not_run_as_python_is_told_so(magic: str) -> None:
    assert said(f"{magic} x\ndef relu(X):\n    return X") == NOT_RUN.format(magic)
    assert said(f"\n  {magic}\ndef relu(X):\n    return X", ("UsageError", "no")) == NOT_RUN.format(magic)


@pytest.mark.parametrize("magic", ["%%time", "%%capture", "%%prun"])
def test_a_cell_that_is_run_as_python_is_told_its_error(magic: str) -> None:
    assert (
        said(f"{magic}\nimport x\ndef relu(X):\n    return X", ("NameError", "no"))
        == "its cell ended with NameError: no"
    )


@pytest.mark.parametrize(
    "message",
    ["f-string: expecting '}'", "invalid syntax", "expected '('", "multiple exception types must be parenthesized"],
)
def test_syntax_of_a_later_python_is_told_with_both_versions(message: str) -> None:
    error = ("SyntaxError", f"{message} (123.py, line 2)")
    assert said("def relu(X): ...", error) == f"its cell ended with SyntaxError: {message} (line 2){HINT}"
    for same in ("3.11.2", "3.10", "", "odd", "2.7"):
        assert said("def relu(X): ...", error, same) == f"its cell ended with SyntaxError: {message} (line 2)"
    assert said("def relu(X): ...", ("NameError", "x")) == "its cell ended with NameError: x"


@pytest.mark.parametrize("character", ["\u200b", "\ufeff", "\u200f", "\u00ad", "\u2060", "\u200d"])
def test_an_invisible_character_is_named_and_is_no_matter_of_versions(character: str) -> None:
    source = f"{character}def relu(X):\n    return X"
    error = ("SyntaxError", f"invalid non-printable character U+{ord(character):04X} (1.py, line 1)")
    assert said(source, error) == f"its cell ended with SyntaxError: {error[1].replace('1.py, ', '')}"
    assert f"U+{ord(character):04X}" in said(source)


@pytest.mark.parametrize("name", ["StdinNotImplementedError", "EOFError"])
def test_a_cell_that_asks_for_input_is_told_that_nobody_answers(name: str) -> None:
    assert (
        said("n = input()\ndef relu(X): ...", (name, "raw_input was called"))
        == "its cell asks for input, and there is nobody to answer"
    )


@pytest.mark.parametrize("source", ["x = 1", "# def relu(X)", "", "def other(X): ..."])
def test_of_a_cell_that_is_not_about_the_answer_nothing_is_said(source: str) -> None:
    assert said(source, ("ValueError", "x")) == ""


def said_of_its_place(source: str, kind: str = "code") -> str:
    cell = new_code_cell(source, metadata={"nbgrader": {"grade_id": "relu", "solution": True}})  # type: ignore[no-untyped-call]
    cell.cell_type = kind
    return why_missing("relu", [new_code_cell("def other(X): ..."), cell], "3.11", "3.11.7", "relu")  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    "source",
    [
        "def my_relu(X):\n    return X",
        "import torch\ndef my_relu(X):\n    return X\n",
        "def helper(X): ...\nmy_relu = lambda X: X",
        "class my_relu:\n    pass",
        "async def my_relu(X): ...",
        "%matplotlib inline\ndef my_relu(X): ...",
    ],
)
def test_an_answer_under_another_name_is_told_that_name(source: str) -> None:
    assert said_of_its_place(source) == "its cell defines `my_relu` instead"


@pytest.mark.parametrize("source", ["# def relu(X):\n#     return X", "#", "\n\n  # relu\n\n"])
def test_an_answer_that_is_commented_out_is_told_so(source: str) -> None:
    assert said_of_its_place(source) == "its cell holds nothing but comments"


@pytest.mark.parametrize(
    "source", ["", "  \n", "print('x')", "torch.relu(X)", "def relu(X): ...", "if X:", "relu: int = 3"]
)
def test_of_other_places_of_an_answer_nothing_more_is_known(source: str) -> None:
    assert said_of_its_place(source) == ""


def test_an_answer_in_a_cell_that_is_not_for_code_is_told_so() -> None:
    assert said_of_its_place("def relu(X): ...", "markdown").startswith(
        "its cell is a markdown cell, which nobody runs"
    )
