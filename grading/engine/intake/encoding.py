"""Text in whatever encoding a program has written it: by its byte order mark or its zeros, and Windows's own where it is not UTF-8."""

from __future__ import annotations

import json
from typing import NamedTuple


class Decoded(NamedTuple):
    """Text, and whether it is certain: bytes that are neither UTF-8, UTF-16 nor UTF-32 are read as Windows-1252, which takes nearly all."""

    text: str
    certain: bool


def text_of(content: bytes) -> Decoded:
    """Return the text of a file that begins with ASCII, without a byte order mark; whatever the bytes are."""
    encoding = json.detect_encoding(content)
    try:
        return Decoded(content.decode(encoding, "surrogatepass").removeprefix("\ufeff"), True)
    except UnicodeDecodeError:
        return Decoded(content.decode("cp1252", "replace"), False)
