"""Where the sockets of kernels go: the system has room for an address of 107 bytes only."""

from __future__ import annotations

import os
import tempfile

# Below that folder an address takes up to 75 bytes.
_MOST_BYTES = 32
_SHORT = ("/tmp", "/var/tmp", "/dev/shm")


def folder_for_sockets() -> str:
    """Return the folder for temporary files, or another one where its own path leaves a socket's address too little room."""
    usual = tempfile.gettempdir()
    fitting = (folder for folder in (usual, *_SHORT) if len(os.fsencode(os.path.realpath(folder))) <= _MOST_BYTES)
    return next((folder for folder in fitting if os.access(folder, os.W_OK | os.X_OK)), usual)
