"""PNG files of at most 256 colours: less than half the bytes, and no difference that an eye can see.

A drawing has few inks and several hundred mixtures of them with the ground, at the edges of lines and letters. Colours are
compared as they are seen: in front of white, and in front of JupyterLab's dark ground.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

GROUNDS = (255, 17)  # the levels of white and of #111111
LARGEST_PALETTE = 256
# A larger picture, of some megabytes, is none of ours; it stays as it is.
LARGEST_PICTURE = 20_000_000
# How far a colour may be from that of the palette which stands for it, in levels of 8 bits: one that few pixels have, as at
# the edge of a letter, and one that more than this share of them has, as in a shaded map, where steps would show.
FAR, NEAR, FREQUENT = 8.0, 2.0, 0.0001
# A colour that this share of the pixels has is the colour of an area, and is kept.
AREA = 0.01


def size_of(png: bytes) -> tuple[int, int]:
    """Return the width and height in pixels that the header of a PNG file names."""
    width, height = (int.from_bytes(png[start : start + 4], "big") for start in (16, 20))
    return width, height


def with_palette(png: bytes) -> bytes:
    """Return the picture as a PNG file with a palette of at most 256 colours, of the same size and resolution.

    Areas of one colour, a hundredth of the picture, keep it exactly. If it has at most 256 colours, all do. One of more than 20 million
    pixels is returned as it is.
    """
    width, height = size_of(png)
    if width * height > LARGEST_PICTURE:
        return png
    from PIL import Image  # of matplotlib; only who draws needs it

    with Image.open(io.BytesIO(png)) as picture:
        pixels = np.array(picture.convert("RGBA"))
        resolution = picture.info.get("dpi")
    palette, indices = indexed(pixels)
    result = Image.fromarray(indices)
    result.putpalette(palette.tobytes(), "RGBA")
    buffer = io.BytesIO()
    result.save(buffer, "PNG", dpi=resolution)
    return buffer.getvalue()


def indexed(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return a palette (k, 4) of at most 256 colours for pixels (h, w, 4), and which of them each pixel has, (h, w)."""
    flat = np.ascontiguousarray(pixels).view(np.uint32).ravel()
    # Most pixels are like the one to their left: only the first of each run is looked at.
    starts = np.flatnonzero(np.concatenate([[True], flat[1:] != flat[:-1]]))
    lengths = np.diff(starts, append=flat.size)
    values, places = np.unique(flat[starts], return_inverse=True)
    colours: NDArray[np.uint8] = values.view(np.uint8).reshape(-1, 4)
    chosen, nearest = _palette(colours, np.bincount(places, lengths))
    return colours[chosen], np.repeat(nearest[places], lengths).reshape(pixels.shape[:2])


def as_seen(colours: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return colours (…, 4) with their opacity as they look in front of both grounds, (…, 6)."""
    opacity = colours[..., 3:].astype(np.float32) / 255
    return np.concatenate([colours[..., :3] * opacity + ground * (1 - opacity) for ground in GROUNDS], axis=-1)


def _palette(colours: NDArray[np.uint8], counts: NDArray[np.integer[Any]]) -> tuple[list[int], NDArray[np.uint8]]:
    """Return which colours (k, 4) are the palette, and for each colour which of the palette stands for it, (k,).

    counts: how many pixels have each colour. First come the colours of areas, then, again and again, the one that is
    farthest from all before it (Gonzalez, 1985), where a frequent one counts for more, until each is near enough to one of them.
    """
    if len(colours) <= LARGEST_PALETTE:
        return [*range(len(colours))], np.arange(len(colours), dtype=np.uint8)
    seen = as_seen(colours)
    shares = (counts / counts.sum()).astype(np.float32)
    allowed = np.where(shares < FREQUENT, FAR, NEAR) ** 2
    chosen: list[Any] = [*np.flatnonzero(shares >= AREA)] or [np.argmax(shares)]
    nearest = np.zeros(len(colours), dtype=np.uint8)
    distance = np.full(len(colours), np.inf, dtype=np.float32)
    for entry in range(LARGEST_PALETTE):
        if entry == len(chosen):
            weighted = distance * np.sqrt(shares) * (distance > allowed)
            if not weighted.any():
                break
            chosen.append(np.argmax(weighted))
        found = ((seen - seen[chosen[entry]]) ** 2).sum(axis=1)
        closer = found < distance
        distance[closer] = found[closer]
        nearest[closer] = entry
    return chosen, nearest
