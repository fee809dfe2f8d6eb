"""Whatever a cell binds or takes away, the answer beside it is judged and keeps its points. Real kernels."""

from __future__ import annotations

import json

import pytest

from grading.engine.limits import Limits
from grading.engine.workers.worker import Job, Result, run
from tests.engine import tiny
from tests.engine.execution.test_execution import graded

RELU = "def relu(X):\n    return torch.where(X > 0, X, 0)"

# Nothing is told of these: the kernel goes on.
HARMLESS = {
    "globals": "globals = {}",
    "__import__": "__import__ = 3",
    "print": "print = None",
    "no stdout": "import sys\nsys.stdout = None",
    "a number for stderr": "import sys\nsys.stderr = 3",
    "no streams at all": "import sys\ndel sys.stdout, sys.stderr",
    "streams that raise": "import sys\nclass Bad:\n    def write(self, _): raise ValueError\n    flush = write\nsys.stdout = Bad()",
    "closed streams": "import sys\nsys.stdout.close()\nsys.stderr.close()",
    "a new builtin": "__builtins__.x = 3",
    "no len": "import builtins\nbuiltins.len = None",
    "no __import__": "__builtins__.__import__ = None",
    "no types": "import builtins\nfor name in 'dict str type isinstance Exception tuple'.split():\n    setattr(builtins, name, None)",
    "other types": "import builtins\nbuiltins.tuple = str",
    "empty builtins": "__builtins__ = {}",
    "no builtins": "del __builtins__",
    "no torch": "import sys\ndel sys.modules['torch']",
    "no modules": "import sys\nsys.modules.clear()",
    "a module that is none": "import sys\nsys.modules['grading.probe.serve'] = None",
    "other modules": "import sys\nsys.modules = {}",
    "no finders": "import sys\nsys.meta_path.clear()\nsys.path.clear()",
    "no sockets": "import socket\nsocket.socket = None",
    "no json": "import json\njson.dumps = json.loads = None",
    "no loop": "import asyncio\nasyncio.get_running_loop = None",
    "no masks": "import signal\nsignal.pthread_sigmask = None",
    "no time": "import time\ntime.time = time.monotonic = None",
    "no system": "import os\nos.listdir = os.getpid = None",
    "no warnings": "import warnings\nwarnings.catch_warnings = warnings.simplefilter = None",
    "no equality": "import torch\ntorch.equal = torch.frombuffer = torch.uint8 = None",
    "no methods of tensors": "import torch\ntorch.Tensor.__eq__ = torch.Tensor.clone = torch.Tensor.numpy = None",
    "no generator": "import torch\ntorch.default_generator = torch.random.fork_rng = None",
    "nothing that serves": "import grading.probe.serve as s\ns.serve = s.observe_all = lambda *a: []",
    "nothing that writes": "import grading.probe.wire as w\nw.encode = w.decode = None",
    "a tracer that raises": "import sys\nsys.settrace(lambda *a: 1 / 0)",
    "a transformer of trees": "import ast\nclass No(ast.NodeTransformer):\n    def visit_Call(self, n):\n        return ast.Constant(0)\n"
    "get_ipython().ast_transformers.append(No())",
    "another namespace": "get_ipython().user_ns = {}",
    "nothing bound": "globals().clear()",
    "nothing bound, by the other name": "x = 3\nlocals().clear()\ny = 4",
    "names deleted one by one": "for name in list(globals()):\n    if name[0] != '_':\n        del globals()[name]",
    "names deleted in a loop over dir": "for name in dir():\n    if not name.startswith('_'):\n        del globals()[name]",
    "a reset": "%reset -f",
    "a reset and what comes after it": "%reset -f\nx = 3",
    "a reset by the shell": "get_ipython().magic('reset -sf')",
    "a hard reset": "%reset -f in out dhist",
    "a reset of everything that is called something": "%reset_selective -f .",
    "an aggressive reset": "%reset -f --aggressive",
}
# The cell is named, and nobody else pays for it.
TOLD = {
    "no run_cell": "get_ipython().run_cell = None",
    "no do_execute": "get_ipython().kernel.do_execute = None",
}


def judged(source: str) -> Result:
    sources = ["import torch", RELU, source]
    cells = [*(tiny.cell("code", one) for one in sources), graded("check(relu)", "check-relu")]
    return run(Job(json.dumps(tiny.notebook(cells)).encode(), limits=Limits(seconds=20), seed=3))


@pytest.mark.parametrize("source", HARMLESS.values(), ids=HARMLESS)
def test_what_a_cell_binds_costs_nobody_anything(source: str) -> None:
    result = judged(source)
    assert result.verdicts["check-relu"]["outcome"] == "passed"
    assert result.problems == ()


@pytest.mark.parametrize("source", TOLD.values(), ids=TOLD)
def test_a_cell_that_breaks_its_kernel_is_named_and_the_answer_is_judged_without_it(source: str) -> None:
    result = judged(source)
    assert result.verdicts["check-relu"]["outcome"] == "passed"
    assert [problem.sentence.partition(":")[0] for problem in result.problems] == ["cell 3"]


def test_what_a_cell_adds_or_replaces_for_a_purpose_stays() -> None:
    sources = [
        "import builtins, sys\nbuiltins.print = lambda *a: sys.stdout.write('mine')\nbuiltins.helper = 7",
        "print('x')",
        "helper",
    ]
    result = run(Job(json.dumps(tiny.notebook([tiny.cell("code", one) for one in sources])).encode()))
    cells = json.loads(result.notebook)["cells"]
    assert cells[1]["outputs"][0]["text"] == "mine"
    assert cells[2]["outputs"][0]["data"]["text/plain"] == "7"
