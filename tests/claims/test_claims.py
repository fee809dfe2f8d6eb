"""A sample of what the lessons claim is computed anew, and the linter of claims finds what it should."""

from __future__ import annotations

import pytest

from grading.build.master import Master, parse_master
from grading.catalogue.explanations import Explanation
from tests.claims import Claim, Said, claimed, masters, numerals, problems, sentences

SETUP = '# %% tags=["setup"]\nimport grading\nsizes = [784, 256, 10]\n'
QUICK = [(one, said) for master in masters() for one, said in claimed(master) if not one.slow]


@pytest.mark.parametrize("master", list(masters()), ids=lambda master: master.name)
def test_every_number_of_a_lesson_has_a_claim_and_every_claim_a_proof(master: Master) -> None:
    assert list(problems(master)) == []


def lesson(prose: str) -> Master:
    text = "# %% [markdown]\n" + "\n".join(f"# {line}" for line in prose.split("\n")) + f"\n\n{SETUP}"
    master = parse_master("01-xor", "lessons/01-xor.py", text.encode())
    assert isinstance(master, Master)
    return master


def found(prose: str) -> list[str]:
    return [problem for problem in problems(lesson(prose)) if "does not claim" not in problem]


@pytest.mark.parametrize(("one", "said"), QUICK, ids=[f"{one.lesson} {one.name}" for one, _ in QUICK])
def test_what_a_lesson_claims_is_so(one: Claim, said: Said) -> None:
    assert one.prove(said) is None  # it raises AssertionError itself


@pytest.mark.parametrize(
    "prose",
    [
        "It is 25 times as fast.",
        "It reaches 0.84 in the end.",
        "About 12 % are wrong.",
        "| method | 0.84 |",
        "First one. Then 3 of them.",
        "- it takes 4 minutes",
        "A loss of −2.3 is found.",
        "<details><summary>Near 0.9</summary>",
        "# A heading\n\nIt is 25 times as fast.",
        "## 3 · A heading\nThen text.\n\n### Another\nIt reaches 0.84.",
    ],
)
def test_a_number_without_a_claim_is_found(prose: str) -> None:
    assert len(found(prose)) == 1
    assert "has a number and no claim" in found(prose)[0]


@pytest.mark.parametrize(
    "prose",
    [
        "# 3 ways",
        "1. The first thing",
        "**2.** A question",
        "as in lesson 02, section 3",
        "Hint 4 says more",
        "(Glorot and Bengio 2010)",
        "the bound is $1/4$ or `0.25`",
        "$$\na = 17\n$$",
        "see [the paper](https://arxiv.org/abs/1502.01852)",
        "W1 and b2 and `x[3]`",
        "every label is 0 or 1",
        "```\n12 lines\n```",
        "The network has 784 inputs. <!-- claim: given -->",
    ],
)
def test_what_needs_no_claim_is_left_alone(prose: str) -> None:
    assert found(prose) == []


def test_a_given_number_that_no_code_gives_is_found() -> None:
    assert "says [257.0], which no code" in found("The layer has 257 units. <!-- claim: given -->")[0]


def test_a_claim_without_a_proof_is_found() -> None:
    assert "which nothing in tests/claims proves" in found("It is faster. <!-- claim: no-such-proof -->")[0]


def test_the_numbers_of_a_model_answer_are_those_of_its_lesson(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = "It has 784 inputs. <!-- claim: given --> It is 25 times as fast."
    monkeypatch.setattr("tests.claims.explanations", lambda: (Explanation("why-fast", "Why?", answer, "01-xor"),))
    (told,) = found("Text.")
    assert "why-fast" in told and "'It is 25 times as fast.' has a number and no claim" in told


def test_a_claim_belongs_to_the_sentence_before_it() -> None:
    text = "It has 3 rows. It has 25 columns. <!-- claim: wide --> It has 7 more."
    told = [name for cell in lesson(text).cells for sentence, name in sentences(cell) if numerals(sentence)]
    assert told == ["", "wide", ""]


def test_numbers_are_read_as_they_are_written() -> None:
    assert numerals("from −1.5 to 70,000 and 3e-4, at 84 %") == (-1.5, 70000.0, 3e-4, 84.0)


def test_the_notebooks_come_without_the_markers() -> None:
    master = lesson("It has 784 inputs. <!-- claim: given -->\nMore.")
    assert master.cells[0].source == "It has 784 inputs.\nMore."
    assert "claim" in master.cells[0].marked
