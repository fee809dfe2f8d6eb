"""The look of every figure: one palette for light and dark pages, one way to appear in a notebook.

A figure has no ground of its own. Whatever is drawn on the page has at least three times the contrast to white and to
JupyterLab's dark ground (#111111): its luminance lies in the middle. Four of the colours are those of Okabe and Ito (2008);
the other two were sought so that any two of the six stay apart in CAM02-UCS (Luo, Cui and Li, 2006) for readers without red,
green or blue cones, as Machado, Oliveira and Fernandes (2009) model them. Lines differ in dash as well.
"""

from __future__ import annotations

import io
import textwrap
import traceback
from collections.abc import Callable, Iterator
from functools import wraps
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import matplotlib as mpl
import numpy as np
from matplotlib import rcsetup
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from grading.figures.display import show
from grading.graded import is_being_graded

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text
    from numpy.typing import NDArray
    from torch import Tensor

BLUE = "#0072B2"
VERMILLION = "#D55E00"
GREEN = "#009E73"
PURPLE = "#CC79A7"
LILAC = "#8E82F6"
BROWN = "#9F4C35"
# For wide lines under others, and for areas.
SKY = "#3A9CC5"
INK = "#757A80"
GREY = "#80868C"
# A grid, which may be faint.
PALE = "#80868C50"
# On a light ground that a figure brings with it (an image, a chip behind a label): what is written there, and the ground.
DARK = "#22282E"
CARD = "#FAFAF7"

PALETTE = (BLUE, VERMILLION, GREEN, PURPLE, LILAC, BROWN)
DASHES = ("-", (0, (6, 2)), (0, (2, 1.5)), (0, (7, 2, 1.5, 2)), (0, (1, 1)), (0, (9, 3)))

SCREEN_DPI = 96
# Of a title, which is bold and of 12 points.
LETTERS_AN_INCH = 9.6
# Any: matplotlib 3.11 types the keys as literals, earlier versions as str.
STYLE: Any = {
    "figure.dpi": SCREEN_DPI,
    "figure.facecolor": "none",
    "figure.constrained_layout.use": True,
    "figure.constrained_layout.h_pad": 0.09,
    "figure.constrained_layout.w_pad": 0.08,
    "figure.titlesize": 12,
    "figure.titleweight": "bold",
    "savefig.facecolor": "none",
    "font.family": ["DejaVu Sans"],
    "font.size": 10,
    "mathtext.fontset": "dejavusans",
    "text.color": INK,
    "axes.facecolor": "none",
    "axes.edgecolor": GREY,
    "axes.prop_cycle": rcsetup.cycler(color=PALETTE),
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

# Pillow's, for a PNG that is compressed again before it is shown.
QUICKLY = {"compress_level": 1}

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
            self.savefig(buffer, format="png", dpi=2 * SCREEN_DPI, pil_kwargs=QUICKLY)
        return buffer.getvalue()

    def alternative_text(self) -> str:
        """Return the figure in words, as one line: its title, and of each panel title, axes and named curves with their ends."""
        told = [self.get_suptitle(), *(part for axes in self.axes for part in _in_words(axes))]
        return " | ".join(" ".join(part.split()) for part in told if part)

    def _ipython_display_(self) -> None:
        show({}, self.png(), self.alternative_text())


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
    """Return an empty figure of that size in inches whose title is its message, set flush left, in several lines if it is long."""
    figure = Picture(figsize=(width, height))
    FigureCanvasAgg(figure)
    message: Text = figure.suptitle(_wrapped(title, width), x=0.012, ha="left")
    message.set_in_layout(True)
    return figure


def _wrapped(title: str, width: float) -> str:
    """Return a title in as many lines as it takes in a figure that is so many inches wide; formulas are left alone."""
    if "$" in title:
        return title
    return "\n".join(textwrap.fill(line, max(20, int(LETTERS_AN_INCH * width))) for line in title.split("\n"))


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


def _in_words(axes: Axes) -> Iterator[str]:
    yield axes.get_title(loc="left")
    if not axes.axison:
        return
    for name, (low, high) in ((axes.get_xlabel(), axes.get_xlim()), (axes.get_ylabel(), axes.get_ylim())):
        if name:
            yield f"{name}: from {low:.3g} to {high:.3g}"
    # A name that begins with an underscore is one that nobody gave.
    for line in (line for line in axes.get_lines() if not str(line.get_label()).startswith("_")):
        heights = np.ma.masked_invalid(np.asarray(line.get_ydata(), dtype=float)).compressed()
        if heights.size > 2:
            yield f"{line.get_label()}: {heights[0]:.3g} at first, {heights[-1]:.3g} at last"


def _waiting_for(name: str) -> Picture:
    figure = new_figure(7.2, 0.9, "Nothing to draw yet")
    axes = figure.subplots()
    axes.set_axis_off()
    axes.set_title(f"This figure needs your {name}. Write it in the cell above, then run this cell again.")
    return figure
