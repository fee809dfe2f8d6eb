"""Digests: what is equal has the same one, and what differs has another."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path


def fingerprint(files: Mapping[str, bytes], *context: str) -> str:
    """Return a digest of named contents and of everything else that belongs to them."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{len(name)}:{name}:{len(files[name])}:".encode(errors="surrogateescape"))
        digest.update(files[name])
    for text in context:
        digest.update(f"|{len(text)}:{text}".encode(errors="surrogateescape"))
    return digest.hexdigest()


def digest_of_files(root: Path, paths: Iterable[Path]) -> str:
    """Return a digest of the names, below a folder, and the contents of files on disk."""
    return fingerprint({path.relative_to(root).as_posix(): path.read_bytes() for path in paths})
