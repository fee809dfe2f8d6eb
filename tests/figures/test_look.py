"""Figures can be read on a light page and on a dark one, by colour-blind readers, in a small window."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pytest
from colorspacious import cspace_convert
from matplotlib.collections import QuadMesh
from matplotlib.colors import to_rgb, to_rgba
from matplotlib.contour import QuadContourSet
from matplotlib.image import AxesImage
from matplotlib.text import Text
from numpy.typing import NDArray

from grading.figures import style
from grading.figures.style import Picture
from tests.figures.test_every_figure import FIGURES, FIGURES_OF_DATA, drawn

NAMES = sorted(FIGURES | FIGURES_OF_DATA)
GROUNDS = {"white": "#ffffff", "dark": "#111111"}
BLINDNESS = ("deuteranomaly", "protanomaly", "tritanomaly")
APART = 10.0  # in CAM02-UCS; two colours beside each other are told apart from 2 on


def luminance(colour: object) -> float:
    """The relative luminance of WCAG 2."""
    channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]  # type: ignore[arg-type]
    return float(np.dot(channels, [0.2126, 0.7152, 0.0722]))


def contrast(one: object, other: object) -> float:
    """The contrast of WCAG 2, from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def as_seen(colour: str, blindness: str | None) -> NDArray[np.float64]:
    seen = np.array(to_rgb(colour))
    if blindness is not None:
        space = {"name": "sRGB1+CVD", "cvd_type": blindness, "severity": 100}
        seen = np.clip(cspace_convert(seen, space, "sRGB1"), 0, 1)
    return np.asarray(cspace_convert(seen, "sRGB1", "CAM02-UCS"))


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("ink", [*style.PALETTE, style.INK, style.GREY])
def test_every_ink_stands_out_from_both_grounds(ink: str, ground: str) -> None:
    assert contrast(ink, GROUNDS[ground]) >= 3


def test_what_is_written_on_a_light_ground_stands_out_from_it() -> None:
    assert contrast(style.DARK, style.CARD) >= 7


@pytest.mark.parametrize("blindness", [None, *BLINDNESS])
def test_any_two_colours_of_the_palette_stay_apart(blindness: str | None) -> None:
    seen = {colour: as_seen(colour, blindness) for colour in style.PALETTE}
    near = {
        pair: distance
        for pair in combinations(seen, 2)
        if (distance := float(np.linalg.norm(seen[pair[0]] - seen[pair[1]]))) < APART
    }
    assert near == {}


def texts_on_the_page(picture: Picture) -> Iterator[Text]:
    """The texts that have no ground of their own: no box, and no image or shaded map behind them."""
    for text in picture.findobj(Text):
        assert isinstance(text, Text)
        box = text.get_bbox_patch()
        has_box = box is not None and box.get_fill() and to_rgba(box.get_facecolor())[3] > 0
        axes = text.axes
        on_image = (
            axes is not None
            and text in axes.texts
            and any(isinstance(one, AxesImage | QuadMesh | QuadContourSet) for one in axes.get_children())
        )
        if text.get_text().strip() and text.get_visible() and not has_box and not on_image:
            yield text


@pytest.mark.parametrize("name", NAMES)
def test_every_text_on_the_page_stands_out_from_both_grounds(name: str, without_dot: None) -> None:
    picture = drawn(name)
    assert isinstance(picture, Picture)
    texts = list(texts_on_the_page(picture))
    assert texts
    faint = [
        (text.get_text(), text.get_color())
        for text in texts
        for ground in GROUNDS.values()
        if contrast(text.get_color(), ground) < 3
    ]
    assert faint == []


@pytest.mark.parametrize("name", NAMES)
def test_every_line_on_the_page_stands_out_from_both_grounds(name: str, without_dot: None) -> None:
    picture = drawn(name)
    assert isinstance(picture, Picture)
    for axes in picture.axes:
        if any(isinstance(one, AxesImage | QuadMesh | QuadContourSet) for one in axes.get_children()):
            continue
        for line in axes.get_lines():
            assert min(contrast(line.get_color(), ground) for ground in GROUNDS.values()) >= 3, line


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_has_no_ground_and_fits_a_small_window(name: str, without_dot: None) -> None:
    picture = drawn(name)
    assert isinstance(picture, Picture)
    width, height = 96 * picture.get_size_inches()
    assert width <= 1280 and height <= 800
    picture.canvas.draw()
    pixels = np.asarray(picture.canvas.buffer_rgba())  # type: ignore[attr-defined]
    assert pixels[0, 0, 3] == 0 and pixels[-1, -1, 3] == 0
