"""A real formgrader for tests: Jupyter's server with nbgrader's extension, on loopback, in a course's folder."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.waiting import eventually

TOKEN = "a-secret-of-the-instructor"
_SECONDS_TO_START = 60
_OTHERS = (
    "jupyter_lsp", "jupyter_server_terminals", "jupyterlab", "jupyterlab_jupytext", "notebook", "notebook_shim",
    *(f"nbgrader.server_extensions.{name}" for name in ("validate_assignment", "assignment_list", "course_list")),
)  # fmt: skip


@contextmanager
def formgrader(root: Path, home: Path) -> Iterator[str]:
    """Serve a course and give the address, ending in "/"; a browser that brings `?token=TOKEN` once is logged in."""
    home.mkdir()
    extensions = {"nbgrader.server_extensions.formgrader": True, **dict.fromkeys(_OTHERS, False)}
    command = [
        sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1",
        "--ServerApp.port=0", f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={root}",
        f"--ServerApp.jpserver_extensions={extensions}",
    ]  # fmt: skip
    environment = {**os.environ, "HOME": str(home), "JUPYTER_RUNTIME_DIR": str(home), "OMP_NUM_THREADS": "1"}
    environment |= {"JUPYTER_CONFIG_DIR": str(home / "config"), "JUPYTER_DATA_DIR": str(home / "data")}
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment["PATH"]])
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=root, env=environment, stdout=log, stderr=log)
        try:
            yield _address(server, home)
        finally:
            server.terminate()
            server.wait(timeout=30)


def _address(server: "subprocess.Popen[bytes]", home: Path) -> str:
    """Return where a server listens as soon as it has said so."""
    told, found = home / f"jpserver-{server.pid}.json", []

    def said_so() -> bool:
        with suppress(FileNotFoundError, ValueError):  # ValueError: only half of it is written
            found.append(str(json.loads(told.read_text())["url"]))
        return bool(found) or server.poll() is not None

    eventually(said_so, _SECONDS_TO_START)
    assert found, (home / "log").read_text()
    return found[0]
