"""What the sandbox keeps in: each protection is tried from inside, in one real kernel, with what a submission could write."""

import json
import os
import socket
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

import grading
from grading.engine.limits import Limits
from grading.engine.workers.worker import Job, Result, run
from grading.units import MEBIBYTE
from tests.engine import tiny

LIMITS = Limits(seconds=60, memory_bytes=1536 * MEBIBYTE, processes=80, disk_bytes=32 * MEBIBYTE)
COURSE = Path(grading.__file__).parents[1]
PACKAGE = COURSE / "grading"

SETUP = """
import ctypes, errno, os, signal, socket, subprocess, sys, time
libc = ctypes.CDLL(None, use_errno=True)

def attempt(action, *arguments, **keywords):
    try:
        return action(*arguments, **keywords)
    except BaseException as error:
        return type(error).__name__

def system_call(number, *arguments):
    return "done" if libc.syscall(number, *arguments) >= 0 else errno.errorcode[ctypes.get_errno()]

def connect(family, address):
    with socket.socket(family) as one:
        one.settimeout(5)
        one.connect(address)
        return "connected"

def written(path):
    with open(path, "w") as file:
        file.write("x")
    return "written"
"""

# A cell, and what its last expression must be. {…} is filled in by the test.
TRIES: dict[str, tuple[str, Any]] = {
    "files come along": ("open('data/a.txt').read()", "hello"),
    "reach a server on this machine": ("attempt(connect, socket.AF_INET, ('127.0.0.1', {port}))", "OSError"),
    "reach an abstract socket": ("attempt(connect, socket.AF_UNIX, '\\0' + {name!r})", "ConnectionRefusedError"),
    "reach the world": ("attempt(connect, socket.AF_INET, ('192.0.2.1', 80))", "OSError"),
    "open a socket of virtual machines": ("attempt(socket.socket, 40, socket.SOCK_STREAM)", "PermissionError"),
    "call what is newer than the filter": ("[system_call(n, -1, 0, 0, 0, 0) for n in (463, 467, 470, 999)]", ["ENOSYS"] * 4),
    "leave its processors": (
        "[os.sched_getaffinity(0), os.sched_setaffinity(0, [0]), os.sched_getaffinity(0)][::2].count(os.sched_getaffinity(0))",
        2,
    ),
    "have a network interface": ("[name for _, name in socket.if_nameindex() if name != 'lo']", []),
    "read the gradebook": ("attempt(open, {gradebook!r})", "FileNotFoundError"),
    "read the course": ("[name for name in {course!r} if os.path.exists(name)]", []),
    "read the references": ("attempt(open, {catalogue!r})", "FileNotFoundError"),
    "import the references": ("attempt(__import__, 'grading.catalogue')", "ModuleNotFoundError"),
    "import the judge": ("attempt(lambda: __import__('grading.judging.judge').judging.judge)", "ModuleNotFoundError"),
    "find the references in memory": ("[n for n in sys.modules if n[:17] in ('grading.catalogue', 'grading.engine')]", []),
    "list the homes": ("attempt(os.listdir, '/home')", "FileNotFoundError"),
    "see other submissions": ("os.listdir('/sandbox/exchange')", []),
    "read the passwords": ("attempt(open, '/etc/shadow')", "FileNotFoundError"),
    "read the grader's environment": ("{secret!r} in repr(os.environ), {secret!r} in open('/proc/1/environ').read()",
                                      (False, False)),
    "see other processes": ("sorted(int(name) for name in os.listdir('/proc') if name.isdigit()), os.getppid()", ([1], 0)),
    "write outside": ("[path for path in {outside!r} if attempt(written, path) == 'written']", []),
    "write into the working folder": ("attempt(written, 'x'), attempt(written, '/tmp/x')", ("written", "written")),
    "have memory that nobody counts": ("attempt(os.memfd_create, 'x'), system_call(29, 0, 4096, 0o1600)",
                                       ("PermissionError", "EPERM")),
    "see other terminals": ("os.listdir('/dev/pts')", ["ptmx"]),
    "become root": ("attempt(os.setuid, 0), attempt(os.setgid, 0), os.getuid() != 0",
                    ("PermissionError", "PermissionError", True)),
    "have capabilities": ("[line for line in open('/proc/self/status') if line.startswith('Cap') and line.split()[1].strip('0')]",
                          []),
    "gain rights by a program": ("[line.split()[1] for line in open('/proc/self/status') if line.startswith('NoNewPrivs')]",
                                 ["1"]),
    "make namespaces": ("libc.unshare(0x10000000), libc.unshare(0x20000), libc.unshare(0x40000000)", (-1, -1, -1)),
    "mount": ("libc.mount(b'x', b'/tmp', b'tmpfs', 0, None), libc.umount2(b'/exchange', 2)", (-1, -1)),
    "make a device": ("attempt(os.mknod, 'disk', 0o60600, os.makedev(8, 0))", "PermissionError"),
    "trace": ("libc.ptrace(0, 0, 0, 0)", -1),
    "change root": ("attempt(os.chroot, '/tmp')", "PermissionError"),
    "raise its limits": ("import resource\nattempt(resource.setrlimit, resource.RLIMIT_NPROC, (10**6, 10**6))", "ValueError"),
    "allocate 100 GB": ("attempt(bytearray, 100 << 30), attempt(lambda: __import__('torch').ones(25 << 30))",
                        ("MemoryError", "RuntimeError")),
    "fill the disk": ("def fill():\n"
                      "    for i in range(1000):\n"
                      "        with open(f'big{i}', 'wb') as file:\n"
                      "            file.write(bytes(1 << 20))\n"
                      "attempt(fill), sum(os.path.getsize(f) for f in os.listdir() if f.startswith('big')) <= 32 << 20",
                      ("OSError", True)),
    "make endless files": ("[os.remove(f) for f in os.listdir() if f.startswith('big')]\n"
                           "attempt(lambda: [open(f'/tmp/{i}', 'w').close() for i in range(100_000)])", "OSError"),
    "open endless files": ("attempt(lambda: [open('/dev/null') for _ in range(5000)])", "OSError"),
    "dump memory": ("import resource\nresource.getrlimit(resource.RLIMIT_CORE)", (0, 0)),
    "bomb by forks": ("children = []\n"
                      "def bomb():\n"
                      "    while True:\n"
                      "        child = os.fork()\n"
                      "        if child == 0:\n"
                      "            time.sleep(1000)\n"
                      "        children.append(child)\n"
                      "result = attempt(bomb)\n"
                      "[os.kill(child, 9) for child in children]; [os.waitpid(child, 0) for child in children]\n"
                      "result, len(children) <= 80", ("BlockingIOError", True)),
    "leave a process behind": ("p = subprocess.Popen(['sh', '-c', 'setsid sleep {marker} & setsid sleep {marker} & wait'],"
                               " start_new_session=True)\nif os.fork() == 0:\n    os.setsid()\n"
                               "    os.execvp('sleep', ['sleep', '{marker}'])\np.poll()", None),
    "kill everything": ("attempt(os.kill, -1, 9), attempt(os.kill, 0, 0)", (None, None)),
    "signal the fork server": ("attempt(os.kill, os.getppid(), 9), attempt(os.killpg, 0, 0)", (None, None)),
    "connect to the sockets of the grader": ("set(name.split('-')[0] for name in os.listdir('/sandbox/kernel')) - {'k', 'check'}", set()),
}  # fmt: skip


