"""What a fork server is started with: its environment, its user ids, the data that its kernels may read."""

from __future__ import annotations

import os
from pathlib import Path

import grading
from grading.sandbox.confinement import jail

# One thread per kernel: with several kernels on a few cores, more threads make each of them many times slower. And a pool
# of threads that an import starts would be lost in every fork.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

# Memory in large pages, and kept when it is freed: of a kernel's short life, page faults take a twentieth.
_LARGE_PIECES = "glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=134217728:glibc.malloc.trim_threshold=134217728"


def first_id() -> int | None:
    """Return the first of the user ids, of nobody here, that kernels get if this process is root; None if it is not."""
    if os.geteuid() != 0:
        return None
    with open("/proc/self/uid_map") as file:
        most = max(int(line.split()[0]) + int(line.split()[2]) for line in file)
    return min(0x7000_0000, most // 2)


def data_folder() -> str | None:
    """Return the folder of data sets that kernels may read; None if there is none."""
    from grading.data.files import default_root

    root = default_root()
    return os.path.realpath(root) if os.path.isdir(root) else None


def servers_environment() -> dict[str, str]:
    """Return the fork server's environment: nothing of the grader's own but where programs are and how text is written."""
    kept = {
        name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH") if name in os.environ
    }
    return {
        **kept,
        **ONE_THREAD,
        "GLIBC_TUNABLES": _LARGE_PIECES,
        "HOME": jail.HOME,
        "PYTHONPATH": os.pathsep.join([str(Path(grading.__file__).resolve().parents[1]), *jail.package_folders()]),
        "PYTHONDONTWRITEBYTECODE": "1",
        "MPLCONFIGDIR": jail.MATPLOTLIB,
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
