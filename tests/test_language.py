"""Messages, docstrings, comments and pages are in plain English: what was once corrected everywhere does not come back."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PATTERNS = (
    "grading/**/*.py",
    "scripts/*",
    "benchmarks/**/*.py",
    "benchmarks/**/*.md",
    "docs/*.md",
    "*.md",
    ".github/**/*.md",
)
FILES = {
    path.relative_to(ROOT).as_posix(): path
    for pattern in PATTERNS
    for path in sorted(ROOT.glob(pattern))
    if path.is_file()
}

# What may follow "is no" or "are none", and why.
IDIOMS = {
    "longer": "'no longer' is an adverb",
    "more": "'no more' is one, too",
    "of": "'none of them' is a pronoun",
    "one": "'no one' is a pronoun",
    "proof": "'that is no proof' is what one says; the exercise `why-no-line` has it in its rubric and in its lesson",
}
# What is not written, by what is written in its place.
INSTEAD = {
    "is not a …, or: … is missing": rf"(?<!here )\b(?:[Ii]s|[Aa]re|was|were|be) (?:no|none)\b(?! (?:{'|'.join(IDIOMS)})\b)",
    "does not exist": r"\bthat there is not\b",
    "does not have": r"\bours has not(?=[.,;:])",
    "this many": r"\b[Ss]o many (?:seconds|bytes|bits|kernels|workers)\b",
    "a lone surrogate": r"\b[Hh]al(?:f|ves) (?:of )?a? ?surrogate",
    "garbage collection": r"\bcollector of garbage|\b[Tt]o look for garbage",
    "round trip": r"\bone journey\b",
    "fix": r"\b[Mm]end(?:s|ed|ing)?\b",
}


def flat(text: str) -> str:
    """Return a text on one line: what is broken between lines, in a comment or between two literals is put together."""
    return re.sub(r' ?"\s*\n\s*f?"|\s*\n\s*(?:#\s+)?|\s+', " ", text)


def unfit(text: str) -> Iterator[str]:
    line = flat(text)
    for instead, pattern in INSTEAD.items():
        for found in re.finditer(pattern, line):
            yield f"… {line[max(found.start() - 40, 0) : found.end() + 40]} … (write: {instead})"


@pytest.mark.parametrize("path", FILES)
def test_the_project_writes_plain_english(path: str) -> None:
    assert [*unfit(FILES[path].read_text(encoding="utf-8"))] == []


UNFIT = {
    "a negated noun": "the file is no notebook",
    "a negated plural": "names that are no text",
    "a pronoun": "a marker that is none",
    "over two lines": "a value that is\n    no number",
    "in a comment of two lines": "# a value that is\n# no number",
    "between two literals": 'f"{name} is "\n    f"no number"',
    "at its beginning": "Is no name of a lesson",
    "a missing thing": "a device that there is not",
    "an auxiliary": "a factor that ours has not.",
    "a count": "after so many seconds",
    "a surrogate": "half a surrogate pair",
    "a collector": "the collector of garbage",
    "a repair": "a fault that is mended",
}
FIT = {
    "existence": "there is no folder x",
    "existence at the beginning": "There are no exercises",
    "an adverb": "the kernel is no longer there",
    "an idiom": "examples are no proof",
    "a choice": "None if it is none of them",
    "plain": "the file is not a notebook",
    "other words": "an amendment; recommended; as many seconds as it takes; it has not ended",
}


@pytest.mark.parametrize("text", UNFIT.values(), ids=UNFIT)
def test_what_is_not_plain_is_found(text: str) -> None:
    assert len([*unfit(text)]) == 1


@pytest.mark.parametrize("text", FIT.values(), ids=FIT)
def test_what_is_plain_is_left_alone(text: str) -> None:
    assert [*unfit(text)] == []
