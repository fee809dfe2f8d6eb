"""Markdown as nbconvert shows it, with the pictures that were pasted into its cell; one that is not there is marked."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from unicodedata import normalize
from urllib.parse import unquote

from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from grading.engine.feedback.formulas import Formulas

_ATTACHMENT = "attachment:"
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+", re.ASCII)
# nbconvert's order: vector before raster, without loss before with loss.
_PREFERRED = ("image/svg+xml", "image/png", "image/jpeg")
_TAG = re.compile(
    rf"<img\b[^>]*?\bsrc\s*=\s*(?P<quote>[\"'])\s*{_ATTACHMENT}(?P<name>.*?)(?P=quote)[^>]*>", re.I | re.S
)


def render(source: str, attachments: object, formulas: Formulas | None = None) -> str:
    """Return HTML, not yet cleaned, of the Markdown of a cell and what is attached to it, whatever that may be.

    formulas: what keeps its formulas; None: they stay, between dollar signs, for MathJax.
    """
    pictures = _pasted(attachments)
    renderer = _Renderer(pictures) if formulas is None else _WithFormulas(pictures, formulas)
    return MarkdownWithMath(renderer=renderer).render(source)


def _pasted(attachments: object) -> dict[str, str]:
    """Return the address of each picture by its name, as `_plain` gives it: the picture itself, in base64."""
    found = attachments if isinstance(attachments, Mapping) else {}
    pictures = {_plain(str(name)): _address(bundle) for name, bundle in found.items()}
    return {name: address for name, address in pictures.items() if address}


def _address(bundle: object) -> str:
    parts = {}
    for mime, text in bundle.items() if isinstance(bundle, Mapping) else ():
        base64 = "".join(map(str, text)) if isinstance(text, list) else text
        if mime.startswith("image/") and isinstance(base64, str) and _BASE64.fullmatch(base64):
            parts[mime] = f"data:{mime};base64,{base64}"
    return next((parts[mime] for mime in (*_PREFERRED, *parts) if mime in parts), "")


def _plain(name: str) -> str:
    """Return a name in the one spelling of all that Markdown, HTML and the systems have: `my%20pic.png` is `my pic.png`."""
    return normalize("NFC", unquote(html.unescape(name))).strip()


class _Renderer(IPythonRenderer):
    """nbconvert's own, which marks a missing picture instead of raising an error.

    Headings come without a link to themselves: nbconvert writes it as `<a/>`, which in HTML goes on to the end of the text.
    """

    def __init__(self, pictures: Mapping[str, str]) -> None:
        super().__init__(escape=False, embed_images=False, path="", exclude_anchor_links=True)
        self._pictures = pictures

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """Return a picture, or what stands in the place of one that is missing."""
        if not url.startswith(_ATTACHMENT):
            return super().image(text, url, title)
        name = _plain(url.removeprefix(_ATTACHMENT))
        return super().image(text, self._pictures[name], title) if name in self._pictures else _missing(name)

    def block_html(self, html: str) -> str:
        """Return HTML on lines of its own with the pictures in it."""
        return super().block_html(_TAG.sub(self._tag, html))

    def inline_html(self, html: str) -> str:
        """Return HTML within a line with the pictures in it."""
        return super().inline_html(_TAG.sub(self._tag, html))

    def _tag(self, found: re.Match[str]) -> str:
        name = _plain(found["name"])
        if name not in self._pictures:
            return _missing(name)
        tag, start = found[0], found.start()
        before, after = tag[: found.start("name") - start], tag[found.end("name") - start :]
        return f"{before.removesuffix(_ATTACHMENT)}{self._pictures[name]}{after}"


class _WithFormulas(_Renderer):
    """The same, with a place for each formula instead of the formula."""

    def __init__(self, pictures: Mapping[str, str], formulas: Formulas) -> None:
        super().__init__(pictures)
        self._formulas = formulas

    def block_math(self, body: str) -> str:
        """Return the place of a formula on lines of its own."""
        return self._formulas.keep(body, display=True)

    def inline_math(self, body: str) -> str:
        """Return the place of a formula within a line."""
        return self._formulas.keep(body, display=False)

    def latex_environment(self, name: str, body: str) -> str:
        """Return the place of a formula that an environment is."""
        return self._formulas.keep(f"\\begin{{{name}}}{body}\\end{{{name}}}", display=True)

    def block_html(self, html: str) -> str:
        """Return HTML on lines of its own with places for the formulas in it."""
        return self._formulas.keep_in(super().block_html(html))


def _missing(name: str) -> str:
    return f"<em>[the picture '{html.escape(name)}' is missing]</em>"
