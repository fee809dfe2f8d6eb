"""What a file is that should be a notebook and is not, by its content; names say little about what people hand in."""

from __future__ import annotations

import re

from grading.engine.intake.encoding import text_of

_BEGINNINGS = {
    b"PK\x03\x04": "a zip archive",
    b"PK\x05\x06": "an empty zip archive",
    b"\x1f\x8b": "a gzip archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ\0": "an xz archive",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"\x28\xb5\x2f\xfd": "a Zstandard archive",
    b"%PDF": "a PDF document",
    b"{\\rtf": "an RTF document",
    b"\xd0\xcf\x11\xe0": "a document of an old Word, Excel or PowerPoint",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"II*\0": "a TIFF picture",
    b"MM\0*": "a TIFF picture",
    b"SQLite format 3\0": "a SQLite database",
    b"\x7fELF": "a program",
    b"MZ": "a Windows program",
    b"bplist00": "a property list of macOS, such as the placeholder of a file that is still in iCloud",
    b"\0\x05\x16\x07": "what macOS keeps beside a file",
    b"\0\0\0\x01Bud1": "what macOS keeps of a folder",
    b"L\0\0\0\x01\x14\x02\0": "a Windows shortcut",
    b"\x80\x04\x95": "a pickle",
    b"\x93NUMPY": "a NumPy array",
}
# Archives that are something else to a person, by what stands near their beginning.
_IN_ZIP = {
    b"[Content_Types].xml": "a document of Word, Excel or PowerPoint",
    b"mimetypeapplication/vnd.oasis": "a LibreOffice document",
    b"mimetypeapplication/epub": "an e-book",
}
_TEXTS = {
    re.compile(r"version https://git-lfs"): "a pointer of Git LFS in place of the file (`git lfs pull` fetches it)",
    re.compile(r"\S*/annex/objects/"): "a pointer of git-annex in place of the file",
    re.compile(r"(<!--.*?-->\s*)*(<\?xml[^>]*>\s*)?(<!doctype html|<html|<head|<body)", re.I | re.S): "an HTML page",
    re.compile(r"(<\?xml[^>]*>\s*)?(<!doctype svg|<svg)", re.I): "an SVG picture",
    re.compile(r"<\?xml", re.I): "an XML file",
    re.compile(r"\[InternetShortcut\]", re.I): "a link to a web page",
    re.compile(r"(?!\{)(?s:.*?^)(from [\w.]+ import |import \w|def \w+\(|# %%)", re.M): "a Python program",
}
_CONFLICT = re.compile(rb"^(<<<<<<< |>>>>>>> )", re.M)
_LOOKED_AT = 4000


def kind_of(content: bytes) -> str:
    """Say what a file is that is not JSON, with its article: "a zip archive"; "" if that cannot be told."""
    start = content[:_LOOKED_AT]
    if start.startswith(b"PK\x03\x04"):
        return next((kind for mark, kind in _IN_ZIP.items() if mark in start), "a zip archive")
    for beginning, kind in _BEGINNINGS.items():
        if start.startswith(beginning):
            return kind
    if start[257:262] == b"ustar":
        return "a tar archive"
    if start[4:8] == b"ftyp":
        return "a picture or a film of a phone"
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "a WebP picture"
    if content and not content.strip(b"\0"):
        return "a file of nothing but zeros, a copy that failed"
    return _kind_of_text(content)


def _kind_of_text(content: bytes) -> str:
    if _CONFLICT.search(content):
        return "a file with the marks of a merge conflict in git"
    text = text_of(content[:_LOOKED_AT]).text.lstrip()
    return next((kind for pattern, kind in _TEXTS.items() if pattern.match(text)), "")
