"""Links within the repository: what a document or a lesson links to, and whether that file or heading is there."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parent.parent
SITE: str = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["urls"]["Repository"]


def prose(path: Path) -> str:
    """Return the Markdown of a document or a lesson, line by line as it stands there, without blocks of code."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":  # a lesson: its prose stands in comments, and formulas have brackets that do not link
        text = "\n".join(line[2:] if line.startswith("# ") else "" for line in text.splitlines())
        text = re.sub(r"\$\$.*?\$\$|\$[^$\n]*\$", _emptied, text, flags=re.DOTALL)
    return re.sub(r"^ *(```|~~~).*?^ *\1", _emptied, text, flags=re.DOTALL | re.MULTILINE)


def _emptied(found: re.Match[str]) -> str:
    """Return the ends of lines of what was found, so that the numbers of lines stay."""
    return "\n" * found[0].count("\n")


def anchors(text: str) -> set[str]:
    """Return what a link can lead to within a page: its headings, as the hosting site writes them, and its own marks."""
    seen: Counter[str] = Counter()
    names = set(re.findall(r"<a (?:id|name)=\"([^\"]+)\"", text))
    for heading in re.findall(r"^#+ (.+?)(?: #+)?$", text, re.MULTILINE):
        shown = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        name = re.sub(r"[^\w -]", "", shown).replace(" ", "-")
        names.add(f"{name}-{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return names


_LINKS = (
    r"\]\(<?([^()\s>]*(?:\([^()\s]*\)[^()\s>]*)*)>?(?:\s+\"[^\"]*\")?\)",  # [text](target "title")
    r"^ {0,3}\[[^\]^][^\]]*\]:\s+<?([^\s>]+)",  # [label]: target
    r"<(?:a|img)\b[^>]*?(?:href|src)=\"([^\"]*)\"",
)


def within(text: str) -> Iterator[tuple[int, str]]:
    """Yield the targets of links that lead to a file or a heading of the repository, with the number of the line."""
    shown = re.sub(r"`[^`\n]+`", "", text)
    for pattern in _LINKS:
        for found in re.finditer(pattern, shown, re.MULTILINE):
            target = re.sub(rf"^{re.escape(SITE)}/blob/main(?=/)", "", found[1])
            if not re.match(r"[a-z][a-z+.-]*:|//", target, re.IGNORECASE):
                yield shown.count("\n", 0, found.start(1)) + 1, target


def dead_within(path: Path, root: Path = ROOT) -> Iterator[tuple[int, str]]:
    """Yield the links of a file within its repository that lead nowhere, with the number of the line."""
    for number, target in within(prose(path)):
        place, _, anchor = unquote(target).partition("#")
        place = place.partition("?")[0]
        there = path.parent / place if place else path
        if place.startswith("/"):
            there = root / place[1:]
        if not there.resolve().is_relative_to(root) or not _is_there(there, anchor):
            yield number, target


def _is_there(path: Path, anchor: str) -> bool:
    """Return whether a file is there, and in it the heading or the lines that are named."""
    if not anchor or not path.exists():
        return path.exists()
    if path.suffix == ".md":
        return anchor in anchors(prose(path))
    lines = re.fullmatch(r"L(\d+)(?:-L(\d+))?", anchor)
    return (
        lines is not None and path.is_file() and int(lines[2] or lines[1]) <= len(path.read_text("utf-8").splitlines())
    )
