"""What an answer prints: kept from the beginning, as it would look on paper."""

from __future__ import annotations

import io
from typing import Any

from grading.text import as_on_paper

_MOST = 2000


class Beginning(io.StringIO):
    """A stream that keeps the beginning of what is written, so that a flood does not fill the memory.

    A line that is written anew, such as a progress bar, is kept in its last state.
    """

    encoding = "utf-8"

    @property
    def buffer(self) -> Any:
        """What takes bytes."""
        return _Bytes(self)

    def write(self, text: str) -> int:
        """Keep as much of a text as there is room for; return its whole length."""
        if "\r" in text or "\x1b" in text:
            before, line_end, line = self.getvalue().rpartition("\n")
            line = as_on_paper(line + text) + "\r" * text.endswith("\r")
            self.seek(0)
            self.truncate()
            super().write((before + line_end + line)[:_MOST])
        else:
            super().write(text[: max(_MOST - self.tell(), 0)])
        return len(text)


class _Bytes(io.RawIOBase):
    """Takes bytes for a stream of text, as `sys.stdout.buffer` does."""

    def __init__(self, text: io.StringIO) -> None:
        self._text = text

    def writable(self) -> bool:
        """Tell that it may be written to."""
        return True

    def write(self, written: Any) -> int:
        """Write bytes as the text that they stand for; return how many they are."""
        data = bytes(written)
        self._text.write(data.decode(errors="replace"))
        return len(data)
