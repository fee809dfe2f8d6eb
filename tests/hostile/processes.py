"""Submissions that kill, hang or flood: their own kernel, the grader, the machine; long because it is a list."""

from __future__ import annotations

from tests.engine.tiny import cell
from tests.hostile.case import ALL, Case, Notebook, kinds
from tests.hostile.lesson import RIGHT


def _with_exits(notebook: Notebook) -> Notebook:
    for number, source in enumerate(("quit()", "exit", "get_ipython().kernel.do_shutdown(True)", "exit()")):
        notebook["cells"].insert(2 * number, cell("code", source))
    return notebook


_AFTER = "\ndef sigmoid(X):\n    return X"
_DIED = kinds("kernel-died")
_LATE = kinds("time-limit")

_SHOWN = r"""
from IPython.display import HTML, Latex, update_display
odd = "\ud800\udcc3\x00\x1b]0;title\x07\x9b2J\u202e"
print(odd)
print(odd, file=__import__("sys").stderr)
for shown in (HTML(odd), Latex(odd)):
    display(shown, metadata={odd: odd}, display_id=odd)
display({"application/json": {odd: odd}, f"text/{odd}": odd}, raw=True)
update_display({"text/plain": odd}, display_id=odd, raw=True)
get_ipython().set_next_input(odd)
raise ValueError(odd)
"""

