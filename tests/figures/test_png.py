"""A PNG with a palette is much smaller, and looks the same in front of white and of JupyterLab's dark ground."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from matplotlib import colormaps
from numpy.typing import NDArray
from PIL import Image

from grading.figures.png import FAR, FREQUENT, LARGEST_PALETTE, LARGEST_PICTURE, NEAR, as_seen, size_of, with_palette
from grading.figures.style import Picture
from tests.figures.test_every_figure import drawn

Pixels = NDArray[np.uint8]

# Curves, a shaded map, pictures, boxes with letters, histograms, points and rows of panels.
KINDS = ("hinges", "decision_surface", "class_examples", "computational_graph", "layer_histograms", "folded_plane")


def file_of(pixels: Pixels | Image.Image, **options: Any) -> bytes:
    buffer = io.BytesIO()
    (pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)).save(buffer, "PNG", **options)
    return buffer.getvalue()


def pixels_of(png: bytes) -> Pixels:
    with Image.open(io.BytesIO(png)) as picture:
        return np.array(picture.convert("RGBA"))


def difference(one: bytes, other: bytes) -> NDArray[np.float64]:
    """How far each pixel is off, in levels of 8 bits, on the ground and in the channel where it is farthest."""
    return np.abs(as_seen(pixels_of(one)) - as_seen(pixels_of(other))).max(axis=-1).astype(np.float64)


def frequent(png: bytes) -> NDArray[np.bool_]:
    """Which pixels have a colour that many have, so that a step in it would show."""
    _, places, counts = np.unique(pixels_of(png).view(np.uint32), return_inverse=True, return_counts=True)
    return (counts >= 3 * FREQUENT * counts.sum())[places].reshape(size_of(png)[::-1])


def mixtures(colours: int) -> Pixels:
    """A picture of an opaque area, a transparent one, and below them of so many colours at all opacities."""
    draw = np.random.default_rng(0)
    many = draw.integers(0, 256, (colours, 4), dtype=np.uint8)
    below = many[np.arange(200 * 300) % colours].reshape(200, 300, 4)
    above = np.zeros((200, 300, 4), dtype=np.uint8)
    above[:, :150] = (0, 114, 178, 255)
    return np.concatenate([above, below])


def shaded_map(opacity: float) -> Pixels:
    x = np.linspace(0, 1, 400) * np.linspace(0, 1, 300)[:, None]
    return np.asarray(colormaps["cividis"](x, alpha=opacity, bytes=True))


def edges() -> Pixels:
    """Two inks with every opacity, and all mixtures of the two."""
    share = np.linspace(0, 1, 256)[:, None]
    blue, red = (np.array([*ink, 255.0]) for ink in ((0, 114, 178), (213, 94, 0)))
    rows = [ink * [1, 1, 1, 0] + share * [0, 0, 0, 255.0] for ink in (blue, red)]
    return np.stack([*rows, share * blue + (1 - share) * red]).round().astype(np.uint8).repeat(40, axis=0)


@pytest.mark.parametrize("name", KINDS)
def test_a_figure_takes_half_the_bytes_and_looks_the_same(name: str, without_dot: None) -> None:
    picture = drawn(name)
    assert isinstance(picture, Picture)
    png = picture.png()  # once: the layout of a second drawing may differ
    small = with_palette(png)
    assert len(small) < 0.6 * len(file_of(pixels_of(png)))
    assert size_of(small) == size_of(png)
    off = difference(small, png)
    assert off.max() <= 24  # single pixels at an edge
    assert (off > FAR).mean() < 0.001
    assert off.mean() < 0.4
    assert off[frequent(png)].max() <= NEAR


@pytest.mark.parametrize("pixels", [shaded_map(1.0), shaded_map(0.4), edges()], ids=["opaque", "faint", "edges"])
def test_a_shaded_map_and_the_edges_of_letters_keep_their_steps(pixels: Pixels) -> None:
    off = difference(with_palette(file_of(pixels)), file_of(pixels))
    assert off.max() <= NEAR
    assert off.mean() < 1


@pytest.mark.parametrize("colours", [1, 2, 3, 15, 16, 17, 100, LARGEST_PALETTE - 2])
def test_up_to_256_colours_are_kept_exactly(colours: int) -> None:
    png = file_of(mixtures(colours))
    assert difference(with_palette(png), png).max() == 0


@pytest.mark.parametrize("colours", [LARGEST_PALETTE - 1, 300, 1000, 9000])
def test_of_more_colours_those_of_areas_are_kept_exactly(colours: int) -> None:
    png = file_of(mixtures(colours))
    off = difference(with_palette(png), png)
    assert off[:200].max() == 0
    assert off[200:].max() < 120  # random colours, of which no palette of 256 has a near one for each
    with Image.open(io.BytesIO(with_palette(png))) as small:
        assert small.mode == "P"


def test_what_is_transparent_stays_so() -> None:
    pixels = edges()
    pixels[:, 100:] = (9, 8, 7, 0)  # colours that nobody sees
    pixels[:, 150:] = (255, 255, 255, 0)
    small = pixels_of(with_palette(file_of(pixels)))
    assert (small[:, 100:, 3] == 0).all()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_files_of_every_kind_are_read(mode: str) -> None:
    png = file_of(Image.fromarray(mixtures(40)).convert(mode))
    assert difference(with_palette(png), png).max() == 0


def test_the_resolution_is_kept_because_a_page_of_paper_is_laid_out_by_it() -> None:
    with Image.open(io.BytesIO(with_palette(file_of(mixtures(9), dpi=(192, 192))))) as small:
        assert small.info["dpi"] == pytest.approx((192, 192), abs=0.1)
    with Image.open(io.BytesIO(with_palette(file_of(mixtures(9))))) as small:
        assert "dpi" not in small.info


@pytest.mark.parametrize("size", [(1, 1), (1, 7), (7, 1), (3, 2)])
def test_a_picture_may_be_tiny(size: tuple[int, int]) -> None:
    png = file_of(mixtures(50)[100 : 100 + size[1], 148 : 148 + size[0]])
    assert size_of(with_palette(png)) == size
    assert difference(with_palette(png), png).max() == 0


def test_a_picture_that_is_too_large_stays_as_it_is() -> None:
    png = file_of(Image.new("L", (LARGEST_PICTURE // 1000 + 1, 1000)))
    assert with_palette(png) == png
