"""The look of every figure: one palette, one light card, one way to appear in a notebook.

The card is opaque and nearly white, so that a figure reads the same on a white page and in JupyterLab's dark theme.
Colours are those of Okabe and Ito (2008), chosen to stay apart for colour-blind readers; lines differ in dash as well.
"""

from __future__ import annotations

import base64
import io
import traceback
from collections.abc import Callable, Mapping
from functools import wraps
from importlib import import_module
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from grading.graded import is_being_graded

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.text import Text
    from numpy.typing import NDArray
    from torch import Tensor

BLUE = "#0072B2"
VERMILLION = "#D55E00"
GREEN = "#009E73"
PURPLE = "#B0568F"
ORANGE = "#E69F00"
SKY = "#56B4E9"
INK = "#22282E"
GREY = "#6B737B"
PALE = "#D5D9DD"
CARD = "#FAFAF7"

PALETTE = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY)
DASHES = ("-", (0, (6, 2)), (0, (2, 1.5)), (0, (7, 2, 1.5, 2)), (0, (1, 1)), (0, (9, 3)))

SCREEN_DPI = 96
# Any: matplotlib 3.11 types the keys as literals, earlier versions as str.
STYLE: Any = {
    "figure.dpi": SCREEN_DPI,
    "figure.facecolor": CARD,
    "figure.constrained_layout.use": True,
    "figure.constrained_layout.h_pad": 0.09,
    "figure.constrained_layout.w_pad": 0.08,
    "figure.titlesize": 12,
    "figure.titleweight": "bold",
    "savefig.facecolor": CARD,
    "font.family": ["DejaVu Sans"],
    "font.size": 10,
    "mathtext.fontset": "dejavusans",
    "text.color": INK,
    "axes.facecolor": CARD,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.titlesize": 10.5,
    "axes.titlelocation": "left",
    "axes.labelsize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": PALE,
    "grid.linewidth": 0.6,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "lines.linewidth": 2.0,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "legend.handlelength": 2.6,
    "image.cmap": "cividis",
}

Inputs = ParamSpec("Inputs")
Drawn = TypeVar("Drawn")


class Picture(Figure):
    """A matplotlib figure that shows itself when it is the last line of a cell.

    It is drawn at twice the screen's resolution, keeps its size in inches, and carries its titles as alternative text.
    It lives outside pyplot, so a cell that is run many times leaves nothing open behind it.
    """

    def png(self) -> bytes:
        """Return the figure as a PNG file, at twice the screen's resolution."""
        buffer = io.BytesIO()
        with mpl.rc_context(STYLE):
            self.savefig(buffer, format="png", dpi=2 * SCREEN_DPI)
        return buffer.getvalue()

    def alternative_text(self) -> str:
        """Return the figure's title and the titles of its panels, as one line."""
        titles = [self.get_suptitle(), *(axes.get_title(loc="left") for axes in self.axes)]
        return " | ".join(" ".join(title.split()) for title in titles if title)

    def _ipython_display_(self) -> None:
        show({}, self.png(), self.alternative_text())


def show(
    other_forms: Mapping[str, str], png: bytes, alternative_text: str, output: str | None = None, again: bool = False
) -> None:
    """Show a PNG of twice the screen's resolution in the notebook, beside other forms of it by MIME type.

    output: a name under which it can be replaced later, by the same call with `again`.
    """
    display: Any = import_module("IPython.display").display  # only a notebook needs it
    width, height = (int.from_bytes(png[start : start + 4], "big") for start in (16, 20))  # the file's header
    data = {**other_forms, "image/png": base64.b64encode(png).decode(), "text/plain": alternative_text}
    image = {"width": width // 2, "height": height // 2, "alt": alternative_text}
    place = {} if output is None else {"display_id": output, "update": again}
    display(data, raw=True, metadata={"image/png": image}, **place)


class NotDrawn:
    """What stands for a figure while a notebook is graded: a line of text."""

    def __repr__(self) -> str:
        """Say why there is no picture."""
        return "A figure: not drawn while grading, it earns no points."


def drawing(draw: Callable[Inputs, Drawn]) -> Callable[Inputs, Drawn | Picture | NotDrawn]:
    """Give a drawing function the course's style, and an empty card where an answer is still missing.

    A TODO that nobody has written raises NotImplementedError. The figure after it then says which function it waits
    for, and the notebook goes on. While a notebook is graded nothing is drawn and none of the arguments is called.
    """

    @wraps(draw)
    def styled(*args: Inputs.args, **kwargs: Inputs.kwargs) -> Drawn | Picture | NotDrawn:
        if is_being_graded():
            return NotDrawn()
        with mpl.rc_context(STYLE):
            try:
                return draw(*args, **kwargs)
            except NotImplementedError as missing:
                if missing.args:  # PyTorch's own, about a dtype or a device, says so; the stub of a TODO says nothing
                    raise
                return _waiting_for(traceback.extract_tb(missing.__traceback__)[-1].name)

    return styled


def new_figure(width: float, height: float, title: str) -> Picture:
    """Return an empty figure of that size in inches whose title is its message, set flush left."""
    figure = Picture(figsize=(width, height))
    FigureCanvasAgg(figure)
    message: Text = figure.suptitle(title, x=0.012, ha="left")
    message.set_in_layout(True)
    return figure


def panels(figure: Picture, rows: int = 1, columns: int = 1, **options: Any) -> list[Axes]:
    """Return the axes of a grid, row by row."""
    grid: NDArray[Any] = figure.subplots(rows, columns, squeeze=False, **options)
    return list(grid.flat)


def line_styles(count: int) -> list[dict[str, Any]]:
    """Return colours and dashes for `count` curves, no two alike among the first six."""
    pairs = zip(cycle(PALETTE), cycle(DASHES), strict=False)
    return [{"color": color, "linestyle": dashes} for color, dashes in islice(pairs, count)]


def signed(number: float) -> str:
    """Return a number as the text prints it, with a true minus sign and no negative zero."""
    return f"{number + 0.0:g}".replace("-", "−")


def to_numpy(values: Tensor) -> NDArray[np.float64]:
    """Return a tensor of any device and float dtype, tracked by autograd or not, as a float64 array."""
    array: NDArray[np.float64] = values.detach().cpu().double().numpy()
    return array


def _waiting_for(name: str) -> Picture:
    figure = new_figure(7.2, 0.9, "Nothing to draw yet")
    axes = figure.subplots()
    axes.set_axis_off()
    axes.set_title(f"This figure needs your {name}. Write it in the cell above, then run this cell again.")
    return figure
