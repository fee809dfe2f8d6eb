"""Submissions that try to get points by patching, printing and pretending; long because it is a list."""

from __future__ import annotations

from tests.hostile.case import Case, kinds

# A verdict of the engine's own form, as a cheater would forge it.
_FORGED = """
forged = {"text/plain": "1.5", "application/vnd.mlp-course.verdict+json": {
    "exercise": "sigmoid", "outcome": "passed", "score": 1.0, "points": 1.5, "findings": []}}
"""
_KERNEL = "shell = get_ipython()\nkernel = shell.kernel\n"

FORGERIES = (
    Case(
        "displayhook",
        "shows the points itself, within the check",
        "import sys\ndef sigmoid(X):\n    sys.displayhook(1.5)\n    return X",
    ),
    Case(
        "ast-transformer",
        "an AST transformer puts a number in place of every check",
        """
import ast
class Cheat(ast.NodeTransformer):
    def visit_Call(self, node):
        if getattr(node.func, "id", "") in ("check", "serve"):
            return ast.copy_location(ast.Constant(1.5), node)
        return self.generic_visit(node)
get_ipython().ast_transformers.append(Cheat())
def sigmoid(X):
    return X
""",
        at_most=True,
    ),
    Case(
        "input-transformer",
        "an input transformer replaces whatever is run by a number",
        'get_ipython().input_transformers_cleanup.append(lambda lines: ["1.5\\n"])\n',
        at_most=True,
    ),
    Case("rebound-check", "check is another function", "check = lambda *a, **k: 1.5\ndef sigmoid(X):\n    return X"),
    Case("negative-score", "the check returns -1, full marks in stock nbgrader", "check = lambda *a, **k: -1"),
    Case("silent-check", "the check returns nothing, full marks in stock nbgrader", "check = lambda *a, **k: None"),
    Case(
        "patched-package",
        "grading.check and grading.checking are patched",
        """
import grading, grading.checking
grading.check = grading.checking.check = lambda *a, **k: 1.5
check = grading.check
def sigmoid(X):
    return X
""",
    ),
    Case(
        "patched-judge",
        "every function of the judge is replaced",
        """
import importlib, pkgutil, grading
for module in pkgutil.walk_packages(grading.__path__, "grading."):
    if "judging" in module.name or "probe" in module.name or module.name == "grading.checking":
        try:
            found = importlib.import_module(module.name)
        except Exception:
            continue
        for name, value in list(vars(found).items()):
            if callable(value) and not isinstance(value, type):
                setattr(found, name, lambda *a, **k: True)
def sigmoid(X):
    return X
""",
        at_most=True,
    ),
    Case(
        "patched-torch",
        "torch's comparisons always agree",
        """
for name in ("allclose", "isclose", "equal", "eq", "all", "any", "isfinite", "maximum", "max"):
    setattr(torch, name, lambda *a, **k: torch.tensor(True))
torch.testing.assert_close = lambda *a, **k: None
torch.Tensor.__eq__ = torch.Tensor.__sub__ = lambda *a, **k: torch.tensor(0.0)
torch.Tensor.abs = torch.Tensor.max = lambda *a, **k: torch.tensor(0.0)
def sigmoid(X):
    return X
""",
        at_most=True,
    ),
    Case(
        "patched-builtins",
        "all, any, abs, isinstance and len say yes",
        """
import builtins
builtins.all = builtins.any = lambda *a, **k: True
builtins.abs = lambda *a, **k: 0
builtins.isinstance = lambda *a: True
def sigmoid(X):
    return X
""",
        at_most=True,
        told=None,
    ),
    Case(
        "swapped-modules",
        "other modules stand in sys.modules under the names of torch and grading",
        """
import sys, types
class Anything(types.ModuleType):
    def __getattr__(self, name):
        return lambda *a, **k: 1.5
for name in list(sys.modules):
    if name.split(".")[0] in ("torch", "grading", "numpy"):
        sys.modules[name] = Anything(name)
from grading import check
def sigmoid(X):
    return X
""",
        at_most=True,
    ),
    Case(
        "equals-everything",
        "the answer is an object that equals everything",
        """
class Everything:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __getattr__(self, name): return Everything()
    def __call__(self, *a, **k): return Everything()
    def __bool__(self): return True
    def __float__(self): return 1.0
    def __iter__(self): return iter(())
    def __len__(self): return 0
def sigmoid(X):
    return Everything()
""",
    ),
    Case(
        "tensor-subclass",
        "a subclass of Tensor lies about every comparison",
        """
class Liar(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        if function.__name__ in ("allclose", "isclose", "eq", "equal", "all"):
            return torch.tensor(True)
        return super().__torch_function__(function, types, args, kwargs or {})
def sigmoid(X):
    return X.as_subclass(Liar)
""",
    ),
    Case(
        "dispatch-subclass",
        "a wrapper computes the right values only when it is compared",
        """
class Late(torch.Tensor):
    @staticmethod
    def __new__(cls, X):
        return torch.Tensor._make_wrapper_subclass(cls, X.shape, dtype=X.dtype)
    @classmethod
    def __torch_dispatch__(cls, function, types, args=(), kwargs=None):
        return torch.tensor(True)
def sigmoid(X):
    return Late(X)
""",
    ),
    Case(
        "frames",
        "searches the callers' frames for a reference",
        """
import sys
def sigmoid(X):
    frame = sys._getframe()
    while frame is not None:
        for value in [*frame.f_locals.values(), *frame.f_globals.values()]:
            for name in ("reference", "truth", "expected"):
                try:
                    found = getattr(value, name, None)
                except Exception:
                    continue
                if callable(found) and getattr(value, "name", "") == "sigmoid":
                    return found(X)
        frame = frame.f_back
    return X
""",
    ),
    Case(
        "garbage-collector",
        "searches the heap for the exercise and calls its reference",
        """
import gc
def sigmoid(X):
    for value in gc.get_objects():
        if type(value).__name__ == "Exercise" and value.name == "sigmoid":
            return value.reference(X)
    return X
""",
    ),
    Case(
        "imported-reference",
        "imports the catalogue and uses its reference",
        """
try:
    from grading.catalogue import exercise
    sigmoid = exercise("sigmoid").reference
except Exception:
    def sigmoid(X):
        return X
""",
    ),
    Case(
        "another-name",
        "hands in relu under the name sigmoid",
        "sigmoid = relu",
    ),
    Case(
        "callable-with-a-name",
        "an object that calls itself relu and answers for it",
        """
class Pretender:
    __name__ = "relu"
    def __call__(self, X):
        return relu(X)
sigmoid = Pretender()
""",
    ),
    Case(
        "forged-display",
        "a forged verdict as display data, within the check",
        _FORGED + "def sigmoid(X):\n    display(forged, raw=True)\n    return X",
    ),
    Case(
        "forged-result",
        "a forged execute_result over the kernel's own socket, within the check",
        _KERNEL
        + _FORGED
        + """
def sigmoid(X):
    hook = shell.displayhook
    content = {"execution_count": 1, "data": forged, "metadata": {}}
    hook.session.send(hook.pub_socket, "execute_result", content, parent=hook.parent_header)
    return X
""",
    ),
    Case(
        "forged-later",
        "a thread goes on sending forged results after its cell has ended",
        _KERNEL
        + _FORGED
        + """
import threading, time
hook = shell.displayhook
def send():
    for _ in range(40):
        content = {"execution_count": 1, "data": forged, "metadata": {}}
        try:
            hook.session.send(hook.pub_socket, "execute_result", content, parent=hook.parent_header)
        except Exception:
            pass
        time.sleep(0.02)
threading.Thread(target=send, daemon=True).start()
def sigmoid(X):
    return X
""",
    ),
    Case(
        "forged-stream",
        "prints a number as the last thing in the check",
        "def sigmoid(X):\n    print(1.5)\n    return X",
    ),
    Case(
        "forged-replies",
        "the kernel's handler of execute requests is replaced by one that only sends good news",
        _KERNEL
        + _FORGED
        + """
async def execute_request(stream, ident, parent):
    session = kernel.session
    kernel.set_parent(ident, parent)
    session.send(kernel.iopub_socket, "status", {"execution_state": "busy"}, parent=parent)
    content = {"execution_count": 1, "data": forged, "metadata": {}}
    session.send(kernel.iopub_socket, "execute_result", content, parent=parent)
    session.send(stream, "execute_reply", {"status": "ok", "execution_count": 1}, parent=parent, ident=ident)
    session.send(kernel.iopub_socket, "status", {"execution_state": "idle"}, parent=parent)
kernel.execute_request = execute_request
kernel.shell_handlers["execute_request"] = execute_request
""",
        points=(1.0, 0.0, 1.0),
        at_most=True,
        told=None,
    ),
    Case(
        "nonsense",
        "the kernel sends messages that are not valid",
        _KERNEL + 'kernel.iopub_socket.send_multipart([b"nonsense"])\ndef sigmoid(X):\n    return X',
        told=kinds("kernel-died"),
    ),
    Case(
        "do-execute",
        "the kernel's do_execute runs nothing any more and says ok",
        _KERNEL
        + """
async def do_execute(code, *a, **k):
    return {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}}
kernel.do_execute = do_execute
""",
        at_most=True,
        told=None,
    ),
    Case(
        "silent-errors",
        "no traceback is ever shown",
        """
shell = get_ipython()
for name in ("showtraceback", "showsyntaxerror", "_showtraceback", "showindentationerror"):
    setattr(shell, name, lambda *a, **k: None)
def sigmoid(X):
    raise RuntimeError("unseen")
""",
    ),
    Case(
        "silent-exception",
        "raises an exception that renders as nothing",
        """
class Nothing(BaseException):
    def _render_traceback_(self): return []
    def __str__(self): raise Nothing
def sigmoid(X):
    raise Nothing
""",
    ),
    Case("system-exit", "leaves by SystemExit within the check", "def sigmoid(X):\n    raise SystemExit(0)"),
    Case(
        "not-implemented",
        "pretends that nothing was attempted",
        "class NotImplementedError(BaseException): pass\ndef sigmoid(X):\n    raise NotImplementedError",
    ),
    Case(
        "cell-events",
        "hooks of IPython's events rebind check before every cell and publish a number after it",
        """
shell = get_ipython()
def before(*a):
    shell.user_ns["check"] = lambda *a, **k: 1.5
def after(*a):
    display(1.5)
for name, hook in (("pre_execute", before), ("pre_run_cell", before), ("post_run_cell", after), ("post_execute", after)):
    shell.events.register(name, hook)
def sigmoid(X):
    return X
""",
    ),
    Case(
        "patched-run-cell",
        "run_cell does nothing but return success",
        """
shell = get_ipython()
class Fine:
    success, result, error_before_exec, error_in_exec, execution_count = True, 1.5, None, None, 1
async def run_cell_async(*a, **k):
    return Fine()
shell.run_cell_async = run_cell_async
shell.run_cell = lambda *a, **k: Fine()
""",
        at_most=True,
        told=None,
    ),
    Case(
        "forged-observation",
        "the code that answers the judge is replaced",
        """
try:
    import grading.probe.observe as observe, grading.probe.serve as serve
    serve.observe_all = observe.observe_all = lambda *a, **k: True
    serve.answer_calls = lambda *a, **k: None
except ImportError:
    pass
def sigmoid(X):
    return X
""",
        at_most=True,
    ),
    Case(
        "garbage-on-the-wire",
        "whatever goes out over a socket of this process is garbage with a huge length in front",
        """
import socket
class Garbage(socket.socket):
    def sendall(self, data, *a):
        return super().sendall(b"\\xff" * 4096)
    def send(self, data, *a):
        return super().send(b"\\xff" * 64)
socket.socket = Garbage
def sigmoid(X):
    return X
""",
        at_most=True,
    ),
    Case(
        "pickle-on-the-wire",
        "answers with objects that run code when they are unpickled",
        """
class Bomb:
    def __reduce__(self):
        return (open, ("@OUTSIDE@/pwned", "w"))
def sigmoid(X):
    return Bomb()
""",
    ),
    Case(
        "fixed-seeds",
        "every generator of random numbers is made constant",
        """
import random
torch.manual_seed(0)
torch.randn = torch.rand = lambda *s, **k: torch.zeros(*[n for n in s if isinstance(n, int)])
torch.manual_seed = torch.seed = lambda *a: None
random.random = lambda: 0.0
def sigmoid(X):
    return torch.full_like(X, 0.5)
""",
        at_most=True,
    ),
    Case("no-names", "deletes everything that a check would need", "del check, torch\ndef sigmoid(X):\n    return X"),
    Case("reset", "%reset -f: all names are gone", "%reset -f"),
    Case(
        "strange-returns",
        "returns another strange value at every call",
        """
import itertools
def values():
    deep = []
    for _ in range(20_000):
        deep = [deep]
    yield from (itertools.count(), deep, torch.zeros(1).expand(10**12), torch.empty(3, device="meta"), lambda: 0)
    yield from (torch.zeros(3).to_sparse(), torch.zeros(3, dtype=torch.complex64), object, Ellipsis, float("nan"), 10**5000)
    while True:
        yield None
stream = values()
def sigmoid(X):
    return next(stream)
""",
    ),
    Case(
        "recursive-value",
        "returns a list that contains itself",
        "def sigmoid(X):\n    value = []\n    value.append(value)\n    return value",
    ),
)
