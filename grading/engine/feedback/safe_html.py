"""Showing a submission in a browser without letting anything of it run there.

Named in `nbgrader_config.py`, so that feedback and formgrader both have it:

    c.HTMLExporter.preprocessors = ["grading.engine.feedback.safe_html.SafeOutputs"]
    c.HTMLExporter.filters = {"markdown2html": "grading.engine.feedback.safe_html.markdown2html"}

HTML is cleaned by nh3 (the ammonia library): an allow-list of tags and attributes, no scripts, no styles, nothing loaded
from elsewhere. In formgrader, formulas are typeset by MathJax with its own safe mode, which is what nbconvert asks it for; pages of
feedback have them as MathML.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any

import nh3
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode, from_dict
from traitlets import Bool

from grading.cells import HIDDEN_TESTS, VERDICT_MIME, is_graded_code
from grading.engine.feedback.links import safe_link, without_links_in_formulas
from grading.engine.feedback.pictures import render
from grading.text import legible

# `<wbr>` is left out because MathJax reads across it, and `\hr<wbr>ef` is a link to it.
_TAGS = (nh3.ALLOWED_TAGS | {"details", "summary", "figure", "figcaption", "section"}) - {"wbr"}
_ATTRIBUTES = {tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()}
_ATTRIBUTES["*"] = {"class", "title", "lang", "dir"}

# What highlighting and nbconvert's Markdown write; a page's own classes would let text pose as a part of the page.
_CLASS = re.compile(r"highlight|hl-\w+|alert(-(block|info|success|warning|danger))?|[a-z]{1,2}[0-9a-z]?")
_PICTURE_DATA = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]*", re.ASCII)
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*", re.ASCII)


def clean_html(text: str) -> str:
    """Return HTML of a submission without anything that runs, poses as the page, is loaded from elsewhere or leads into
    the server that shows it.
    """
    cleaned = nh3.clean(
        text,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_kept,
        url_schemes={"http", "https", "mailto", "data"},
        clean_content_tags={"script", "style"},
        # Without a referrer, Jupyter's server refuses to show files and converted notebooks.
        link_rel="noopener noreferrer",
    )
    return without_links_in_formulas(cleaned)


def _kept(tag: str, name: str, value: str) -> str | None:
    """Return what stays of an attribute; None if nothing does."""
    if name == "src":
        return value if _PICTURE_DATA.fullmatch(value) else None
    if name in ("href", "cite"):
        return safe_link(value)
    if name == "class":
        return " ".join(word for word in value.split() if _CLASS.fullmatch(word)) or None
    return value


@pass_context
def markdown2html(context: Context, source: str) -> str:
    """Return Markdown as nbconvert shows it, cleaned; pictures that were pasted into the cell are shown, missing ones marked."""
    return clean_html(render(source, context.get("cell", {}).get("attachments")))


class SafeOutputs(Preprocessor):
    """Leaves of a cell's outputs and metadata what can be shown safely, in the same look."""

    enabled = Bool(True).tag(config=True)

    def preprocess_cell(self, cell: NotebookNode, resources: Any, index: int) -> tuple[NotebookNode, Any]:
        """Clean one cell."""
        cell["id"] = f"cell-{index}"
        cell.source = legible(cell.source)
        cell.metadata = _node(**{name: cell.metadata[name] for name in ("nbgrader",) if name in cell.metadata})
        if cell.cell_type == "code":
            graded = is_graded_code(cell)
            cell.outputs = [safe for output in cell.outputs if (safe := _safe_output(output, graded)) is not None]
        elif cell.cell_type == "raw":
            # A raw cell is copied into the page as it is.
            cell.source = clean_html(cell.source)
        return cell, resources


def _without_repeated_failure(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Return the outputs without the error by which nbgrader finds a failed check, if a card says the same."""
    if not any(_card(output.get("data", {}).get(VERDICT_MIME)) for output in outputs):
        return outputs
    return [output for output in outputs if output.get("ename") != "CheckFailed"]


def _safe_output(output: NotebookNode, graded: bool) -> NotebookNode | None:
    kind = output.get("output_type")
    if kind == "stream":
        return _node(
            output_type="stream",
            name="stderr" if output.get("name") == "stderr" else "stdout",
            text=_text(output.get("text", "")),
        )
    if kind == "error":
        lines = [_text(line) for line in output.get("traceback", ())]
        return _node(
            output_type="error",
            ename=_text(output.get("ename", "")),
            evalue=_text(output.get("evalue", "")),
            traceback=lines,
        )
    if kind not in ("display_data", "execute_result"):
        return None
    data = _safe_data(output.get("data", {}), graded)
    if not data:
        return None
    return _node(output_type="display_data", data=data, metadata={})


def _safe_data(data: Mapping[str, Any], graded: bool) -> dict[str, str]:
    """Return the one form of a result that is shown: a verdict as our own card, the rest cleaned."""
    card = _card(data.get(VERDICT_MIME)) if graded else ""
    if card:
        return {"text/html": card}
    if "text/html" in data:
        return {"text/html": clean_html(_text(data["text/html"]))}
    if "image/svg+xml" in data:
        # As the source of a picture, where browsers run no scripts and load nothing.
        text = base64.b64encode(_text(data["image/svg+xml"]).encode()).decode()
        return {"text/html": f'<img alt="" src="data:image/svg+xml;base64,{text}">'}
    for mime in ("image/png", "image/jpeg"):
        if mime in data and _BASE64.fullmatch(_text(data[mime])):
            return {mime: _text(data[mime])}
    return {"text/plain": _text(data["text/plain"])} if "text/plain" in data else {}


def _card(found: object) -> str:
    """Return the card of a verdict, made anew from its data; "" if there is none."""
    from grading.judging.verdict import Verdict

    if not isinstance(found, Mapping):
        return ""
    try:
        return Verdict.from_dict(found).html()
    except (KeyError, TypeError, ValueError):
        return ""


def _text(found: object) -> str:
    return "".join(map(str, found)) if isinstance(found, list) else str(found)


def _node(**content: Any) -> NotebookNode:
    node: NotebookNode = from_dict(content)  # type: ignore[no-untyped-call]  # nbformat has no annotation here
    return node


class HideHiddenChecks(Preprocessor):
    """Leaves of hidden checks the property that failed, not their code. The judge keeps the inputs of hidden cases to itself."""

    enabled = Bool(True).tag(config=True)

    def preprocess_cell(self, cell: NotebookNode, resources: Any, index: int) -> tuple[NotebookNode, Any]:
        """Cut the hidden part out of one check cell and of what it showed, and the error that says again what its card says."""
        if is_graded_code(cell):
            cell.outputs = _without_repeated_failure(cell.outputs)
        if is_graded_code(cell) and HIDDEN_TESTS.split(cell.source)[1]:
            cell.source = HIDDEN_TESTS.outside(cell.source)
            for output in cell.outputs:
                if output.output_type == "error":
                    output.traceback = [f"{output.ename}: {output.evalue}"]
        return cell, resources
