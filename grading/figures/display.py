"""How a picture reaches its reader: as HTML with its description, as a PNG, and as text."""

from __future__ import annotations

import base64
import html
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from grading.figures.png import size_of, with_palette


def show(
    other_forms: Mapping[str, str], png: bytes, alternative_text: str, output: str | None = None, again: bool = False
) -> None:
    """Show a PNG of twice the screen's resolution in the notebook, beside other forms of it by MIME type.

    output: a name under which it can be replaced later, by the same call with `again`.
    """
    display: Any = import_module("IPython.display").display  # only a notebook needs it
    data, metadata = forms(png, alternative_text)
    place = {} if output is None else {"display_id": output, "update": again}
    display({**other_forms, **data}, raw=True, metadata=metadata, **place)


def forms(png: bytes, alternative_text: str) -> tuple[dict[str, str], dict[str, dict[str, Any]]]:
    """Return a PNG of twice the screen's resolution by MIME type, with few colours, and the metadata of that.

    JupyterLab and nbconvert put no alternative text on a bare PNG; so there is HTML that has it. The PNG itself is for readers
    that take no HTML, such as LaTeX.
    """
    text = " ".join(alternative_text.split())
    smaller = with_palette(png)
    width, height = (pixels // 2 for pixels in size_of(smaller))
    encoded = base64.b64encode(smaller).decode()
    image = (
        f'<img alt="{html.escape(text)}" src="data:image/png;base64,{encoded}"'
        f' width="{width}" height="{height}" style="max-width:100%;height:auto">'
    )
    data = {"text/html": image, "image/png": encoded, "text/plain": text}
    return data, {"image/png": {"width": width, "height": height, "alt": text}}
