"""Every exercise is proved by wrong answers that it rejects and by right ones, in different styles, that it accepts."""

from __future__ import annotations

import pytest

from grading import exercise, exercises, judge
from grading.judging import Outcome
from grading.judging.judge import passes
from tests.corpus import messages, report
from tests.corpus.contracts import CONTRACTS
from tests.corpus.damage import OUTPUTS
from tests.corpus.entries import Entry, entries
from tests.corpus.measure import accepted, measure_mutants, mutants_of
from tests.corpus.mutate import Mutant
from tests.corpus.oracle import Contract, distinguish

RIGHT = [entry for entry in entries() if entry.right]
WRONG = [entry for entry in entries() if not entry.right]
GRADED = [one.name for one in exercises() if not one.manual]
# The full numbers are those of `make judge-report`; here every answer meets two seeds, and is explained on the first.
SEED, OTHER_SEED = messages.SEED, 11
TOLD = messages.read()
# So many generated wrong answers of every exercise, evenly chosen from all; samplers take longer each.
SAMPLE, SAMPLE_OF_SAMPLERS = 40, 12


@pytest.mark.parametrize("name", GRADED)
def test_every_exercise_has_enough_answers(name: str) -> None:
    assert len({entry.style for entry in RIGHT if entry.exercise == name}) >= 6
    assert len({entry.style for entry in WRONG if entry.exercise == name}) >= 15


@pytest.mark.parametrize("entry", RIGHT, ids=str)
def test_a_right_answer_is_accepted(entry: Entry) -> None:
    verdict = judge(exercise(entry.exercise), entry.function, seed=SEED)
    assert verdict.outcome is Outcome.PASSED, str(verdict)
    assert passes(exercise(entry.exercise), entry.function, seed=OTHER_SEED)


@pytest.mark.parametrize("entry", WRONG, ids=str)
def test_a_wrong_answer_is_rejected_and_named_as_it_should_be(entry: Entry) -> None:
    verdict = judge(exercise(entry.exercise), entry.function, "cpu", SEED)
    assert verdict.outcome in (Outcome.FAILED, Outcome.ANSWER_ERROR), str(verdict)
    assert verdict.score < 1
    assert verdict.findings[0].mistake == entry.mistake, str(verdict)
    assert len(verdict.text_lines()) <= 8
    text = messages.settled(str(verdict))
    assert messages.alike(text, TOLD[str(entry)]), text
    assert not passes(exercise(entry.exercise), entry.function, seed=OTHER_SEED)


def test_the_page_of_messages_is_about_the_wrong_answers_that_there_are() -> None:
    assert messages.PAGE.read_text().count("\n### ") == len(TOLD), "an answer stands on the page twice"
    assert set(TOLD) == {str(entry) for entry in WRONG}, "the corpus has changed: run `make judge-messages`"


def test_no_message_says_a_thing_twice() -> None:
    for entry, text in TOLD.items():
        lines = [line.removeprefix("Also: ") for line in text.splitlines()]
        assert len(lines) == len(set(lines)), entry


@pytest.mark.parametrize(
    ("first", "second", "alike"),
    [
        ("got 0.25", "got 0.250001", True),
        ("got 0.25", "got 0.26", False),
        ("got 0.25", "had 0.25", False),
        ("relu\n  error     a", "relu\n  error     b", True),
        ("relu\n  error     a\nadvice", "relu\n  error     b", False),
        ("got -0", "got 0", True),
        ("expected -1e-16", "expected 0", True),
    ],
)
def test_messages_are_compared_by_words_and_nearly_equal_numbers(first: str, second: str, alike: bool) -> None:
    assert messages.alike(first, second) is alike


