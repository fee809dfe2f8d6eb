"""The fork server: what it has imported, what its forks share, and when it ends."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from textwrap import dedent
from typing import NoReturn

import psutil
import pytest

from grading.engine.limits import Limits
from grading.engine.workers.worker import Job, run
from grading.sandbox.confinement import system_calls
from grading.sandbox.forkserver import available
from grading.sandbox.forkserver import client as forkserver
from grading.sandbox.forkserver.client import end_fork_server, fork_server
from grading.sandbox.forkserver.preload import modules_for
from tests.engine import tiny
from tests.waiting import eventually

GRADER = """
import json
from grading.engine.workers.worker import Job, run
from grading.sandbox.forkserver.client import fork_server
from tests.engine import tiny
print(fork_server().process.pid, fork_server().exchange, flush=True)
run(Job(json.dumps(tiny.notebook([tiny.cell("code", "import subprocess\\nsubprocess.run(['sleep', '{marker}'])")])).encode()))
"""
DRAWS = "import random, os\nrandom.random(), os.urandom(4)"


@pytest.fixture(scope="module", autouse=True)
def light_parent() -> None:
    """Begin with a parent that has imported little: some of these tests replace it."""
    end_fork_server()


def run_cells(*sources: str) -> list[str]:
    job = Job(
        json.dumps(tiny.notebook([tiny.cell("code", source) for source in sources])).encode(), limits=Limits(seconds=30)
    )
    result = run(job)
    assert result.failure == ""
    return [str(cell["outputs"][0]["data"]["text/plain"]) for cell in json.loads(result.notebook)["cells"]]


def test_two_kernels_share_a_parent_and_no_random_numbers() -> None:
    first = run_cells(DRAWS)
    parent = fork_server().process.pid
    assert run_cells(DRAWS) != first
    assert fork_server().process.pid == parent


def test_a_kernel_finds_what_its_parent_has_imported() -> None:
    assert run_cells("import sys\n'ipykernel.kernelapp' in sys.modules, 'grading.probe.serve' in sys.modules")[
        0
    ].startswith("(True")


def test_a_kernel_knows_what_was_there_before_the_notebook() -> None:
    reset = """
        import contextlib, io, wave
        with contextlib.redirect_stdout(io.StringIO()):
            get_ipython().run_line_magic("reset", "-f --aggressive")
        import sys
        "wave" in sys.modules, "IPython" in sys.modules
    """
    assert run_cells("x = 1\n%who_ls", dedent(reset)) == ["['x']", "(False, True)"]


def test_what_a_parent_imports_depends_on_the_words_of_the_notebook() -> None:
    assert modules_for("print(1)") == ()
    assert modules_for("import torch") == ("torch",)
    assert "d2l.torch" in modules_for("from d2l import torch as d2l")
    assert "torch._dynamo" not in modules_for("import torch\ncheck(relu)\nfigures.hinges(relu)")


def test_a_parent_that_lacks_modules_is_replaced_by_one_that_has_them_all() -> None:
    old = fork_server()
    new = fork_server(("wave",))
    assert new is not old
    assert set(new.modules) == {*old.modules, "wave"}
    assert old.process.poll() is not None
    assert fork_server() is new


def test_a_parent_that_has_done_its_share_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    run_cells("1")
    old = fork_server()
    monkeypatch.setattr(forkserver, "MOST_KERNELS", 1)
    assert run_cells("2") == ["2"]
    assert fork_server() is not old


def test_a_parent_whose_process_is_gone_is_replaced() -> None:
    run_cells("1")
    process = fork_server().process
    process.kill()
    process.wait()
    assert run_cells("2") == ["2"]


def test_nothing_is_left_of_a_grader_that_was_killed() -> None:
    marker = f"76543{os.getpid()}"
    command = [sys.executable, "-c", GRADER.replace("{marker}", marker)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]) as grader:
        assert grader.stdout is not None
        words = grader.stdout.readline().split()
        parent, exchange = int(words[0]), Path(words[1])

        def sleepers() -> list[psutil.Process]:
            return [one for one in psutil.process_iter(["cmdline"]) if marker in (one.info["cmdline"] or [])[1:2]]

        assert eventually(lambda: len(sleepers()) == 1)
        grader.send_signal(signal.SIGKILL)
        grader.wait()
    assert eventually(lambda: not sleepers() and not psutil.pid_exists(parent))
    end_fork_server()
    fork_server()  # whoever starts one clears away what graders that were killed have left
    assert not exchange.exists()


def test_a_parent_that_is_killed_while_it_is_shut_in_leaves_no_process() -> None:
    code = """
        import os, signal
        # Nothing public stops between the fork of this child and its end.
        from grading.sandbox.confinement.entrance import _mapper
        _mapper(1 << 30)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    # What is left of it would keep the pipe open.
    done = subprocess.run([sys.executable, "-c", dedent(code)], stdout=subprocess.PIPE, timeout=30)
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, b"")


