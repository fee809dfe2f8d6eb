"""What the lessons say in numbers and comparisons, and what proves it.

A sentence, a row of a table or a title with a number or a comparison ends in `<!-- claim: name -->`, which the build takes out.
The name is that of a function here, in the module of the lesson: `xor_01.py` for 01-xor. It computes what the sentence says anew and
is given the sentence, so that no number is typed twice:

    @claim("three-quarters")
    def _(said: Said) -> None:
        assert best_share_of_all_lines() == said.numbers[0] / 100

A model answer to a question in words belongs to its lesson, and is read as one more cell of it.

`@claim(..., slow=True)` is for what takes more than a few seconds: `make claims` computes it, the tests do not. `images=True` says
that it needs all 70,000 images. The name `given` belongs to no function: its numbers are choices, and stand as they are in a code
cell or formula of the lesson. 0 and 1 need no claim.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from grading.build.master import CLAIM, Cell, Master, Role, parse_master
from grading.catalogue.explanations import explanations

LESSONS = Path(__file__).resolve().parents[2] / "lessons"
GIVEN = "given"
_NUMBER = re.compile(r"[-−]?\d+(?:,\d{3})*(?:\.\d+)?(?:e[-−]?\d+)?")
# What may stand without a claim: code, formulas, addresses, headings, numbers of sections and lessons, years, list numbers, markup.
_FREE = re.compile(
    r"```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$]*\$|\]\([^)]*\)|https?://\S+|<[^>]*>|^#+ [^\n]*$|^\s*(?:\*\*)?\d+\.(?:\*\*)?\s"
    r"|\b(?:[Ll]essons?|[Ss]ections?|[Hh]ints?|[Qq]uestions?|[Cc]hapters?|[Ff]igures?|[Pp]art) \d+(?:\.\d+)*(?:(?:,| and| to|–) \d+)*"
    r"|\b(?:1[6-9]|20)\d\d\b|\b[A-Za-z]\w*-?\d\w*",
    re.S | re.M,
)
_SENTENCE_END = re.compile(r"(?<=[.!?:;])(?=\s)|\n\s*\n|\n(?=\s*[-*|] ?)|\n(?=\s*\d+\. )|\|\s*\n")


@dataclass(frozen=True)
class Said:
    """A sentence that claims something. text: without markup and claims. numbers: those in it, in order, percent and signs as written."""

    text: str
    numbers: tuple[float, ...]


@dataclass(frozen=True)
class Claim:
    """What proves a sentence. lesson: "01-xor". slow: not in the tests. images: needs all 70,000 images."""

    name: str
    lesson: str
    prove: Callable[[Said], None]
    slow: bool = False
    images: bool = False


CLAIMS: dict[tuple[str, str], Claim] = {}


def claim(name: str, *, slow: bool = False, images: bool = False) -> Callable[[Callable[[Said], None]], None]:
    """Register what proves a claim of the lesson that the module is about."""

    def register(prove: Callable[[Said], None]) -> None:
        words, _, number = prove.__module__.rpartition(".")[2].rpartition("_")
        lesson = f"{number}-{words.replace('_', '-')}"
        if (lesson, name) in CLAIMS:
            raise ValueError(f"{lesson} has two proofs of {name!r}")
        CLAIMS[lesson, name] = Claim(name, lesson, prove, slow or images, images)

    return register


def masters() -> Iterator[Master]:
    """Yield the lessons."""
    for path in sorted(LESSONS.glob("*.py")):
        master = parse_master(path.stem, f"lessons/{path.name}", path.read_bytes())
        assert isinstance(master, Master), master
        yield master


def load() -> dict[tuple[str, str], Claim]:
    """Import the proofs of all lessons and return them by lesson and name."""
    for path in sorted(Path(__file__).parent.glob("*_[0-9][0-9].py")):
        import_module(f"{__name__}.{path.stem}")
    return CLAIMS


def cells(master: Master) -> Iterator[Cell]:
    """Yield the cells of a lesson and its model answers."""
    yield from master.cells
    for one in explanations():
        if one.lesson == master.name:
            yield Cell(0, "markdown", one.model, 0, 0, Role.PLAIN, one.name, (), marked=one.answer)


def sentences(cell: Cell) -> Iterator[tuple[str, str]]:
    """Yield the sentences of a cell of text, each with the name of its claim or ""; of code, the lines that have a claim."""
    if cell.kind == "code":
        for line in cell.marked.split("\n"):
            found = CLAIM.search(line)
            if found:
                yield CLAIM.sub("", line).strip(), found[1] or found[2]
        return
    masked = CLAIM.sub(lambda found: " " + "\0" * (len(found[0]) - 1), cell.marked)
    free = [found.span() for found in _FREE.finditer(masked)]
    ends = [found.end() for found in _SENTENCE_END.finditer(masked)]
    ends = [end for end in ends if not any(start < end < stop for start, stop in free)]
    start = 0
    pieces = []
    for end in [*ends, len(cell.marked)]:
        pieces.append(cell.marked[start:end])
        start = end
    for number, piece in enumerate(pieces):
        # A claim stands behind the full stop, which is to say at the beginning of the next piece.
        following = pieces[number + 1] if number + 1 < len(pieces) else ""
        behind = CLAIM.match(following.lstrip())
        within = CLAIM.search(piece.lstrip(), 1)
        name = behind or within
        text = CLAIM.sub("", piece).strip()
        if text:
            yield text, (name[1] or name[2]) if name else ""


def numerals(text: str) -> tuple[float, ...]:
    """Return the numbers of a sentence that a claim is about, without those in code, formulas, names and years."""
    plain = _FREE.sub(" ", text)
    return tuple(float(found.replace(",", "").replace("−", "-")) for found in _NUMBER.findall(plain))


def said(text: str) -> Said:
    """Return a sentence as its proof reads it."""
    return Said(" ".join(_FREE.sub(" ", text).split()), numerals(text))


def problems(master: Master) -> Iterator[str]:
    """Yield what is wrong with the claims of a lesson: numerals without one, names without a proof, given numbers that nobody gave."""
    proofs = load()
    code = " ".join(cell.source for cell in master.cells if cell.kind == "code")
    formulas = " ".join(re.findall(r"\$[^$]+\$", " ".join(c.source for c in cells(master) if c.kind == "markdown")))
    there = {float(number) for number in re.findall(r"\d+(?:\.\d+)?(?:e-?\d+)?", f"{code} {formulas}".replace("_", ""))}
    used = set()
    for cell in cells(master):
        # Volumes and pages of what was read are no claims.
        if cell.source.startswith("## Sources"):
            continue
        for text, name in sentences(cell):
            place = f"{master.path}:{cell.line} ({cell.label}): {' '.join(text.split())[:90]!r}"
            found = numerals(text)
            if set(found) - {0.0, 1.0} and not name:
                yield f"{place} has a number and no claim"
            elif name == GIVEN:
                strange = [number for number in found if abs(number) not in there]
                if strange:
                    yield f"{place} says {strange}, which no code and no formula of the lesson gives"
            elif name and (master.name, name) not in proofs:
                yield f"{place} claims {name!r}, which nothing in tests/claims proves"
            used.add(name)
    for lesson, name in proofs:
        if lesson == master.name and name not in used:
            yield f"tests/claims proves {name!r}, which {master.path} does not claim"


def claimed(master: Master) -> Iterator[tuple[Claim, Said]]:
    """Yield each claim of a lesson that has a proof, with its sentence."""
    proofs = load()
    for cell in cells(master):
        for text, name in sentences(cell):
            if (master.name, name) in proofs:
                yield proofs[master.name, name], said(text)
