"""A few lines beside a coloured bar, as a verdict's card looks: HTML in a notebook, text elsewhere."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from html import escape
from typing import Any

# Okabe and Ito's colours, as on a verdict's card.
GREEN, BLUE, GREY = "#009E73", "#0072B2", "#808890"
# JupyterLab breaks lines of output anywhere, in the middle of a word, too.
_BODY = "margin:.4em 0 0;word-break:normal;overflow-wrap:anywhere"


@dataclass(frozen=True)
class Panel:
    """A title, and lines below it. colour, sign: what it is about, to the eye; table: HTML in place of the lines."""

    title: str
    lines: tuple[str, ...] = ()
    colour: str = GREY
    sign: str = "\u25cb"
    table: str = ""

    def __str__(self) -> str:
        return "\n".join([self.title, *self.lines])

    def html(self) -> str:
        """Return it as one `<div>` with inline styles, no scripts and no links."""
        body = "<br>".join(map(escape, self.lines))
        below = self.table or (f'<div style="{_BODY}">{body}</div>' if self.lines else "")
        return (
            f'<div role="status" style="border-left:4px solid {self.colour};padding:.4em .8em;margin:.3em 0">'
            f'<strong><span style="color:{self.colour}">{self.sign}</span> {escape(self.title)}</strong>{below}</div>'
        )

    def show(self) -> None:
        """Show it where the learner is."""
        show(str(self), "text/html", self.html())


def show(text: str, mime: str, form: str) -> None:
    """Show something where the learner is: in a notebook in the form of this mime type, elsewhere as text."""
    if not in_notebook():
        print(text)
        return
    from IPython.display import display

    display(_Shown(text, mime, form))  # type: ignore[no-untyped-call]  # IPython's display is not annotated


@dataclass(frozen=True, repr=False)
class _Shown:
    text: str
    mime: str
    form: str

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": self.text, self.mime: self.form}


def in_notebook() -> bool:
    """Tell whether a Jupyter kernel shows our results (a terminal session of IPython has no kernel)."""
    if "IPython" not in sys.modules:
        return False
    from IPython.core.getipython import get_ipython

    return hasattr(get_ipython(), "kernel")
