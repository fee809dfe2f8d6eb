"""Answers that nobody here thought of: each has its source, and each wrong one what a teaching assistant would say."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from grading import exercises
from tests.wild.__main__ import LETTERS, PAGE, readings
from tests.wild.entries import answers

SOURCES = Path(__file__).with_name("SOURCES.md")
KEYS = dict(re.findall(r"^- (S\d+): (\S+)", SOURCES.read_text(encoding="utf-8"), re.M))


def test_there_are_enough_of_them_and_each_has_a_name_of_its_own() -> None:
    names = Counter(answer.name for answer in answers())
    assert len(names) >= 300
    assert set(names.values()) == {1}


def test_each_exercise_has_right_and_wrong_ones() -> None:
    graded = {one.name for one in exercises() if not one.manual}
    for right in (True, False):
        assert {answer.exercise for answer in answers() if answer.right is right} >= graded


def test_each_has_a_source_with_an_address_and_each_source_an_answer() -> None:
    assert {answer.source for answer in answers()} == set(KEYS)
    assert all(address.startswith(("https://", "http://")) for address in KEYS.values())


def test_a_wrong_one_is_labelled_by_fault_sentence_and_line_and_a_right_one_is_not() -> None:
    for answer in answers():
        labels = (answer.says, answer.fault, answer.lines)
        assert all(labels) if not answer.right else not any(labels), answer.name


def test_both_halves_are_of_about_the_same_size() -> None:
    measured = sum(answer.measured_only for answer in answers())
    assert 0.4 < measured / len(answers()) < 0.6


def test_the_page_counts_all_of_them_and_names_none_of_the_second_half() -> None:
    text = PAGE.read_text(encoding="utf-8")
    total = re.search(r"^\| \*\*all\*\* \| \d+ / (\d+) \| \d+ / (\d+) \|", text, re.M)
    assert total, "run `make judge-wild`"
    assert sum(map(int, total.groups())) == len(answers()), "run `make judge-wild`"
    assert not [one.name for one in answers() if one.measured_only and f"`{one.name}`" in text]


def test_every_reading_is_of_a_wrong_answer_of_the_second_half_and_the_page_counts_them() -> None:
    found = readings()
    assert set(found) == {one.name for one in answers() if one.measured_only and not one.right}
    assert set(found.values()) <= set(LETTERS)
    shown = re.findall(r"^\| told .* \| (\d+) \| \d+% \|$", PAGE.read_text(encoding="utf-8"), re.M)
    assert sum(map(int, shown)) == len(found), "run `make judge-wild`"
