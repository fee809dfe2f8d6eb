"""PyTorch: what is seen of the operations that a function uses, the hooks of modules, and one step of SGD."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.nn.modules import module as _modules
from torch.optim.sgd import sgd as sgd
from torch.utils._python_dispatch import TorchDispatchMode

from grading.adapters.names import Kind, Name, function

_FOLDER = Path(torch.__file__).parent
_MODULE_HOOKS = ("_forward_hooks", "_forward_pre_hooks")
_ALL_MODULE_HOOKS = (*_MODULE_HOOKS, "_backward_hooks")
_GLOBAL_HOOKS = ("_global_forward_hooks", "_global_forward_pre_hooks")

# What a function is caught at in the interpreter's profile hook: files of which every function counts, functions by file and
# name, functions in C by name. Tests of the watch call each of them.
FILE_OF_INITIALIZERS = str(_FOLDER / "nn" / "init.py")
FILE_OF_CLIPPING = str(_FOLDER / "nn" / "utils" / "clip_grad.py")
FILES_OF_OPTIMIZERS = tuple(str(_FOLDER / "optim" / name) for name in ("optimizer.py", "sgd.py", "_functional.py"))
FILES_OF_AUTOGRAD = (
    str(_FOLDER / "autograd" / "functional.py"),
    str(_FOLDER / "autograd" / "forward_ad.py"),
    str(_FOLDER / "_functorch" / "eager_transforms.py"),
)
FUNCTIONS_OF_AUTOGRAD = (
    (str(_FOLDER / "autograd" / "__init__.py"), "grad"),
    (str(_FOLDER / "autograd" / "__init__.py"), "backward"),
    (str(_FOLDER / "autograd" / "graph.py"), "_engine_run_backward"),
)
BUILTINS_OF_AUTOGRAD = ("run_backward", "_make_dual")
FILE_OF_OPERATORS = str(_FOLDER / "_ops.py")
# Functions of these files that count for nothing: to construct something is harmless, only entering a computation counts.
HARMLESS = frozenset({"<module>", "__exit__", "_maybe_load_decompositions", "calculate_gain"})

_MODULE = "torch.nn.modules.module:Module"
_SEEING_AUTOGRAD = "seeing that an answer has its gradient computed"
_SEEING_OPERATIONS = "seeing which operations an answer uses"
NAMES = (
    Name("torch.utils._python_dispatch:TorchDispatchMode", Kind.CLASS, _SEEING_OPERATIONS),
    function(
        "torch.utils._python_dispatch:TorchDispatchMode.__torch_dispatch__",
        "func, types, args, kwargs",
        _SEEING_OPERATIONS,
    ),
    function(
        "torch.utils._python_dispatch:TorchDispatchMode._should_skip_dynamo",
        "",
        "not importing the compiler, which takes a second",
        since="2.7",
    ),
    Name("torch._ops", Kind.MODULE, _SEEING_OPERATIONS),
    function("torch._ops:OpOverload.__call__", "", _SEEING_OPERATIONS),
    function("torch._ops:OpOverloadPacket.__call__", "", _SEEING_OPERATIONS),
    Name("torch._ops:OpOverload.overloadpacket", Kind.PROPERTY, _SEEING_OPERATIONS),
    Name("torch.nn.init", Kind.MODULE, "seeing that an answer uses an initializer"),
    Name("torch.nn.utils.clip_grad", Kind.MODULE, "seeing that an answer has gradients clipped"),
    Name("torch.autograd.functional", Kind.MODULE, _SEEING_AUTOGRAD),
    Name("torch.autograd.forward_ad", Kind.MODULE, _SEEING_AUTOGRAD),
    Name("torch._functorch.eager_transforms", Kind.MODULE, _SEEING_AUTOGRAD),
    function("torch.autograd:grad", "outputs, inputs", _SEEING_AUTOGRAD),
    function("torch.autograd:backward", "tensors", _SEEING_AUTOGRAD),
    function("torch.autograd.graph:_engine_run_backward", "t_outputs", _SEEING_AUTOGRAD),
    Name("torch.autograd.variable:Variable._execution_engine.run_backward", Kind.VALUE, _SEEING_AUTOGRAD),
    Name("torch:_make_dual", Kind.VALUE, _SEEING_AUTOGRAD),
    *(Name(f"{_MODULE}.{hook}", Kind.FIELD, "seeing that a network has hooks") for hook in _ALL_MODULE_HOOKS),
    *(
        Name(f"torch.nn.modules.module:{hook}", Kind.VALUE, "seeing that all networks have hooks")
        for hook in _GLOBAL_HOOKS
    ),
    function(
        "torch.optim.sgd:sgd",
        "params, d_p_list, momentum_buffer_list, *, has_sparse_grad, fused, weight_decay, momentum, lr, dampening, nesterov, maximize",
        "one step of SGD with a class of its own",
    ),
    Name("torch._C:DisableTorchFunctionSubclass", Kind.CLASS, "reading a tensor of a class that an answer has made"),
    Name("torch:default_generator", Kind.VALUE, "seeding at each call without asking every accelerator"),
)


# In its context, a tensor of a class of the learner's does what every tensor does.
WithoutSubclasses = torch._C.DisableTorchFunctionSubclass


class DispatchMode(TorchDispatchMode):
    """A mode whose `__torch_dispatch__` sees the primitive operations."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # torch does not annotate it

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Keep torch from wrapping this class for its compiler, whose import costs a second or more."""
        return False


def name_of_operator(operator: Any) -> str:
    """Return the name of a dispatched operator, without that of its overload."""
    return str(operator.overloadpacket.__name__)


def number_of_hooks(module: nn.Module) -> int:
    """Return how many functions a module calls before and after its own, forward and backward."""
    return sum(len(getattr(module, hooks)) for hooks in _ALL_MODULE_HOOKS)


def has_forward_hooks(module: nn.Module) -> bool:
    """Tell whether a module calls anything before or after its own `forward`."""
    return any(getattr(module, hooks) for hooks in _MODULE_HOOKS)


def has_global_forward_hooks() -> bool:
    """Tell whether every module calls anything before or after its own `forward`."""
    return any(getattr(_modules, hooks) for hooks in _GLOBAL_HOOKS)
