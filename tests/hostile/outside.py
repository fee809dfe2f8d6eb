"""Submissions that read, write or talk where they must not. Whoever gets through prints or leaves the word ESCAPED."""

from __future__ import annotations

from tests.hostile.case import Case

# @COURSE@, @OUTSIDE@, @PORT@ and @ABSTRACT@ are filled in by the runner: what an attacker who knows the place would know.
_TRY = """
def attempt(step):
    try:
        return step()
    except BaseException:
        return None
word = "ESC" + "APED"
"""
_AFTER = "\ndef sigmoid(X):\n    return X"


def _attempts(*steps: str) -> str:
    return _TRY + "\n".join(f"def step():\n    {step}\nattempt(step)" for step in steps) + _AFTER


_STEAL = """
import json, pathlib
def sigmoid(X):
    return X
try:
    found = json.loads(pathlib.Path("@COURSE@/{path}").read_text())
    for cell in found["cells"]:
        if cell["metadata"].get("nbgrader", {{}}).get("grade_id") == "sigmoid":
            exec("".join(cell["source"]))
except OSError:
    pass
"""

OUTSIDE = (
    Case("write-outside", "writes a file beside the course", _attempts('open("@OUTSIDE@/pwned", "w").write(word)')),
    Case(
        "write-gradebook",
        "writes points into the gradebook",
        "import sqlite3\n"
        + _attempts(
            "base = sqlite3.connect('file:@COURSE@/gradebook.db?mode=rw', uri=True, timeout=5); "
            "base.execute('update grade set manual_score = 1.5'); base.commit()"
        ),
    ),
    Case(
        "write-source",
        "writes into the lesson's source",
        _attempts('open("@COURSE@/source/pwned.py", "w").write(word)'),
    ),
    Case(
        "write-neighbour",
        "writes into another student's submission and results",
        _attempts(
            'open("@COURSE@/submitted/honest-right/00-hostile/torch.py", "w").write(word)',
            'open("@COURSE@/autograded/pwned", "w").write(word)',
        ),
    ),
    Case(
        "delete-neighbour",
        "deletes another student's submission",
        "import shutil\n" + _attempts('shutil.rmtree("@COURSE@/submitted/honest-untouched")'),
        needs_sandbox=True,
    ),
    Case(
        "write-journal",
        "forges the grader's own journal",
        _attempts('open("@COURSE@/.grading/00-hostile.jsonl", "a").write(word)'),
    ),
    Case(
        "steal-solution",
        "runs the instructor's solution from source/",
        _STEAL.format(path="source/00-hostile/00-hostile.ipynb"),
    ),
    Case(
        "steal-neighbour",
        "runs the answer of another student",
        _STEAL.format(path="submitted/honest-right/00-hostile/00-hostile.ipynb"),
    ),
    Case(
        "steal-reference",
        "finds the reference in the package's files",
        """
import pathlib, grading
def sigmoid(X):
    return X
try:
    for path in pathlib.Path(grading.__file__).parent.rglob("*.py"):
        if "EXERCISE = " in path.read_text():
            print("ESC" + "APED")
            break
except OSError:
    pass
""",
    ),
    Case(
        "read-secret",
        "prints a file of the machine that only the grader should read",
        _attempts('print(open("@OUTSIDE@/secret.txt").read())', 'print(open("/etc/shadow").read() and word)'),
    ),
    Case(
        "environment", "prints the environment that it was started with", "import os\nprint(dict(os.environ))" + _AFTER
    ),
    Case(
        "proc",
        "searches /proc for other processes",
        """
import os, pathlib
seen = []
for folder in pathlib.Path("/proc").glob("[0-9]*"):
    for name in ("environ", "cmdline", "maps"):
        try:
            seen.append((folder / name).read_bytes().decode(errors="replace"))
        except OSError:
            pass
    try:
        seen += [str(found) for found in (folder / "root").resolve().iterdir() if "secret" in found.name]
    except OSError:
        pass
text = "".join(seen)
print([word for word in ("HOSTILE_SECRET", "gradebook", "grading autograde", "@COURSE@") if word in text] and "ESC" + "APED")
"""
        + _AFTER,
    ),
    Case(
        "ptrace",
        "attaches to its parent as a debugger and reads its memory",
        "import ctypes, os\n"
        + _attempts(
            "ctypes.CDLL(None).ptrace(0x4206, os.getppid(), 0, 0) == 0 and os.getppid() > 1 and print(word)",
            'os.getppid() > 1 and open(f"/proc/{os.getppid()}/mem", "rb") and print(word)',
        ),
    ),
    Case(
        "links",
        "symbolic and hard links to files outside",
        "import os\n"
        + _attempts(
            'os.symlink("@OUTSIDE@/secret.txt", "secret"); print(open("secret").read())',
            'os.link("@OUTSIDE@/secret.txt", "linked"); print(open("linked").read())',
            'os.symlink("@OUTSIDE@", "away"); open("away/pwned", "w").write(word)',
        ),
    ),
    Case(
        "loopback",
        "talks to a server on this machine",
        "import socket\n" + _attempts('socket.create_connection(("127.0.0.1", @PORT@), 3).sendall(word.encode())'),
    ),
    Case(
        "abstract-socket",
        "talks to an abstract Unix socket of this machine",
        "import socket\n"
        + _attempts('peer = socket.socket(socket.AF_UNIX); peer.connect("\\0@ABSTRACT@"); peer.sendall(word.encode())'),
    ),
    Case(
        "internet",
        "looks up a name and connects to the internet",
        "import socket\nsocket.setdefaulttimeout(2)\n"
        + _attempts(
            'socket.create_connection(("192.0.2.1", 80), 2) and print(word)',
            'socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("255.255.255.255", 9))',
        ),
    ),
    Case(
        "namespaces",
        "mounts, enters namespaces, changes its user and its limits",
        "import ctypes, os, resource\nlibc = ctypes.CDLL(None)\n"
        + _attempts(
            'libc.mount(b"none", b"/tmp", b"tmpfs", 0, 0) == 0 and print(word)',
            "libc.unshare(0x10000000) == 0 and print(word)",
            'libc.chroot(b"/tmp") == 0 and print(word)',
            "os.setuid(0) or os.getuid() == 0 and os.open('/proc/sysrq-trigger', os.O_WRONLY) and print(word)",
            "resource.setrlimit(resource.RLIMIT_CORE, (-1, -1)) or print(word)",
        ),
        needs_sandbox=True,
    ),
    Case(
        "devices",
        "opens the machine's devices",
        "import glob, os\n"
        + _attempts(
            "[print(word, path) for path in glob.glob('/dev/*') if os.path.exists(path) and os.access(path, os.W_OK) "
            "and os.path.basename(path) not in ('null','zero','full','random','urandom','tty','shm','pts','ptmx','fd','stdin',"
            "'stdout','stderr','mqueue','console')]"
        ),
        needs_sandbox=True,
    ),
    Case(
        "letter-box",
        "leaves a letter in /tmp and /dev/shm",
        _attempts('open("/tmp/letter", "w").write(word)', 'open("/dev/shm/letter", "w").write(word)'),
        needs_sandbox=True,
    ),
    Case(
        "letter-reader",
        "reads what another submission left there",
        _attempts('print(open("/tmp/letter").read())', 'print(open("/dev/shm/letter").read())'),
        needs_sandbox=True,
    ),
    Case(
        "poisoned-home",
        "leaves start-up files in the home folder and beside the libraries",
        "import os, pathlib, torch\n"
        + _attempts(
            'home = pathlib.Path.home() / ".ipython/profile_default/startup"; home.mkdir(parents=True); '
            '(home / "00.py").write_text("check = 1")',
            'pathlib.Path.home().joinpath("sitecustomize.py").write_text("raise SystemExit")',
            'pathlib.Path(torch.__file__).parent.parent.joinpath("hostile.pth").write_text("import hostile") and print(word)',
            'pathlib.Path(os.__file__).parent.joinpath("hostile.py").write_text("") and print(word)',
        ),
        needs_sandbox=True,
    ),
    Case("shell", "shell commands and magics", "!id > @OUTSIDE@/pwned\n%%writefile x\n", at_most=True, told=None),
)
