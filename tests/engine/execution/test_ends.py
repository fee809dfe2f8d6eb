"""A kernel that ends costs the cell in which it ended, and nothing else, however long anything takes. Real kernels."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from grading.engine.execution import kernels
from grading.engine.execution.endings import End
from grading.engine.limits import Limits
from grading.engine.workers.worker import Job, Result, run
from tests.engine import tiny
from tests.engine.execution.test_execution import graded
from tests.hostile.lesson import RIGHT

# Longer than a kernel takes from when it is asked to end.
PAUSE = "import time\ntime.sleep(0.25)"

TOLD = {
    "quit()": "quit()",
    "exit()": "exit()",
    "quit": "quit",
    "exit": "exit",
    "ask_exit": "get_ipython().ask_exit()",
    "exit_now": "get_ipython().exit_now = True",
    "shutdown": "get_ipython().kernel.do_shutdown(True)",
    "shutdown of the application's kernel": "import IPython\nIPython.Application.instance().kernel.do_shutdown(False)",
    "in a function": "def stop():\n    exit()\nstop()",
    "in a class": "class Stop:\n    exit()",
    "and a pause": "quit()\nimport time\ntime.sleep(0.25)",
    "and an error": "quit()\nraise ValueError('wrong')",
    "and an await": "import asyncio\nquit()\nawait asyncio.sleep(0.25)",
    "in a thread that is waited for": "import threading\none = threading.Thread(target=quit)\none.start()\none.join()",
    "the loop is stopped": "import asyncio\nasyncio.get_event_loop().stop()",
}
DIED = {
    "_exit": "import os\nos._exit(0)",
    "a fault": "import ctypes\nctypes.string_at(0)",
    "abort": "import os\nos.abort()",
    "another program in its place": "import os\nos.execv('/bin/true', ['true'])",
    "closed files": "import os\nos.closerange(3, 4096)",
    "a closed channel": "get_ipython().kernel.shell_stream.close()",
    "a hook after the cell": "get_ipython().events.register('post_run_cell', lambda _: __import__('os')._exit(0))",
}
# What ends the kernel in the middle of the pause that comes next.
LATER = {
    "a timer tells it": "import threading\nthreading.Timer(0.1, quit).start()",
    "a timer exits": "import os, threading\nthreading.Timer(0.1, os._exit, (0,)).start()",
    "at once": "import threading\nthreading.Timer(0.001, quit).start()",
    "a call of the loop's": "import asyncio\nasyncio.get_event_loop().call_soon(quit)",
    "a later call of the loop's": "import asyncio, os\nasyncio.get_event_loop().call_later(0.1, os._exit, 0)",
    "an alarm": "import os, signal\nsignal.signal(signal.SIGALRM, lambda *_: os._exit(0))\nsignal.setitimer(signal.ITIMER_REAL, 0.1)",
    "a thread that is not Python's": "import faulthandler\nnowhere = open('/dev/null', 'w')\n"
    "faulthandler.dump_traceback_later(0.1, exit=True, file=nowhere)",
}  # fmt: skip
HARMLESS = {
    "sys.exit": "import sys\nsys.exit()",
    "SystemExit": "raise SystemExit(3)",
    "keeps its kernel": "quit(keep_kernel=True)",
    "a word in a function": "def stop():\n    exit\nstop()",
    "an exit of a child": "import os\nif os.fork() == 0:\n    os._exit(0)\nos.wait()[1]",
    "a signal to itself": "import os\nos.kill(os.getpid(), 15)",
}


def executed(*sources: str | dict[str, Any], **limits: Any) -> Result:
    cells = [tiny.cell("code", source) if isinstance(source, str) else source for source in sources]
    return run(Job(json.dumps(tiny.notebook(cells)).encode(), limits=Limits(**{"seconds": 60, **limits}), seed=3))


def outputs(result: Result, index: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(result.notebook)["cells"][index]["outputs"]
    return found


def told(result: Result) -> list[tuple[str, str]]:
    return [(problem.kind, problem.sentence) for problem in result.problems]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What kernels were asked to run, in order."""
    sources: list[str] = []
    ask = kernels.ask

    def noted(kernel: Any, source: str, **how: Any) -> str:
        sources.append(source)
        return ask(kernel, source, **how)

    monkeypatch.setattr(kernels, "ask", noted)
    return sources


@pytest.mark.parametrize(
    ("source", "end"),
    [*((source, End.TOLD) for source in TOLD.values()), *((source, End.DIED) for source in DIED.values())],
    ids=[*TOLD, *DIED],
)
def test_a_kernel_that_ends_is_blamed_on_its_cell_which_is_not_repeated(
    source: str, end: End, asked: list[str]
) -> None:
    result = executed("n = 5", source, PAUSE, graded("n", "check"))
    assert told(result) == [("kernel-died", f"cell 2: {end.sentence}")]
    assert outputs(result, 1)[-1]["evalue"] == end.sentence
    assert outputs(result, 3)[0]["data"]["text/plain"] == "5"
    assert asked.count(source) == 1


