"""The tests themselves: they use public interfaces, wait for events, can fail, and lie where what they test lies."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.habits import without_assertion, without_reason

ROOT = Path(__file__).parents[1]
FILES = {path.relative_to(ROOT).as_posix(): path for path in sorted(ROOT.glob("tests/**/*.py"))}
# What students wrote, in the way in which they wrote it.
ANSWERS = "tests/wild/lesson_"
# Folders of tests that are about no part of the package: their own subject, or what is compared with.
OF_THEIR_OWN = {"claims", "colab", "corpus", "fuzz", "golden", "hostile", "wild"}


@pytest.mark.parametrize("path", [path for path in FILES if not path.startswith(ANSWERS)])
def test_private_names_and_sleeps_have_a_reason_beside_them(path: str) -> None:
    assert without_reason(FILES[path].read_text(encoding="utf-8")) == []


def test_every_test_asserts_something() -> None:
    modules = {path.removesuffix(".py").replace("/", "."): file.read_text("utf-8") for path, file in FILES.items()}
    assert without_assertion(modules) == []


def test_the_folders_of_tests_are_those_of_the_package() -> None:
    folders = {path.parent.relative_to(ROOT / "tests") for path in ROOT.glob("tests/**/test_*.py")}
    own = {folder for folder in folders if folder.parts and folder.parts[0] not in OF_THEIR_OWN}
    assert {folder.as_posix() for folder in own if not (ROOT / "grading" / folder).is_dir()} == set()


# Each is a whole file of tests, and what is private in it is there to be seen.
UNEXPLAINED = {
    "an attribute": "found = thing._hidden",
    "an attribute that is set": "thing._hidden = 3",
    "an attribute of an attribute": "thing.part._hidden.more",
    "a name with two underscores": "thing.__hidden",
    "an import": "from grading.text import _hidden",
    "an import in a function": "def f():\n    from grading.text import _hidden",
    "a private module": "import grading._hidden",
    "out of a private module": "from grading._hidden import text",
    "a patch": "monkeypatch.setattr(thing, '_hidden', 3)",
    "a patch by a dotted name": "monkeypatch.setattr('grading.text._hidden', 3)",
    "a patch of many lines": "monkeypatch.setattr(\n    thing,\n    '_hidden',\n    3,\n)",
    "a question by name": "getattr(thing, '_hidden', None)",
    "in a program": "run('''\n    from grading import text\n    text._hidden\n''')",
    "in a lambda": "f = lambda: thing._hidden",
    "a directive only": "thing._hidden  # type: ignore[attr-defined]",
    "a single word": "thing._hidden  # why",
    "a reason too far away": "# There is no other way.\n\nthing._hidden",
    "a sleep": "time.sleep(1)",
    "a sleep by itself": "from time import sleep\nsleep(1)",
    "a sleep of a task": "await asyncio.sleep(1)",
    "a sleep in a loop": "while not done():\n    time.sleep(0.1)",
}
# The same, each with a reason beside it or without a need for one.
EXPLAINED = {
    "on the line": "thing._hidden  # there is no other way",
    "above it": "# There is no other way.\nthing._hidden",
    "above the statement": "# There is no other way.\nmonkeypatch.setattr(\n    thing,\n    '_hidden',\n    3,\n)",
    "its own": "class A:\n    def f(self):\n        return self._kept",
    "a magic method": "thing.__class__, module.__file__",
    "a named tuple": "thing._replace(a=1)",
    "the end of a process": "os._exit(1)",
    "a protocol": "drawing._ipython_display_(), card._repr_html_()",
    "a name that is not asked for": "_kept = 3\nprint(_kept)",
    "a text": "print('_hidden')",
    "a student's program": "run('import time; time.sleep(1); thing._hidden')",
    "a sleep": "time.sleep(1)  # it is to be slow",
    "an explained program": "run('''\n    from grading import text\n    text._hidden  # there is no other way\n''')",
}


@pytest.mark.parametrize("name", UNEXPLAINED)
def test_what_is_not_explained_is_seen(name: str) -> None:
    assert len(without_reason(UNEXPLAINED[name])) == 1


@pytest.mark.parametrize("name", EXPLAINED)
def test_what_is_explained_or_public_is_left_alone(name: str) -> None:
    assert without_reason(EXPLAINED[name]) == []


IDLE = {
    "nothing": "def test_a(): pass",
    "a call": "def test_a(): work()",
    "a call of what asserts nothing": "def work(): return 3\ndef test_a(): work()",
    "calls in a circle": "def one(): two()\ndef two(): one()\ndef test_a(): one()",
    "a constant": "def test_a(): assert True",
    "a pair, which is never false": "def test_a(): assert (a, 'b')",
    "a method": "class TestA:\n    def test_a(self): work()",
    "an assertion of another": "def test_a(): work()\ndef work(): pass\ndef other(): assert a",
    "a helper elsewhere that asserts nothing": "from tests.help import idle\ndef test_a(): idle()",
}
ABLE_TO_FAIL = {
    "an assertion": "def test_a(): assert a",
    "an assertion in a loop": "def test_a():\n    for b in c:\n        assert b",
    "an error": "def test_a():\n    with pytest.raises(ValueError): work()",
    "an AssertionError": "def test_a():\n    if a: raise AssertionError('b')",
    "numpy's": "def test_a(): np.testing.assert_allclose(a, b)",
    "PyTorch's": "def test_a(): torch.testing.assert_close(a, b)",
    "a helper": "def same(a): assert a\ndef test_a(): same(3)",
    "a helper's helper": "def same(a): assert a\ndef all_same(a): same(a)\ndef test_a(): all_same(3)",
    "a helper elsewhere": "from tests.help import same\ndef test_a(): same(3)",
    "a helper under another name": "from tests.help import same as equal\ndef test_a(): equal(3)",
    "a method of its own module": "class Box:\n    def see(self): assert a\ndef test_a(box): box.see()",
}
HELP = "def same(a): assert a\ndef idle(): pass"


@pytest.mark.parametrize("name", IDLE)
def test_a_test_that_cannot_fail_is_seen(name: str) -> None:
    assert without_assertion({"tests.one": IDLE[name], "tests.help": HELP}) == ["tests.one::test_a"]


@pytest.mark.parametrize("name", ABLE_TO_FAIL)
def test_a_test_that_can_fail_is_left_alone(name: str) -> None:
    assert without_assertion({"tests.one": ABLE_TO_FAIL[name], "tests.help": HELP}) == []