PROCESSES = (
    Case("exit-now", "os._exit in the answer", "import os\nos._exit(0)", told=_DIED),
    Case("exit-in-check", "os._exit within the check", "import os\ndef sigmoid(X):\n    os._exit(0)", told=_DIED),
    Case("quit", "quit()", "quit()", told=_DIED),
    Case("quit-in-check", "quit() within the check", "def sigmoid(X):\n    quit()\n    return X", told=_DIED),
    Case(
        "quit-in-a-right-answer",
        "quit() in an answer that goes on and is right",
        RIGHT["sigmoid"].replace(":\n", ":\n    quit()\n", 1),
        told=_DIED,
    ),
    Case(
        "quit-again-and-again",
        "quit, exit and shutdown in cells of its own, and a right answer",
        RIGHT["sigmoid"],
        change=_with_exits,
        points=ALL,
        told=_DIED,
    ),
    Case(
        "quit-later",
        "a thread that tells the kernel to end while other cells run",
        "import threading\nthreading.Timer(0.05, quit).start()" + _AFTER,
        told=None,
    ),
    Case("kill-itself", "SIGKILL to its own process", "import os\nos.kill(os.getpid(), 9)", told=None),
    Case("segfault", "reads address 0", "import ctypes\nctypes.string_at(0)", told=_DIED),
    Case(
        "c-stack",
        "overflows the stack in C",
        """
import sys
sys.setrecursionlimit(10**9)
class Deep:
    def __repr__(self):
        return repr([self])
repr(Deep())
""",
        told=None,
    ),
    Case("abort", "os.abort within the check", "import os\ndef sigmoid(X):\n    os.abort()", told=_DIED),
    Case(
        "stop",
        "SIGSTOP to its own process",
        "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
        told=None,
        slow=True,
    ),
    Case("loop", "an endless loop", "while True:\n    pass", told=_LATE),
    Case(
        "loop-in-check",
        "an endless loop within the check",
        "def sigmoid(X):\n    while True:\n        pass",
        told=_LATE,
        slow=True,
    ),
    Case(
        "stubborn-loop",
        "an endless loop that swallows KeyboardInterrupt",
        "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass",
        told=_LATE,
        slow=True,
    ),
    Case(
        "c-loop",
        "an endless loop in C, which sees no signal",
        "import itertools\nsum(itertools.repeat(0))",
        told=_LATE,
        slow=True,
    ),
    Case(
        "deaf",
        "blocks all signals and sleeps",
        "import signal, time\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True:\n    time.sleep(1)",
        told=_LATE,
        slow=True,
    ),
    Case("sleep", "sleeps for a month", "import time\ntime.sleep(2_500_000)", told=_LATE, slow=True),
    Case(
        "endless-exit",
        "a hook and a thread that keep the process from ending",
        """
import atexit, threading, time
atexit.register(time.sleep, 2_500_000)
threading.Thread(target=time.sleep, args=(2_500_000,)).start()
def sigmoid(X):
    return X
""",
    ),
    Case(
        "background",
        "a process that detaches twice and outlives its cell",
        """
import os, subprocess, sys
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execvp("sleep", ["sleep", "31415"])
    os._exit(0)
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(31415)"], start_new_session=True)
"""
        + _AFTER,
    ),
    Case(
        "spinning-threads",
        "threads that compute for ever",
        """
import threading
def spin():
    while True:
        pass
for _ in range(4):
    threading.Thread(target=spin, daemon=True).start()
"""
        + _AFTER,
        at_most=True,
        told=None,
        slow=True,
    ),
    Case("closed-sockets", "closes every file descriptor", "import os\nos.closerange(3, 4096)", told=_DIED),
    Case("asks", "waits for somebody to type something", "input('your name? ')" + _AFTER),
    Case(
        "stopped-loop",
        "stops the kernel's event loop",
        "import asyncio\nasyncio.get_event_loop().stop()" + _AFTER,
        told=_DIED,
    ),
    Case(
        "shutdown",
        "asks its kernel to shut down",
        "get_ipython().kernel.do_shutdown(False)" + _AFTER,
        told=_DIED,
    ),
    Case(
        "flood-text",
        "prints 200 MB",
        "for _ in range(200):\n    print('x' * 10**6)" + _AFTER,
        told=None,
    ),
    Case(
        "flood-images",
        "200 pictures of a megabyte",
        """
import base64
data = {"image/png": base64.b64encode(bytes(750_000)).decode()}
for _ in range(200):
    display(data, raw=True)
"""
        + _AFTER,
        told=kinds("output-limit"),
    ),
    Case(
        "flood-messages",
        "ten million display messages",
        "for n in range(10**7):\n    display(n)" + _AFTER,
        told=None,
        slow=True,
    ),
    Case(
        "flood-in-check",
        "prints 100 MB within the check",
        "def sigmoid(X):\n    print('x' * 10**8)\n    return X",
        told=None,
    ),
    Case("long-error", "an error message of 100 MB", "def sigmoid(X):\n    raise ValueError('x' * 10**8)", told=None),
    Case(
        "half-surrogates",
        "lone surrogates and commands to a terminal in whatever a cell can show",
        RIGHT["sigmoid"],
        first=_SHOWN,
        points=ALL,
    ),
    Case(
        "half-surrogate-in-error",
        "an exception with a lone surrogate, whose name commands a terminal",
        """
class Odd(Exception):
    pass
Odd.__name__ = "\\x1b[2J\\x9b1m\\u202e"
def sigmoid(X):
    raise Odd("\\ud800")
""",
    ),
    Case(
        "deep-json",
        "JSON nested 900 deep, in data and in metadata",
        RIGHT["sigmoid"],
        first="deep = []\nfor _ in range(900):\n    deep = [deep]\ndisplay({'application/json': deep}, raw=True)\n"
        "display({'text/plain': '1'}, metadata={'a': deep}, raw=True)",
        points=ALL,
        told=kinds("dropped-output"),
    ),
    Case(
        "one-name-many-times",
        "400 outputs of one name, which become 4 MB each",
        RIGHT["sigmoid"],
        first="from IPython.display import update_display\nfor _ in range(400):\n    shown = display(1, display_id='one')\n"
        "update_display({'text/plain': 'x' * 4_000_000}, display_id='one', raw=True)",
        points=ALL,
        told=kinds("output-limit"),
    ),
    Case(
        "large-metadata",
        "40 MB where nobody looks: metadata, the text of an error",
        RIGHT["sigmoid"],
        first="display({'text/plain': '1'}, metadata={'a': 'x' * 40_000_000}, raw=True)\nraise ValueError('x' * 5_000_000)",
        points=ALL,
        told=kinds("output-limit"),
    ),
    Case(
        "many-files",
        "opens files until there are no more",
        "files = []\ntry:\n    while True:\n        files.append(open('/dev/null'))\nexcept OSError:\n    files.clear()"
        + _AFTER,
    ),
    # From here on: never outside a sandbox.
    Case(
        "kill-parent",
        "SIGKILL to its parent and its group",
        "import os\nos.kill(os.getppid(), 9)\nos.killpg(0, 9)",
        told=None,
        needs_sandbox=True,
    ),
    Case(
        "kill-all",
        "SIGKILL to every process it may signal",
        "import os\nos.kill(-1, 9)" + _AFTER,
        told=None,
        needs_sandbox=True,
    ),
    Case(
        "fork-bomb",
        "processes that multiply",
        """
import os, time
end = time.time() + 3
while time.time() < end:
    try:
        os.fork()
    except OSError:
        pass
os.getpid() != os.getpgid(0)
"""
        + _AFTER,
        at_most=True,
        told=None,
        needs_sandbox=True,
        slow=True,
    ),
    Case(
        "thread-bomb",
        "threads without end",
        """
import threading, time
try:
    while True:
        threading.Thread(target=time.sleep, args=(31415,), daemon=True).start()
except RuntimeError:
    pass
"""
        + _AFTER,
        at_most=True,
        told=None,
        needs_sandbox=True,
    ),
    Case(
        "allocate",
        "allocates 100 GB at once",
        "import numpy\nblock = numpy.ones(100 * 2**27)" + _AFTER,
        told=None,
        needs_sandbox=True,
    ),
    Case(
        "shared-memory",
        "takes memory that processes share until there is no more",
        """
import mmap
hoard = []
while True:
    hoard.append(mmap.mmap(-1, 1 << 28))
    for position in range(0, 1 << 28, 4096):
        hoard[-1][position] = 1
""",
        told=None,
        needs_sandbox=True,
        slow=True,
    ),
    Case(
        "grow",
        "takes memory until there is no more",
        "blocks = []\nwhile True:\n    blocks.append(bytearray(b'x') * 2**24)",
        told=None,
        needs_sandbox=True,
        slow=True,
    ),
    Case(
        "grow-in-check",
        "takes memory within the check",
        "def sigmoid(X):\n    blocks = []\n    while True:\n        blocks.append(bytearray(b'x') * 2**24)",
        told=None,
        needs_sandbox=True,
        slow=True,
    ),
    Case(
        "fill-disk",
        "writes files until nothing more fits, wherever it may",
        """
import os
block = bytes(2**22)
for folder in (".", "/tmp", "/dev/shm", os.path.expanduser("~"), "/var/tmp", "@OUTSIDE@"):
    try:
        with open(f"{folder}/pwned", "wb") as file:
            while True:
                file.write(block)
    except OSError:
        pass
"""
        + _AFTER,
        told=None,
        at_most=True,
        needs_sandbox=True,
    ),
    Case(
        "many-small-files",
        "half a million empty files",
        "try:\n    for n in range(500_000):\n        open(f'f{n}', 'w').close()\nexcept OSError:\n    pass" + _AFTER,
        told=None,
        at_most=True,
        needs_sandbox=True,
        slow=True,
    ),
    Case(
        "sparse-file",
        "one file of 8 terabytes",
        "try:\n    with open('big', 'wb') as file:\n        file.truncate(2**43)\nexcept OSError:\n    pass" + _AFTER,
        told=None,
        needs_sandbox=True,
    ),
)