@pytest.mark.parametrize("source", LATER.values(), ids=LATER)
def test_what_was_left_running_is_blamed_on_the_cell_that_left_it(source: str, asked: list[str]) -> None:
    result = executed("n = 5", source, PAUSE, graded("n", "check"))
    # On a busy machine it may be quicker than the cell that started it.
    sentences = {end.sentence for end in (End.LATER, End.TOLD, End.DIED)}
    assert told(result) in [[("kernel-died", f"cell 2: {sentence}")] for sentence in sentences]
    assert outputs(result, 1)[-1]["evalue"] in sentences
    assert outputs(result, 2) == []
    assert outputs(result, 3)[0]["data"]["text/plain"] == "5"
    assert asked.count(source) == 1


@pytest.mark.parametrize("source", HARMLESS.values(), ids=HARMLESS)
def test_what_does_not_end_a_kernel_is_no_end(source: str, asked: list[str]) -> None:
    result = executed("n = 5", source, PAUSE, "n")
    assert told(result) == []
    assert outputs(result, 3)[0]["data"]["text/plain"] == "5"
    assert len(asked) == 4


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_the_place_of_the_cell_does_not_matter(place: int, asked: list[str]) -> None:
    sources = ["n = 5", "m = n + 1", "n * m"]
    sources.insert(place, "quit()")
    result = executed(*sources)
    assert told(result) == [("kernel-died", f"cell {place + 1}: {End.TOLD.sentence}")]
    assert outputs(result, sources.index("n * m"))[0]["data"]["text/plain"] == "30"
    assert asked.count("quit()") == 1


def test_many_such_cells_cost_no_more_than_one(asked: list[str]) -> None:
    sources = [
        source for n in range(12) for source in (f"n{n} = {n}", ["quit()", "exit", "import os\nos._exit(0)"][n % 3])
    ]
    result = executed(*sources, "sum([n0, n1, n2, n3, n4, n5, n6, n7, n8, n9, n10, n11])")
    assert outputs(result, 24)[0]["data"]["text/plain"] == "66"
    assert [sentence.partition(":")[0] for _, sentence in told(result)] == [f"cell {n}" for n in range(2, 25, 2)]
    assert [asked.count(source) for source in ("quit()", "exit", "import os\nos._exit(0)")] == [4, 4, 4]


def test_a_cell_that_asks_for_the_end_and_does_not_end_is_late_and_nothing_else() -> None:
    result = executed("n = 5", "quit()\nwhile True:\n    pass", PAUSE, "n", seconds=8)
    assert [kind for kind, _ in told(result)] == ["time-limit"]
    assert outputs(result, 3)[0]["data"]["text/plain"] == "5"


def test_what_a_cell_with_an_error_had_defined_is_there_after_the_end_of_a_kernel() -> None:
    check = graded("m = n + 1\nassert m == 6", "check")
    result = executed("n = 5\nraise ValueError('wrong')", check, "import os\nos._exit(0)", "n * m")
    assert outputs(result, 3)[0]["data"]["text/plain"] == "30"


def test_what_is_run_again_is_not_shown_again_and_takes_no_room() -> None:
    shows = "from IPython.display import display\nn = 5\nprint('x' * 400_000)\nshown = display(n, display_id='one')"
    result = executed(shows, "quit()", graded("print('y' * 400_000)\nn", "check"), output_bytes=1_700_000)
    assert told(result) == [("kernel-died", f"cell 2: {End.TOLD.sentence}")]
    assert [output["output_type"] for output in outputs(result, 0)] == ["stream", "display_data"]
    assert [output["output_type"] for output in outputs(result, 2)] == ["stream", "execute_result"]


def test_a_notebook_that_replaces_what_the_kernel_looks_at_itself_with_is_graded_all_the_same() -> None:
    replaces = "import asyncio, os, signal, threading\nn = 5\nos.listdir = os.waitid = signal.getitimer = None"
    more = "threading.enumerate = threading.current_thread = asyncio.all_tasks = None"
    result = executed(replaces, more, PAUSE, "n")
    assert told(result) == []
    assert outputs(result, 3)[0]["data"]["text/plain"] == "5"


def test_a_thread_that_does_nothing_is_not_to_blame_for_another_cells_end() -> None:
    thread = "import threading\nn = 5\nthreading.Thread(target=threading.Event().wait, daemon=True).start()"
    died = "import os\nn += 1\nos._exit(0)"
    result = executed(thread, died, "n")
    assert told(result) == [("kernel-died", f"cell 2: {End.DIED.sentence}")]
    assert outputs(result, 2)[0]["data"]["text/plain"] == "5"