def fill_in(source: str, values: dict[str, Any]) -> str:
    for name, value in values.items():
        source = source.replace(f"{{{name}!r}}", repr(value)).replace(f"{{{name}}}", str(value))
    return source


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, dict[str, str], list[psutil.Process]]:
    folder = tmp_path_factory.mktemp("grader")
    (folder / "gradebook.db").write_text("secret")
    os.environ["SECRET_OF_THE_GRADER"] = "sesame-7251"
    marker = f"98765{os.getpid()}"
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as abstract:
        name = f"grader-{os.getpid()}"
        abstract.bind(f"\0{name}")
        abstract.listen()
        outside = [
            "/x",
            "/usr/x",
            "/etc/x",
            "/sandbox/kernel/x",
            "/sandbox/exchange/x",
            "/proc/sys/kernel/hostname",
            "/dev/x",
            "/home/x",
        ]
        filled = {
            "port": server.getsockname()[1],
            "name": name,
            "gradebook": str(folder / "gradebook.db"),
            "course": [str(COURSE / part) for part in ("source", "lessons", "solutions", "tests", "notebooks", ".git")],
            "catalogue": str(PACKAGE / "catalogue" / "activations.py"),
            "secret": "sesame-7251",
            "outside": [*outside, str(PACKAGE / "x"), f"{sys.prefix}/x", str(folder / "x"), str(PACKAGE / "errors.py")],
            "marker": marker,
        }
        sources = [fill_in(source, filled) for source, _ in TRIES.values()]
        cells = [tiny.cell("code", source) for source in (SETUP, *sources)]
        job = Job(json.dumps(tiny.notebook(cells)).encode(), files={"data/a.txt": b"hello"}, limits=LIMITS)
        result = run(job)
    del os.environ["SECRET_OF_THE_GRADER"]
    shown = {}
    for name, cell in zip(TRIES, json.loads(result.notebook)["cells"][1:], strict=True):
        texts = [output.get("data", {}).get("text/plain", str(output.get("evalue"))) for output in cell["outputs"]]
        shown[name] = " ".join(texts)
    left = [one for one in psutil.process_iter(["cmdline"]) if marker in (one.info["cmdline"] or [])]
    return result, shown, left


