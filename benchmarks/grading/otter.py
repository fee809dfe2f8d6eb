"""`otter run` on one submission of a class out of STEP, one after another: PYTHON ARCHIVE LESSON STEP, in the course's folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def main(python: str, archive: str, lesson: str, step: str) -> int:
    """Grade the first submission and every `step`-th after it; return how many of them otter could not grade."""
    failed = 0
    for notebook in sorted(Path("submitted").glob(f"*/{lesson}/{lesson}.ipynb"))[:: int(step)]:
        command = [python, "-m", "otter", "run", "-a", archive, "--no-logo", "-o", str(notebook.parent), str(notebook)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            failed += 1
            print(done.stderr[-500:], file=sys.stderr)
    return failed


if __name__ == "__main__":
    sys.exit(min(main(*sys.argv[1:]), 100))