SETUP = "import torch\nfrom grading import check"
CHECKS = {name: f"check({name})" for name in RIGHT}


def lesson(answers: Mapping[str, str], *more: str) -> Result:
    """Run the three exercises of the hostile lesson, with a pause after each answer and each check."""
    cells: list[str | dict[str, Any]] = [SETUP, *more]
    for name, source in {**RIGHT, **answers}.items():
        cells += [source, PAUSE, graded(CHECKS[name], name, 1.0), PAUSE]
    return executed(*cells)


def earned(result: Result) -> dict[str, float]:
    return {name: verdict["score"] for name, verdict in result.verdicts.items()}


def title(result: Result, name: str) -> str:
    return str(result.verdicts[name]["findings"][0]["title"])


INSIDE = {
    "exit()": (End.TOLD, "exit()"),
    "a helper": (End.TOLD, "def stop(): quit()\n    stop()"),
    "shutdown": (End.TOLD, "get_ipython().kernel.do_shutdown(True)"),
    "_exit": (End.DIED, "import os; os._exit(0)"),
    "a fault": (End.DIED, "import ctypes; ctypes.string_at(0)"),
    "closed files": (End.DIED, "import os; os.closerange(3, 4096)"),
}


@pytest.mark.parametrize(("end", "line"), INSIDE.values(), ids=INSIDE)
def test_an_answer_that_ends_the_kernel_loses_its_points_and_nobody_elses(end: End, line: str) -> None:
    result = lesson({"sigmoid": RIGHT["sigmoid"].replace(":\n", f":\n    {line}\n", 1)})
    assert earned(result) == {"relu": 1.0, "sigmoid": 0.0, "relu_grad": 1.0}
    assert title(result, "sigmoid") == f"{end.sentence}."
    assert told(result) == [("kernel-died", f"cell 'sigmoid': {end.sentence}")]


@pytest.mark.parametrize("line", ["quit()", "import os; os._exit(0)"])
def test_a_cell_of_an_answer_that_ends_the_kernel_costs_that_answer(line: str) -> None:
    result = lesson({"sigmoid": f"{RIGHT['sigmoid']}\n{line}"})
    assert earned(result) == {"relu": 1.0, "sigmoid": 0.0, "relu_grad": 1.0}
    assert title(result, "sigmoid").startswith("there is nothing called `sigmoid` here: its cell ended with KernelDied")
    assert [kind for kind, _ in told(result)] == ["kernel-died"]


def test_a_right_answer_that_calls_one_which_tells_the_kernel_to_end_keeps_its_points() -> None:
    calls = "def relu_grad(X):\n    return torch.where(relu(X) > 0, 1.0, 0.0).to(X.dtype)"
    result = lesson({"relu": RIGHT["relu"].replace(":\n", ":\n    exit()\n", 1), "relu_grad": calls})
    assert earned(result) == {"relu": 0.0, "sigmoid": 1.0, "relu_grad": 1.0}
    assert [sentence for _, sentence in told(result)] == [
        f"cell 'relu': {End.TOLD.sentence}",
        f"cell 'relu_grad': {End.TOLD.sentence}",
    ]


def test_sys_exit_in_an_answer_is_an_error_of_the_answer() -> None:
    result = lesson({"sigmoid": "import sys\ndef sigmoid(X):\n    sys.exit()"})
    assert earned(result) == {"relu": 1.0, "sigmoid": 0.0, "relu_grad": 1.0}
    assert title(result, "sigmoid") == "it raised SystemExit."
    assert told(result) == []


def test_an_answer_whose_thread_ends_the_kernel_later_takes_nobody_with_it() -> None:
    later = RIGHT["sigmoid"].replace(":\n", ":\n    import threading; threading.Timer(0.2, quit).start()\n", 1)
    result = lesson({"sigmoid": later})
    assert earned(result) == {"relu": 1.0, "sigmoid": 1.0, "relu_grad": 1.0}
    assert told(result) == [("kernel-died", f"cell 'sigmoid': {End.LATER.sentence}")]


def test_a_check_in_which_the_kernel_dies_is_made_again_if_something_was_left_running() -> None:
    lurks = """
import os, threading
called = threading.Event()
threading.Thread(target=lambda: (called.wait(), os._exit(0)), daemon=True).start()
"""
    wakes = "if 'called' in globals(): called.set(); threading.Event().wait()"
    result = lesson({"relu": RIGHT["relu"].replace(":\n", f":\n    {wakes}\n", 1)}, lurks)
    assert earned(result) == {"relu": 1.0, "sigmoid": 1.0, "relu_grad": 1.0}
    assert told(result) == [("kernel-died", f"cell 2: {End.LATER.sentence}")]
