"""A d2l board that is drawn while a model trains: as often as a twentieth of the time allows, and once at the end."""

from __future__ import annotations

import io
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

import matplotlib as mpl

from grading.figures.display import show
from grading.figures.style import QUICKLY, SCREEN_DPI, STYLE, line_styles, new_figure
from grading.graded import is_being_graded

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# The share of the time that drawing may take; the last drawing comes on top of it.
SHARE = 0.05
# What the first drawing is taken to cost, in seconds.
_FIRST = 0.1
# The colours of a board for which nobody has chosen any.
STOCK_COLORS = ["C0", "C1", "C2", "C3"]

Show = Callable[[bytes, str, str, bool], None]


def _show_in_notebook(png: bytes, text: str, output: str, again: bool) -> None:
    show({}, png, text, output, again)


class Schedule:
    """When to draw, so that all drawings together stay within a share of the time since this was made."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter, share: float = SHARE) -> None:
        self._clock, self._share = clock, share
        self._begun, self._spent, self._expected = clock(), 0.0, _FIRST

    def due(self) -> bool:
        """Return whether one more drawing, as long as the last one, is within the share."""
        elapsed = self._clock() - self._begun + self._expected
        return self._spent + self._expected <= self._share * elapsed

    @contextmanager
    def drawing(self) -> Iterator[None]:
        """Count what is done within as a drawing."""
        start = self._clock()
        try:
            yield
        finally:
            self._expected = self._clock() - start
            self._spent += self._expected


class LiveBoard:
    """Draws a board's curves into one output of the cell, in place.

    show: gets the picture as PNG, a text in its place, the name of the output and whether that is there already. Without a
    notebook, while grading, and where the board's `display` is off, nothing is drawn.
    """

    def __init__(self, board: Any, show: Show | None = None) -> None:
        self._board = board
        self._show = show or (_show_in_notebook if in_notebook() else None)
        self._schedule = Schedule()
        self._name, self._drawn = uuid.uuid4().hex, False
        self._axes: Axes | None = None

    def offer(self) -> None:
        """Draw what there is, if it is time."""
        if self._schedule.due():
            self.draw()

    def draw(self) -> None:
        """Draw what there is."""
        if self._show is None or not self._board.display or not any(self._board.data.values()):
            return
        with self._schedule.drawing(), mpl.rc_context(STYLE):
            self._axes = self._axes or _axes_of(self._board)
            _plot(self._axes, self._board)
            figure = self._axes.get_figure(root=True)
            if figure is None:  # somebody has removed the axes from it
                return
            self._show(_png(figure), described(self._board), self._name, self._drawn)
        self._drawn = True

    def replace_by(self, text: str) -> None:
        """Put a line of text in the place of the picture, where there is one."""
        if self._drawn:
            display: Any = import_module("IPython.display").display
            display({"text/plain": text}, raw=True, display_id=self._name, update=True)


def show_board(board: Any) -> None:
    """Show what a d2l board has drawn, with its last values in words, in place of pyplot's picture, which has none.

    Outside of a notebook and while grading nothing is shown, nor of a board that has drawn nothing.
    """
    if board.fig is None or not in_notebook():
        return
    import_module("matplotlib.pyplot").close(board.fig)  # pyplot would show it at the end of the cell
    with mpl.rc_context(STYLE):
        show({}, _png(board.fig), described(board))


def described(board: Any) -> str:
    """Return a line for who does not see the picture: the last value of each curve."""
    ends = [f"{label} {line[-1].y:.3g}" for label, line in board.data.items() if line]
    return f"Training curves by {board.xlabel or 'x'}; at the end {', '.join(ends)}"


def in_notebook() -> bool:
    """Return whether pictures are shown where this runs: in a kernel, with somebody there to look."""
    if is_being_graded():
        return False
    shell: Any = import_module("IPython").get_ipython()
    return getattr(shell, "kernel", None) is not None


def _axes_of(board: Any) -> Axes:
    """Return the board's own axes, those of its own figure, or new ones."""
    if board.axes:
        own: Axes = board.axes
        return own
    width, height = board.figsize
    figure = board.fig or new_figure(width, height, title="")
    axes: Axes = figure.gca()
    return axes


def _plot(axes: Axes, board: Any) -> None:
    known = {line.get_label(): line for line in axes.get_lines()}
    for (label, points), style in zip(board.data.items(), _styles(board), strict=False):
        line = known.get(label) or axes.plot([], [], label=label, **style)[0]
        line.set_data([point.x for point in points], [point.y for point in points])
    axes.set(xlabel=board.xlabel or "", ylabel=board.ylabel or "", xscale=board.xscale, yscale=board.yscale)
    axes.relim()
    axes.autoscale_view()
    if board.xlim:
        axes.set_xlim(board.xlim)
    if board.ylim:
        axes.set_ylim(board.ylim)
    axes.legend()


def _styles(board: Any) -> list[dict[str, Any]]:
    """Return the board's own colours and dashes where somebody has chosen them, else the course's."""
    if board.colors == STOCK_COLORS:
        return line_styles(max(6, len(board.data)))
    return [{"color": color, "linestyle": dashes} for color, dashes in zip(board.colors, board.ls, strict=False)]


def _png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=2 * SCREEN_DPI, pil_kwargs=QUICKLY)
    return buffer.getvalue()
