"""Text of others becomes text that can be written and that only is shown, and nothing else of it changes."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.text import TooDeep, legible, legible_tree, whole, whole_tree

# Of all kinds of characters, with many of those that matter.
CHARACTERS = (
    st.characters()
    | st.sampled_from("\0\x08\x1b\x7f\x85\x9b\u202e\u2066\ud800\udcc3\udfff\t\n\r[m0;")
    | st.just("\x1b[31m")
)
TEXT = st.lists(CHARACTERS, max_size=12).map("".join)
TREES = st.recursive(
    st.none() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
)

WHOLE = {
    "plain": "plain",
    "caf\u00e9 \u4e2d \U0001f600": "caf\u00e9 \u4e2d \U0001f600",
    "\udcc3": "\ufffd",
    "a\ud800b": "a\ufffdb",
    "\ud83d\ude00": "\U0001f600",
    "\ude00a\ud83d": "\ufffda\ufffd",
    "a\0b": "a\u2400b",
    "\x1b[31m": "\x1b[31m",
}
LEGIBLE = {
    **WHOLE,
    "\x1b[31m": "\u241b[31m",
    "\x1b]0;title\x07": "\u241b]0;title\u2407",
    "\x9b31m": "\ufffd31m",
    "a\u202eb\u2066c": "a\ufffdb\ufffdc",
    "\x08\x7f": "\u2408\u2421",
    "a\tb\r\nc": "a\tb\r\nc",
    "\u0627\u200f\u05d0": "\u0627\u200f\u05d0",
}
COLOURED = {
    "\x1b[31mred\x1b[0m": "\x1b[31mred\x1b[0m",
    "\x1b[1;38;5;208mx\x1b[m": "\x1b[1;38;5;208mx\x1b[m",
    "a\x1b[2J\x1b[1;1Hb\x1b[?25l": "ab",
    "\x1b]0;title\x07": "\u241b]0;title\u2407",
    "\x1b\x1b[2J[31m": "\u241b[31m",
    "\x1b[31": "\u241b[31",
    "\udcc3\x1b[31m\0": "\ufffd\x1b[31m\u2400",
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), WHOLE.items(), ids=map(ascii, WHOLE))
def test_what_is_no_text_is_replaced(text: str, expected: str) -> None:
    assert whole(text) == expected


@pytest.mark.parametrize(("text", "expected"), LEGIBLE.items(), ids=map(ascii, LEGIBLE))
def test_what_would_act_is_shown(text: str, expected: str) -> None:
    assert legible(text) == expected


@pytest.mark.parametrize(("text", "expected"), COLOURED.items(), ids=map(ascii, COLOURED))
def test_of_what_a_terminal_obeys_colours_stay_where_they_are_wanted(text: str, expected: str) -> None:
    assert legible(text, colours=True) == expected


@given(TEXT)
def test_whatever_is_said_can_be_written_and_does_nothing(text: str) -> None:
    shown = legible(text)
    shown.encode()
    assert not any(ord(character) < 0x20 and character not in "\t\n\r" for character in shown)
    assert not any(0x7F <= ord(character) < 0xA0 or character in "\u202a\u202e\u2066\u2069" for character in shown)
    assert legible(shown) == shown
    assert "\x1b" not in re.sub("\x1b\\[[0-9;:]*m", "", legible(text, colours=True))


@given(st.text(max_size=20))
def test_a_name_that_is_changed_does_not_become_shorter(name: str) -> None:
    assert len(legible(name)) == len(name)


@given(TREES)
def test_a_tree_of_text_stays_what_it_is_but_for_its_text(tree: Any) -> None:
    def shape(tree: Any) -> Any:
        if isinstance(tree, dict):
            return [shape(branch) for branch in tree.values()]
        return [shape(branch) for branch in tree] if isinstance(tree, list) else type(tree)

    for changed in (legible_tree(tree, 50), whole_tree(tree)):
        repr(changed).encode()
        # Keys that differ in nothing but what is not text become one.
        assert shape(changed) == shape(tree) or "�" in repr(changed)


def test_colours_stay_below_the_keys_that_are_named() -> None:
    tree = {"text": ["\x1b[31m"], "html": "\x1b[31m", "\x1b": 1}
    assert legible_tree(tree, 5, {"text"}) == {"text": ["\x1b[31m"], "html": "\u241b[31m", "\u241b": 1}


@pytest.mark.parametrize("deep", [10, 900, 100_000])
def test_what_is_nested_too_deeply_is_refused_before_anything_breaks(deep: int) -> None:
    tree: Any = "end"
    for number in range(deep):
        tree = [tree] if number % 2 else {"a": tree}
    with pytest.raises(TooDeep):
        legible_tree(tree, 9)
    if deep == 10:
        assert legible_tree(tree, 10) == tree
