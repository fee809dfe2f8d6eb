"""How the files are made: short ones, or a word about why not; and every mistake beside its sentence."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from grading import exercises

ROOT = Path(__file__).parent.parent
MOST_LINES = 300
# From the sentence about a mistake to the function that makes it, where other decorators may stand between.
MOST_BETWEEN = 3
FILES = sorted(path for folder in ("grading", "tests") for path in (ROOT / folder).rglob("*.py"))
CATALOGUE = ROOT / "grading" / "catalogue"


def top_of(text: str) -> str:
    """Return what a file says before it begins: its docstring and the comments before the first statement behind it."""
    comments = [line for line in text[: _end_of_the_top(text)].splitlines() if line.startswith("#")]
    return "\n".join([ast.get_docstring(ast.parse(text)) or "", *comments])


def _end_of_the_top(text: str) -> int:
    found = re.search(
        r"^(?:from|import|def|class|async|@|\w+\s*[=:(])", re.sub(r'"""[\s\S]*?"""', _blanked, text, count=1), re.M
    )
    return found.start() if found else len(text)


def _blanked(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found[0])


def long_without_reason(text: str) -> bool:
    """Tell whether a file is long and does not say at its top why: "long because …"."""
    return len(text.splitlines()) > MOST_LINES and not re.search(r"\blong\s+because\s+\w+\s+\w+", top_of(text))


def test_a_long_file_says_at_its_top_why() -> None:
    long = [
        path.relative_to(ROOT).as_posix() for path in FILES if long_without_reason(path.read_text(encoding="utf-8"))
    ]
    assert long == [], "split them, or say at the top: long because …"


BODY = "x = 1\n" * MOST_LINES


@pytest.mark.parametrize(
    ("text", "wanting"),
    [
        (BODY, False),
        (BODY + "x = 1\n", True),
        ('"""A list."""\n' + BODY, True),
        ('"""A list; long because it is one."""\n' + BODY, False),
        ('"""A list.\n\nThe file is long\nbecause it is a list.\n"""\n' + BODY, False),
        ('"""A list."""\n# Long because.\n' + BODY, True),
        ('"""A list."""\n\n# It is long because it is a list.\n' + BODY, False),
        ('"""A list."""\n\nimport os\n\n# It is long because it is a list.\n' + BODY, True),
        ('"""A list."""\n\ndef f():\n    """It is long because it is a list."""\n' + BODY, True),
        ("# It is long because it is a list.\n" + BODY, False),
    ],
)
def test_a_reason_is_looked_for_at_the_top(text: str, wanting: bool) -> None:
    assert long_without_reason(text) is wanting


def mistakes_in(text: str) -> Iterator[tuple[str, int, str]]:
    """Yield the name of each function that is declared a mistake, how far below its sentence it stands, and the sentence."""
    for node in ast.walk(ast.parse(text)):
        for each in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
            if isinstance(each, ast.Call) and ast.unparse(each.func) == "mistake":
                sentence = each.args[0] if each.args else None
                told = sentence.value if isinstance(sentence, ast.Constant) and isinstance(sentence.value, str) else ""
                yield node.name, node.lineno - (sentence.end_lineno or 0 if sentence else 0), told


@pytest.mark.parametrize("path", sorted(CATALOGUE.rglob("exercise.py")), ids=lambda path: path.parent.name)
def test_every_mistake_stands_below_its_sentence(path: Path) -> None:
    for name, lines, sentence in mistakes_in(path.read_text(encoding="utf-8")):
        assert sentence.strip(), f"{name} has no sentence"
        assert 0 < lines <= MOST_BETWEEN, f"{name} is {lines} lines below its sentence"


# One of a family that differ by a number, such as `leaky-0.1`: a loop writes their sentence.
_OF_A_FAMILY = re.compile(r"-\d[\d.e-]*(-\w+)?$")


def test_no_mistake_of_an_exercise_is_declared_in_another_way() -> None:
    for one in exercises():
        folder = next(path.parent for path in CATALOGUE.rglob("exercise.py") if path.parent.name in _folders(one.name))
        written = {text for path in (*folder.glob("*.py"), folder.parent / "shared.py") for text in texts_in(path)}
        odd = [
            found.name
            for found in one.mistakes
            if found.explanation not in written and not _OF_A_FAMILY.search(found.name)
        ]
        assert odd == [], one.name


def texts_in(path: Path) -> Iterator[str]:
    """Yield the texts that stand in a file as they are, in a decorator or in a table of sentences."""
    if path.exists():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def _folders(name: str) -> set[str]:
    from grading.catalogue.finding import folder_of

    return {folder_of(name)}


def test_a_sentence_that_is_far_away_or_missing_is_seen() -> None:
    text = (
        "@mistake('near')\ndef a(): pass\n"
        "@mistake(\n    'near'\n)\n@torch.no_grad()\ndef b(): pass\n"
        "@mistake('far')\n\n\n@torch.no_grad()\ndef c(): pass\n"
        "@mistake(SENTENCE)\ndef d(): pass\n"
        "@other('x')\ndef e(): pass\n"
    )
    assert [*mistakes_in(text)] == [("a", 1, "near"), ("b", 3, "near"), ("c", 4, "far"), ("d", 1, "")]
