r"""Which links of a submission are shown: those that every browser takes to another machine, or that stay within the page.

Browsers repair a link before they follow it: they drop line breaks in it, take `\\` for `/`, and read `http:page.html` as a
file beside the page that holds it. In formgrader that is a file of the submission, which would have the rights of an
instructor. So a link is not read as a browser reads it, but has to have the one form that leaves nothing to repair.
"""

from __future__ import annotations

import re

# Names that lead to the reader's own machine or network, where formgrader is; so do addresses in numbers and names without a dot.
_NEARBY = r"(?:localhost|localdomain|local|lan|home|internal|intranet|corp|private|arpa)\.?(?![a-z0-9.-])"
_HOST = rf"(?:[a-z0-9_-]+\.)+(?!{_NEARBY})[a-z][a-z0-9-]*\.?"
_VISIBLE = r"[^\s\\\x00-\x1f\x7f]"
_LINK = re.compile(
    rf"https?://{_HOST}(?::\d+)?(?:[/?#]{_VISIBLE}*)?|mailto:{_VISIBLE}+|#{_VISIBLE}*", re.IGNORECASE | re.ASCII
)

# MathJax makes links, too, and lets `http:page.html` pass in its safe mode. It finds its commands within one piece of text only.
_FORMULA_LINK = re.compile(r"(<[^>]*>)|\\(?=(?:href|mmlToken)(?![A-Za-z]))")


def safe_link(found: str) -> str | None:
    """Return a link as it may stand in a page: with scheme and host, to a part of the page, or mailto; None for others."""
    link = found.strip(" \t\r\n\f")
    return link if _LINK.fullmatch(link) else None


def without_links_in_formulas(html: str) -> str:
    r"""Return clean HTML, which looks the same, in which MathJax knows neither `\href` nor `\mmlToken`."""
    return _FORMULA_LINK.sub(lambda found: found[1] or "\\<span></span>", html)