def _sample(name: str) -> list[tuple[Entry, Mutant]]:
    contract = CONTRACTS[name]
    most = SAMPLE_OF_SAMPLERS if isinstance(contract, Contract) and contract.check is not None else SAMPLE
    everything = [
        (entry, mutant)
        for index, entry in enumerate(entries())
        if entry.exercise == name and entry.right
        for mutant in mutants_of(index)
    ]
    step = max(1, len(everything) // most)
    return everything[step // 2 :: step]


@pytest.mark.parametrize("name", [name for name in GRADED if isinstance(CONTRACTS[name], Contract)])
def test_generated_wrong_answers_are_rejected_as_the_table_says(name: str) -> None:
    contract = CONTRACTS[name]
    assert isinstance(contract, Contract)
    known = {(one["answer"], one["mutant"]) for one in report.read().get(name, report.EMPTY)["problems"]["survived"]}
    survived = []
    for entry, mutant in _sample(name):
        if accepted(name, mutant.compile(), 0):
            evidence = distinguish(contract, mutant.compile(), entry.function)
            if evidence and (str(entry), mutant.name) not in known:
                survived.append(f"{entry}, {mutant.name}: {evidence}\n{mutant.source}")
    assert survived == [], "\n".join(survived)


@pytest.mark.parametrize("name", OUTPUTS)
def test_a_generated_wrong_answer_fails_first_in_a_part_that_its_change_has_touched(name: str) -> None:
    found = [one for entry, mutant in _sample(name) for one in measure_mutants(entry, [mutant], [SEED])]
    assert any("elsewhere" in one for one in found)
    assert [one for one in found if one.get("elsewhere")] == []


measured = pytest.mark.skipif(
    not report.JSON.exists(), reason="not measured yet: `make judge-report` writes tests/golden/judge.json"
)


@measured
@pytest.mark.parametrize("name", GRADED)
def test_the_table_is_about_the_answers_that_there_are(name: str) -> None:
    row = report.read()[name]
    counted = (row["right"]["answers"], row["written"]["answers"], row["generated"]["answers"])
    left_out = not isinstance(CONTRACTS[name], Contract)
    generated = sum(len(mutants_of(i)) for i, one in enumerate(entries()) if one.exercise == name and one.right)
    there = (
        sum(entry.exercise == name for entry in RIGHT),
        sum(entry.exercise == name for entry in WRONG),
        0 if left_out else generated,
    )
    if row.get("code") == report.code_of(
        name
    ):  # the page says of which rows the exercise or the judge has changed since
        assert counted == there, "the corpus has changed: run `make judge-report`"


@measured
@pytest.mark.parametrize("name", GRADED)
def test_the_table_shows_no_hole(name: str) -> None:
    row = report.read()[name]
    assert row["right"]["accepted"] == row["right"]["answers"]
    assert row["written"]["rejected"] == row["written"]["answers"]
    assert row["generated"]["rejected"] == row["generated"]["wrong"]
    assert row["named"]["wrongly"] == 0
    assert row["problems"]["fewer points for the better answer"] == []
    assert row["problems"]["fails first elsewhere"] == []
    if row["one score"]:
        assert row["one score"]["kept"] == row["one score"]["answers"]
    for one in row["problems"]["not named as it should be"]:
        assert one["names"].get(one["mistake"], 0) >= 0.9 * sum(one["names"].values()), one["answer"]


@measured
def test_nine_in_ten_known_mistakes_are_called_by_their_name_on_every_seed() -> None:
    rows = [row["named"] for row in report.read().values()]
    assert sum(row["correctly"] for row in rows) >= 0.9 * sum(row["mistakes"] for row in rows)


@measured
def test_the_page_is_what_the_data_gives() -> None:
    assert report.PAGE.read_text() == report.page(report.read())


@pytest.mark.cuda
@pytest.mark.parametrize("name", GRADED)
def test_the_corpus_is_judged_on_a_gpu_as_it_is_on_the_cpu(name: str) -> None:
    for entry in entries():
        if entry.exercise == name:
            assert passes(exercise(name), entry.function, "cuda", 0) is entry.right, str(entry)


@pytest.mark.cuda
def test_an_answer_that_names_the_cpu_fails_on_a_gpu() -> None:
    for entry in WRONG:
        if entry.mistake == "zeros-on-cpu":
            verdict = judge(exercise(entry.exercise), entry.function, "cuda", 0)
            assert not verdict.passed and verdict.outcome is not Outcome.CHECK_ERROR
