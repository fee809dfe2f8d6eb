"""One call of a learner's function and what was observed, both as plain data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import torch


@runtime_checkable
class Blueprint(Protocol):
    """An argument that is not a tensor (a network, a function, an iterator), described by tensors and names.

    `build` makes the object beside the learner's function, `read` returns its state after the call as plain data.
    """

    def build(self, device: torch.device) -> Any:
        """Make the object on the device."""

    def read(self, made: Any) -> Any:
        """Return the state of the object that `build` made: tensors and numbers in dicts, lists and tuples."""


class Step(Protocol):
    """A way to call a function and to go on with what it returned; itself plain data. See `grading.probe.steps`."""

    def carry_out(self, function: Callable[..., Any], arguments: Mapping[str, Any], device: torch.device) -> Any:
        """Call the function with the arguments, in their order, and return plain data."""


@dataclass(frozen=True, eq=False)
class Call:
    """What to call an answer with.

    arguments: by parameter name, in order; tensors on the CPU, numbers, strings, blueprints, and dicts, lists and tuples
        of them.
    device: where the tensors are moved first.
    banned: names of operations and groups that the exercise forbids (see `grading.probe.watch`).
    layout: how tensors lie in memory: "contiguous", "strided", "transposed" or "offset".
    requires_grad: whether floating-point tensors require a gradient.
    may_change: parameters whose tensors the answer is meant to change.
    reach: parameters to whose tensors autograd is to go back afterwards.
    seed: what the global random generators are seeded with before the call.
    watch: whether to record operations, if some are banned, and where tensors are made; off where a call runs many thousands.
    primitives: whether to record, too, of what smaller operations they are made, which takes twice as long.
    step: how the function is called, and what is done with what it returns, if it is not just called.
    """

    arguments: Mapping[str, Any]
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    banned: frozenset[str] = frozenset()
    layout: str = "contiguous"
    requires_grad: bool = False
    may_change: frozenset[str] = frozenset()
    reach: tuple[str, ...] = ()
    seed: int = 0
    watch: bool = True
    primitives: bool = True
    step: Step | None = None


@dataclass(frozen=True)
class Failure:
    """An exception that left the learner's function.

    line: where in the learner's own code it was raised. missing: whether the function is the released stub of its TODO.
    unwritten: the name of another function, called on the way, that still is such a stub; "" if there is none.
    shapes: those of the tensors in that line, as in "X (4, 3), W1 (5, 3)".
    callers: the lines of the learner's that called it there, the innermost first; shortened.
    """

    type: str
    message: str
    line: str = ""
    missing: bool = False
    unwritten: str = ""
    shapes: str = ""
    callers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Observation:
    """What happened in a call.

    value: what was returned; tensors are moved to the CPU, `devices` tells where they were.
    after: the arguments as they are after the call, on the CPU. Not to be written to: unchanged ones may be the call's own.
    failure: the exception, if one was raised.
    used: the banned operations that were called.
    device_fault: why the function would fail on another device, or "".
    devices: the device types of the tensors in the value, in order.
    connected: whether autograd can pass back from these tensors, in the same order.
    gradients: those of the sum of the first of these tensors by the tensors in the call's `reach`; None where autograd does not get to.
    left: which of torch's settings it has left otherwise than it found them (see `grading.probe.settings`).
    same_objects: names of parameters whose tensors are still the objects that were passed in.
    changed: parameters whose contents changed.
    printed: what the call wrote to the standard streams, shortened.
    """

    value: Any = None
    after: Mapping[str, Any] = field(default_factory=dict)
    failure: Failure | None = None
    used: frozenset[str] = frozenset()
    device_fault: str = ""
    devices: tuple[str, ...] = ()
    connected: tuple[bool, ...] = ()
    gradients: tuple[torch.Tensor | None, ...] = ()
    left: frozenset[str] = frozenset()
    same_objects: bool = True
    changed: frozenset[str] = frozenset()
    printed: str = ""


Answer = Callable[[Call], Observation]
