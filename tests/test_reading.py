"""Verdicts are easy to read: grade 9 of US schools or below, and at most 160 words; the tool that says so is held against words."""

from __future__ import annotations

import pytest

from grading import exercise, judge
from tests.corpus import messages
from tests.reading import grade, prose_of, sentences, syllables
from tests.wild.entries import answers

HARDEST, MOST_WORDS = 9.0, 160
SYLLABLES = {
    1: "the squared batch square are were used moved wise line lines takes weights",
    2: "tensor matrix needed divided changes values sigmoid single output neuron bias added started loses pieces every table people "
    "create trying seven above below before zero question",
    3: "gradient derivative exercise example multiplied average autograd device initial biases created negative positive",
    4: "parameters deviation differentiate variable identity",
}
# So many words of the list may be counted wrongly, by one syllable: no tool without a dictionary counts all rightly.
MOST_WRONG = 0.15


def test_syllables_are_counted_rightly_of_most_words_and_never_far_off() -> None:
    due = {word: count for count, words in SYLLABLES.items() for word in words.split()}
    wrong = {word: syllables(word) for word, count in due.items() if syllables(word) != count}
    assert len(wrong) <= MOST_WRONG * len(due), wrong
    assert all(abs(count - due[word]) == 1 for word, count in wrong.items()), wrong
    assert abs(sum(map(syllables, due)) - sum(due.values())) <= 0.05 * sum(due.values())


def test_code_numbers_and_facts_are_no_prose_and_long_sentences_of_long_words_are_hard() -> None:
    text = "relu: wrong values.\nUse `torch.relu(X)`. Here 3 of x_1.\n  got       [1]\nAlso: wrong dtype."
    assert sentences(prose_of(text)) == [["wrong", "values"], ["Use"], ["Here", "of"], ["wrong", "dtype"]]
    assert grade(["The cat sat on the mat."]) < 1 < HARDEST
    assert grade(["Differentiability considerations necessitate representational regularization."]) > 20
    assert grade(["one word after another " * 10 + "."]) > HARDEST


@pytest.mark.parametrize("name", sorted({name.partition(":")[0] for name in messages.read()}))
def test_what_wrong_answers_are_told_is_easy_to_read(name: str) -> None:
    told = {entry: text for entry, text in messages.read().items() if entry.partition(":")[0] == name}
    hard = {entry: round(grade(prose_of(text)), 1) for entry, text in told.items() if grade(prose_of(text)) > HARDEST}
    assert hard == {}
    long = [one for one, text in told.items() if sum(map(len, sentences(prose_of(text)))) > MOST_WORDS]
    assert long == []


# Every one of the others is measured by the page of messages; these are what people who did not know the judge wrote.
SAMPLE = [
    one for one in answers() if not one.right and not one.measured_only and exercise(one.exercise).examine is None
][::8]


@pytest.mark.parametrize("answer", SAMPLE, ids=[one.name for one in SAMPLE])
def test_so_is_what_answers_of_others_are_told(answer: object) -> None:
    text = str(judge(exercise(answer.exercise), answer.function, "cpu", 11, hidden=False))  # type: ignore[attr-defined]
    assert grade(prose_of(text)) <= HARDEST, text
    assert len(text.splitlines()) <= 8
    assert sum(map(len, sentences(prose_of(text)))) <= MOST_WORDS, text