@pytest.mark.parametrize("name", TRIES)
def test_from_inside_nobody_can(tried: tuple[Result, dict[str, str], Any], name: str) -> None:
    expected = TRIES[name][1]
    assert tried[1][name] == ("" if expected is None else repr(expected))


def test_all_of_it_was_tried_in_one_kernel(tried: tuple[Result, Any, Any]) -> None:
    assert tried[0].problems == ()
    assert tried[0].failure == ""


def test_no_process_is_left_behind(tried: tuple[Any, Any, list[psutil.Process]]) -> None:
    assert tried[2] == []


HOARDERS = """
import os, time
for _ in range(4):
    if os.fork() == 0:
        hoard = bytearray(os.urandom(1 << 20) * 900)
        time.sleep(60)
time.sleep(60)
"""


# Memory of mappings that processes share belongs to no file, and to no process alone.
SHARED = """
import mmap
hoard = mmap.mmap(-1, 3 << 30)
for position in range(0, 3 << 30, 4096):
    hoard[position] = 1
"""


# PR_SET_DUMPABLE: nobody may look at how this process shares its memory.
UNSEEN = f"import ctypes\nctypes.CDLL(None).prctl(4, 0, 0, 0, 0)\n{SHARED}"


@pytest.mark.parametrize(
    "greedy", [HOARDERS, SHARED, UNSEEN], ids=["in many processes", "in a shared mapping", "where nobody may look"]
)
def test_a_kernel_that_uses_too_much_memory_is_ended_and_the_rest_goes_on(greedy: str) -> None:
    cells = [tiny.cell("code", "x = 3"), tiny.cell("code", greedy), tiny.cell("code", "x")]
    result = run(Job(json.dumps(tiny.notebook(cells)).encode(), limits=LIMITS))
    outputs = [cell["outputs"] for cell in json.loads(result.notebook)["cells"]]
    assert outputs[1][-1]["evalue"] == "the kernel was ended: it used more than 1.5 GiB of memory"
    assert outputs[2][0]["data"]["text/plain"] == "3"
    assert [problem.kind for problem in result.problems] == ["kernel-died"]


def test_memory_that_many_processes_share_counts_once() -> None:
    sharing = """
import mmap, os, time
hoard = mmap.mmap(-1, 400 << 20)
for position in range(0, 400 << 20, 4096):
    hoard[position] = 1
children = []
for _ in range(5):
    child = os.fork()
    if child == 0:
        sum(hoard[position] for position in range(0, 400 << 20, 4096))
        time.sleep(1.5)
        os._exit(0)
    children.append(child)
[os.waitpid(child, 0)[1] for child in children]
"""
    result = run(Job(json.dumps(tiny.notebook([tiny.cell("code", sharing)])).encode(), limits=LIMITS))
    assert result.problems == ()
    shown = json.loads(result.notebook)["cells"][0]["outputs"][0]["data"]["text/plain"]
    assert shown == "[0, 0, 0, 0, 0]"
