"""A body as a function: as it stands in a cell, below the head of its TODO, and as something that can be called."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from html import escape
from textwrap import indent
from typing import Any

from grading.catalogue.drills import Drills
from grading.study.helping import TODOS

_OPEN = "    # YOUR CODE HERE"
# Lines that are too long are broken, not scrolled: on a phone the end of a line is what matters.
_PRE = "margin:.4em 0 0;white-space:pre-wrap;word-break:normal;overflow-wrap:anywhere;background:none;color:inherit"
_DECORATORS = re.compile(r"^@.*\n", re.M)
# What the lessons import, and what their learners may.
_NAMES = """
import copy, itertools, math
import numpy as np
import torch
from functools import partial, reduce
from itertools import pairwise
from torch import Tensor, nn
from torch.nn import functional as F
"""


def head_of(name: str) -> str:
    """Return what stands above the body of an exercise: its signature and docstring, as they were handed out."""
    text = next((of_lesson[name] for of_lesson in _todos().values() if name in of_lesson), "")
    return text[: text.find(_OPEN)] if _OPEN in text else ""


def listing(name: str, body: str, imports: str = "") -> str:
    """Return a body as the text of a cell."""
    above = f"{imports}\n\n\n" if imports else ""
    return f"{above}{head_of(name)}{indent(body, '    ')}\n"


def compiled(name: str, drills: Drills, body: str) -> Callable[..., Any]:
    """Return a body as a function, with names of its own. Raises SyntaxError if Python cannot read it."""
    names: dict[str, Any] = {}
    head = _DECORATORS.sub("", head_of(name))
    for source in (_NAMES, drills.setup, f"{head}{indent(body, '    ')}\n"):
        # Compiled as this module is: annotations are not evaluated, and the names in them may be the lesson's.
        exec(compile(source, f"<a drill of {name}>", "exec"), names)
    function: Callable[..., Any] = names[name.rpartition(".")[2]]
    return function


def code_and(code: str, sentence: str) -> str:
    """Return code, with its spaces, and a sentence below it as HTML for a panel."""
    return f'<pre style="{_PRE}">{escape(code)}</pre><div style="margin:.4em 0 0">{escape(sentence)}</div>'


@cache
def _todos() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(TODOS.read_text(encoding="utf-8")) if TODOS.is_file() else {}
    return found
