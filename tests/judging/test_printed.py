"""What an answer prints while it is checked is shown where it helps, and nowhere else."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable
from typing import Any

import pytest
from torch import Tensor
from tqdm import tqdm

from grading import exercise, judge
from grading.judging.printed import excerpt
from grading.judging.verdict import Verdict


def verdict(answer: Callable[..., Any], *, hidden: bool = False) -> Verdict:
    return judge(exercise("relu"), answer, device="cpu", hidden=hidden)


def _wrong(X: Tensor) -> Tensor:
    print("shape", tuple(X.shape))
    print("X =", X.tolist())
    return X.abs()


def _raises(X: Tensor) -> Any:
    print(X.shape)
    return X @ X


def _flood(X: Tensor) -> Tensor:
    for number in range(25):
        print(number)
    return X.abs()


def _markup(X: Tensor) -> Tensor:
    print("<script>alert(1)</script>")
    return X.abs()


def _right(X: Tensor) -> Tensor:
    print(X.shape)
    return X.clamp(min=0)


def test_what_is_shown_was_printed_for_the_input_that_is_shown() -> None:
    said = str(verdict(_wrong)).splitlines()
    assert "  input     X = [-0.5]" in said
    assert said[-3:] == ["Your answer printed:", "  shape (1,)", "  X = [-0.5]"]


def test_before_an_exception_too() -> None:
    assert str(verdict(_raises)).endswith("\nYour answer printed:\n  torch.Size([6, 3])")


def test_a_flood_is_shortened() -> None:
    found = verdict(_flood)
    assert str(found).splitlines()[-3:] == ["Your answer printed:", "  0", "… and 20 more"]
    folded = found.html().partition("<details")[2]
    assert "  1\n  2\n" in folded and "  19\n  … and 5 lines more" in folded


def test_the_card_shows_it_escaped() -> None:
    html = verdict(_markup).html()
    assert "Your answer printed:\n  &lt;script&gt;" in html and "<script>" not in html


def test_a_right_answer_shows_nothing_of_it() -> None:
    assert str(verdict(_right)) == "relu: passed, 1 point."


@pytest.mark.parametrize("answer", [_wrong, _raises, _flood])
def test_where_hidden_inputs_could_be_printed_nothing_is_shown(answer: Callable[..., Any]) -> None:
    assert "printed" not in str(verdict(answer, hidden=True))


def test_it_travels_with_the_verdict() -> None:
    found = verdict(_wrong)
    assert Verdict.from_dict(found.to_dict()) == found


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("", ()),
        ("\n\n  \n", ()),
        ("a", ("a",)),
        ("a\n", ("a",)),
        ("\na", ("", "a")),
        ("a\n" * 20, ("a",) * 20),
        ("a\n" * 21, (*("a",) * 20, "… and 1 line more")),
        ("a\n" * 30, (*("a",) * 20, "… and 10 lines more")),
        ("x" * 200, ("x" * 200,)),
        ("x" * 201, ("x" * 200 + "…",)),
        (f"{'x' * 190}\n" * 7, (*("x" * 190,) * 6, "x" * 60 + "…")),
        ("a\n" * 1000, (*("a",) * 20, "… and more")),
        ("x" * 2000, ("x" * 200 + "…", "… and more")),
    ],
)
def test_a_few_lines_are_shown_and_how_many_more_there_are(printed: str, shown: tuple[str, ...]) -> None:
    assert excerpt(printed) == shown


def _bar(X: Tensor) -> Tensor:
    for _ in tqdm(range(500), desc="train", mininterval=0):
        pass
    print("done")
    return X.abs()


def _to_error(X: Tensor) -> Tensor:
    print("to stderr", file=sys.stderr)
    return X.abs()


def _logs(X: Tensor) -> Tensor:
    logger, handler = logging.Logger("learner"), logging.StreamHandler()
    logger.addHandler(handler)
    logger.warning("careful %s", tuple(X.shape))
    return X.abs()


def _in_bytes(X: Tensor) -> Tensor:
    sys.stdout.buffer.write("Größe\n".encode())
    sys.stdout.buffer.flush()
    return X.abs()


def _prints(text: str) -> Callable[[Tensor], Tensor]:
    def relu(X: Tensor) -> Tensor:
        sys.stdout.write(text)
        return X.abs()

    return relu


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        (_bar, [r"train: 100%\|█+\| 500/500 .*", "done"]),
        (_to_error, ["to stderr"]),
        (_logs, [r"careful \(1,\)"]),
        (_in_bytes, ["Größe"]),
        (_prints("no end"), ["no end"]),
        (_prints("a\r\nb\r\n"), ["a", "b"]),
        (_prints("\rstep 1\rstep 2\r      \r"), ["step 2"]),
        (
            _prints("\x1b[31mred\x1b[0m, \x1b[1;4mbold\x1b[0m\x1b[2J, \x1b]8;;http://x\x07link\x1b]8;;\x07"),
            ["red, bold, link"],
        ),
        (_prints("网络 🙂 \u202e\x07\udcc3\u2028x"), ["网络 🙂 \ufffd\u2407\ufffd\u2028x"]),
        (_prints("x" * 10**6), ["x{200}…", "… and more"]),
        (_prints("\x1b[31mx\x1b[0m" * 10**4), ["x{200}…", "… and more"]),
    ],
)
def test_whatever_way_something_is_printed_it_is_shown_as_on_paper(
    answer: Callable[..., Any], shown: list[str]
) -> None:
    printed = verdict(answer).findings[0].printed
    assert len(printed) == len(shown), printed
    assert all(re.fullmatch(due, line) for due, line in zip(shown, printed, strict=True)), printed
