"""Which isolation is chosen, and what is said where there is none."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grading.engine.limits import Limits
from grading.engine.workers.worker import Job, Result, run
from grading.sandbox.confinement import jail
from grading.sandbox.forkserver import available
from grading.sandbox.forkserver.available import UNSAFE_VARIABLE, Isolation, SandboxUnavailable, isolation
from tests.engine import tiny

WHERE = "import os\nos.getpid(), os.path.exists('/proc/1/root/etc/hostname'), os.getcwd()"


@pytest.fixture
def no_namespaces(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv(UNSAFE_VARIABLE, raising=False)
    monkeypatch.setattr(available, "why_no_namespaces", lambda _: "the kernel forbids user namespaces")
    yield


@pytest.fixture
def nothing(no_namespaces: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(available, "why_no_bubblewrap", lambda: "bubblewrap is not installed")


def job(*sources: str, limits: Limits | None = None) -> Job:
    return Job(
        json.dumps(tiny.notebook([tiny.cell("code", source) for source in sources])).encode(), limits=limits or Limits()
    )


def shown(content: bytes, index: int = 0) -> str:
    return str(json.loads(content)["cells"][index]["outputs"][0]["data"]["text/plain"])


def test_kernels_are_shut_in_by_the_systems_own_means_where_that_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(UNSAFE_VARIABLE, raising=False)
    assert isolation() is Isolation.NAMESPACES
    assert shown(run(job(WHERE)).notebook) == "(1, False, '/sandbox/home/work')"


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
def test_bubblewrap_takes_over_with_a_cold_kernel(no_namespaces: None) -> None:
    assert isolation() is Isolation.BUBBLEWRAP
    tries = [
        "import os, socket\nos.getcwd(), open('a.txt').read(), [n for _, n in socket.if_nameindex() if n != 'lo']",
        f"[p for p in ('{tiny.__file__}', '/root/.bashrc', '/etc/shadow', '/exchange') if os.path.exists(p)]",
        "try:\n    import grading.catalogue\nexcept ModuleNotFoundError:\n    print('none')\nos.environ.get('SECRET')",
        "while True:\n    pass",
        "1 + 1",
    ]
    found = job(*tries, limits=Limits(seconds=8))
    result = run(Job(found.notebook, files={"a.txt": b"hello"}, limits=found.limits))
    assert result.failure == ""
    assert shown(result.notebook) == "('/sandbox/home/work', 'hello', [])"
    assert shown(result.notebook, 1) == "[]"
    assert json.loads(result.notebook)["cells"][2]["outputs"][0]["text"] == "none\n"
    assert [problem.kind for problem in result.problems] == ["time-limit"]
    assert shown(result.notebook, 4) == "2"


ENDS = (
    "n = 5",
    "quit()",
    "get_ipython().kernel.do_shutdown(False)",
    "print('\\ud800')\nraise ValueError('\\ud800')",
    "n",
)


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
def test_a_kernel_in_bubblewrap_says_what_the_other_one_says(no_namespaces: None) -> None:
    assert isolation() is Isolation.BUBBLEWRAP
    says_how_it_ends(run(job(*ENDS)))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it is the kernel that is installed there")
def test_an_unprotected_kernel_says_what_the_other_one_says() -> None:
    says_how_it_ends(run(job(*ENDS, limits=Limits(isolated=False))))


def says_how_it_ends(result: Result) -> None:
    assert [problem.sentence for problem in result.problems] == [
        f"cell {number}: the kernel was told to end in this cell, by `quit`, `exit` or the like" for number in (2, 3)
    ]
    shown, raised = json.loads(result.notebook)["cells"][3]["outputs"]
    assert (shown["text"], raised["evalue"]) == ("\ufffd\n", "\ufffd")
    assert json.loads(result.notebook)["cells"][4]["outputs"][0]["data"]["text/plain"] == "5"


def test_grading_refuses_where_nothing_isolates_and_says_what_to_do(nothing: None) -> None:
    with pytest.raises(
        SandboxUnavailable, match=r"bubblewrap is not installed\). Install bubblewrap.* --unsafe-no-sandbox"
    ):
        isolation()
    result = run(job("1"))
    assert "submissions cannot be isolated" in result.failure


def test_grading_goes_on_without_a_sandbox_only_if_told_to(nothing: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isolation(wanted=False) is Isolation.NONE
    assert shown(run(job(WHERE, limits=Limits(isolated=False))).notebook) != "(1, False, '/sandbox/home/work')"
    monkeypatch.setenv(UNSAFE_VARIABLE, "1")
    assert isolation() is Isolation.NONE


def test_bubblewrap_says_why_it_cannot_be_used(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    available.why_no_bubblewrap.cache_clear()
    assert available.why_no_bubblewrap() == "bubblewrap is not installed"
    available.why_no_bubblewrap.cache_clear()


def test_the_parent_is_started_before_anything_of_jupyter_is_imported(tmp_path: Path) -> None:
    cell = {"cell_type": "code", "source": ["import torch"]}
    (tmp_path / "lesson.ipynb").write_text(json.dumps({"cells": [cell]}))
    code = (
        "import sys\nfrom pathlib import Path\nfrom grading.sandbox.forkserver.available import start_early\n"
        f"print(start_early(Path({str(tmp_path)!r})), {{'nbformat', 'zmq', 'torch'}} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "('torch',) set()\n"


MISUSES = {
    "a large file": "open(f'{folder}/big', 'wb').write(bytes(10**6))",
    "many files": "for n in range(50):\n    open(f'{folder}/{n}', 'w').close()",
    "a folder": "os.mkdir(f'{folder}/more')",
}


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
@pytest.mark.parametrize("misuse", MISUSES.values(), ids=MISUSES)
def test_a_kernel_in_bubblewrap_that_uses_the_graders_disk_is_ended_and_the_rest_is_graded(
    misuse: str, no_namespaces: None
) -> None:
    tries = ["n = 5", f"import os, time\nfolder = '{jail.SOCKETS}'\n{misuse}\ntime.sleep(60)", "n"]
    result = run(job(*tries, limits=Limits(seconds=30)))
    assert [problem.kind for problem in result.problems] == ["kernel-died"]
    assert "it wrote files into the folder of its sockets" in result.problems[0].sentence
    assert shown(result.notebook, 2) == "5"


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
def test_a_kernel_in_bubblewrap_may_not_call_what_the_other_one_may_not(no_namespaces: None) -> None:
    calls = {"memfd_create": "os.memfd_create('x')", "AF_VSOCK": "__import__('socket').socket(40, 1)"}
    tries = [
        f"import os\ntry:\n    {call}\nexcept OSError as error:\n    print(error.errno)" for call in calls.values()
    ]
    cells = json.loads(run(job(*tries, limits=Limits(seconds=30))).notebook)["cells"]
    assert [cell["outputs"][0]["text"] for cell in cells] == ["1\n"] * len(calls)