def test_the_filter_of_system_calls_is_a_whole_program() -> None:
    program = system_calls.program()
    assert len(program) % 8 == 0
    assert 200 * 8 > len(program) > 40 * 8


PLAIN = "/usr/bin/python3"
START = """
import sys
import tempfile
sys.path.insert(0, {root!r})
from grading.sandbox.confinement.bounds import Bounds
from grading.sandbox.forkserver.client import ForkServer
parent = ForkServer()
folder = parent.folder()
environment, command = {{"PATH": "/usr/bin:/bin"}}, "exec >/sandbox/kernel/said 2>&1; " + {command!r}
kernel = parent.start(folder, {{"transport": "ipc"}}, environment, Bounds(1 << 30, 64, 1 << 20), ["sh", "-c", command])
kernel.wait()
print((folder / "sockets" / "said").read_text())
parent.close()
"""


def _usable_by_others() -> bool:
    if os.geteuid() != 0 or not os.path.exists(PLAIN):
        return False
    root = str(Path(__file__).parents[3])
    code = f"import sys; sys.path.insert(0, {root!r}); assert sys.version_info >= (3, 11); import grading.sandbox.forkserver.client"
    done = subprocess.run(_as_nobody(code), capture_output=True, check=False)
    return done.returncode == 0


def _as_nobody(code: str) -> list[str]:
    return ["setpriv", "--reuid=54321", "--regid=54321", "--clear-groups", PLAIN, "-B", "-c", code]


@pytest.mark.skipif(not _usable_by_others(), reason="needs root, and a Python 3.11 that another user may use")
def test_the_sandbox_of_an_ordinary_user_is_as_tight() -> None:
    command = (
        "id -u; touch /usr/x /x; unshare -U true; ls /sandbox/exchange; grep -c CapEff:.*[1-9a-f] /proc/self/status"
    )
    code = START.format(root=str(Path(__file__).parents[3]), command=command)
    done = subprocess.run(
        _as_nobody(code), capture_output=True, text=True, check=True, env={"PATH": os.environ["PATH"], "HOME": "/tmp"}
    )
    said = done.stdout.splitlines()
    assert said[0] == "54321"
    assert said[1:3] == [f"touch: cannot touch '{path}': Read-only file system" for path in ("/usr/x", "/x")]
    assert said[3] == "unshare: unshare failed: Operation not permitted"
    assert said[4] == "0"


def test_what_was_found_out_about_this_machine_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    run_cells("1")

    def asked_again(modules: Sequence[str] = ()) -> NoReturn:
        raise AssertionError("it was tried before")

    monkeypatch.setattr(available, "client_for", asked_again)
    assert available.why_no_namespaces() == ""


def test_a_clone_may_lie_below_the_folder_for_temporary_files() -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        copy = Path(folder, "a clone") / "grading"
        shutil.copytree(Path(__file__).parents[3] / "grading", copy, ignore=shutil.ignore_patterns("__pycache__"))
        command = (
            f"cd '{copy}'; ls catalogue; ls sandbox/confinement/jail.py; touch x ../x ../../x; touch /tmp/x && ls /tmp"
        )
        code = START.format(root=str(copy.parent), command=command)
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        said = done.stdout.split("\n")
    assert said[0] == "ls: cannot access 'catalogue': No such file or directory"
    assert said[1] == "sandbox/confinement/jail.py"
    assert [line.rpartition(":")[2] for line in said[2:5]] == [" Read-only file system"] * 3
    assert {Path(folder).name, "x"} <= set(said[5:])


def test_a_parent_without_work_ends_unless_it_was_taken_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    end_fork_server()
    monkeypatch.setattr(forkserver, "IDLE_SECONDS", 0.3)
    taken = forkserver.ForkServer()
    taken.stay()
    taken.wait()
    idle = fork_server()
    idle.wait()
    try:
        assert eventually(lambda: idle.process.poll() is not None)
        # It has been without work for longer than the one that has ended.
        assert taken.process.poll() is None
    finally:
        taken.close()
    assert not taken.exchange.exists()


def test_whoever_takes_the_parent_leaves_none_behind() -> None:
    end_fork_server()
    old = fork_server()
    taken = forkserver.take_fork_server()
    assert taken is old
    assert fork_server() is not taken
    taken.close()
