"""A zip archive that was handed in instead of what is in it, opened within bounds and only in memory."""

from __future__ import annotations

import io
import stat
import zlib
from collections.abc import Iterator, Mapping
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from grading.engine.intake.file_kinds import kind_of
from grading.engine.limits import Limits

_MOST_MEMBERS = 1000
_ENTRY = b"PK\x01\x02"
_LONGEST_NAME = 200
# What damaged, encrypted and odd archives raise.
_UNUSABLE = (BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError, ValueError)


def is_archive(content: bytes) -> bool:
    """Tell whether a file is a zip archive, and not a document that is kept in one."""
    return kind_of(content) == "a zip archive"


def unpacked(contents: Mapping[str, bytes], limits: Limits) -> dict[str, bytes]:
    """Return what is in the zip archives at the top of a folder, under ARCHIVE/NAME; together no more than one file may have.

    An archive that cannot be read holds nothing; it is still there under its own name.
    """
    found: dict[str, bytes] = {}
    room = limits.file_bytes
    for archive, content in contents.items():
        if "/" not in archive and is_archive(content) and content.count(_ENTRY) <= _MOST_MEMBERS:
            for name, member in _members(content, room):
                found[f"{archive}/{name}"] = member
                room -= len(member)
    return found


def _members(archive: bytes, room: int) -> Iterator[tuple[str, bytes]]:
    try:
        with ZipFile(io.BytesIO(archive)) as opened:
            for info in opened.infolist():
                if not _is_wanted(info) or info.file_size > room:
                    continue
                with opened.open(info) as member:
                    # What it says of its size need not be so.
                    content = member.read(room + 1)
                if len(content) <= room:
                    room -= len(content)
                    yield info.filename, content
    except _UNUSABLE:
        return


def _is_wanted(info: ZipInfo) -> bool:
    """Tell whether a member is a plain file with a plain name, and none that programs leave behind."""
    name, mode = info.filename, stat.S_IFMT(info.external_attr >> 16)
    parts = name.split("/")
    plain = all(part.isprintable() and part.strip() and not part.startswith(".") for part in parts)
    # The other methods may ask for any amount of memory.
    usual = mode in (0, stat.S_IFREG) and info.compress_type in (ZIP_STORED, ZIP_DEFLATED)
    return plain and usual and parts[0] != "__MACOSX" and "\\" not in name and len(name.encode()) <= _LONGEST_NAME
