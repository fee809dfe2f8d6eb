"""What is called is seen, through whatever name it is reached."""

from __future__ import annotations

import math
import subprocess
import sys
import warnings
from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from grading.catalogue import exercises
from grading.judging.exercise import Exercise
from grading.judging.prepared import prepare
from grading.probe.call import Call, Observation
from grading.probe.observe import observe

X = torch.tensor([[0.5, -1.5, 2.5], [-0.25, 3.5, -4.5]])
BANNED = frozenset(
    {"relu", "threshold", "leaky_relu", "sigmoid", "tanh", "cross_entropy", "cross_entropy_loss", "autograd", "nn.init"}
)


def _observed(function: Callable[..., Any]) -> Observation:
    return observe(function, Call({"X": X}, banned=BANNED))


def _backward(Z: Tensor) -> Any:
    Z = Z.clone().requires_grad_()
    Z.square().sum().backward()
    return Z.grad


CALLS: list[tuple[str, Callable[[Tensor], Any], str]] = [
    ("a function of torch", lambda Z: torch.relu(Z), "relu"),
    ("a functional", lambda Z: F.relu(Z), "relu"),
    ("a method", lambda Z: Z.relu(), "relu"),
    ("a method in place", lambda Z: Z.clone().relu_(), "relu"),
    ("a method by name", lambda Z: getattr(Z, "re" + "lu")(), "relu"),
    ("an unbound method", lambda Z: Tensor.relu(Z), "relu"),
    ("torch.ops", lambda Z: torch.ops.aten.relu(Z), "relu"),
    ("torch.ops with its overload", lambda Z: torch.ops.aten.relu.default(Z), "relu"),
    ("a module", lambda Z: nn.ReLU()(Z), "relu"),
    ("a module in a sequence", lambda Z: nn.Sequential(nn.LeakyReLU(0.0))(Z), "leaky_relu"),
    ("a relative", lambda Z: F.threshold(Z, 0.0, 0.0), "threshold"),
    ("the special namespace", lambda Z: torch.special.expit(Z), "sigmoid"),
    ("Python's math", lambda Z: [math.tanh(z) for z in Z.flatten().tolist()], "tanh"),
    ("Python's math, called back", lambda Z: Z.clone().apply_(lambda z: math.tanh(z)), "tanh"),
    ("a loss of the library", lambda Z: F.cross_entropy(Z, torch.tensor([0, 1])), "cross_entropy"),
    ("a loss as a module", lambda Z: nn.CrossEntropyLoss()(Z, torch.tensor([0, 1])), "cross_entropy"),
    (
        "a loss through torch.ops",
        lambda Z: torch.ops.aten.cross_entropy_loss(Z, torch.tensor([0, 1])),
        "cross_entropy_loss",
    ),
    ("backward", _backward, "autograd"),
    ("autograd.grad", lambda Z: torch.autograd.grad(Z.requires_grad_().sum(), Z), "autograd"),
    ("functional gradients", lambda Z: torch.func.grad(lambda a: a.square().sum())(Z), "autograd"),
    ("forward mode", lambda Z: torch.func.jvp(torch.sin, (Z,), (Z,)), "autograd"),
    ("a Jacobian", lambda Z: torch.autograd.functional.jacobian(torch.sin, Z), "autograd"),
    ("an initializer", lambda Z: nn.init.xavier_uniform_(torch.empty(2, 3)), "nn.init"),
]


@pytest.mark.parametrize(("function", "name"), [row[1:] for row in CALLS], ids=[row[0] for row in CALLS])
def test_a_banned_call_is_seen(function: Callable[[Tensor], Any], name: str) -> None:
    assert name in _observed(function).used


def _relu(Z: Tensor) -> Tensor:
    return torch.relu(Z)


def test_without_primitives_only_what_is_compiled_as_a_whole_can_hide() -> None:
    alias = {"the special namespace": "expit"}  # which bans name as well
    for label, function, name in CALLS:
        banned = {alias.get(label, name)}
        assert observe(function, Call({"X": X}, banned=frozenset(banned), primitives=False)).used == banned, label
    with warnings.catch_warnings():
        for category in (DeprecationWarning, FutureWarning):  # the second since PyTorch 2.14; scripts still run
            warnings.simplefilter("ignore", category)
        scripted = torch.jit.script(_relu)
    assert observe(scripted, Call({"X": X}, banned=BANNED, primitives=False)).used == frozenset()
    assert observe(scripted, Call({"X": X}, banned=BANNED)).used == {"relu"}


@pytest.mark.parametrize("one", [one for one in exercises() if one.cases], ids=lambda one: str(one.name))
def test_every_exercise_looks_at_primitives_in_its_first_case_and_in_the_hidden_ones(one: Exercise) -> None:
    watched = [case for case in one.cases if prepare(one, case, 0, torch.device("cpu")).call.primitives]
    assert watched == [case for case in one.cases if case is one.cases[0] or case.hidden]


ALLOWED: list[tuple[str, Callable[[Tensor], Any]]] = [
    ("a clamp", lambda Z: Z.clamp(min=0)),
    ("where", lambda Z: torch.where(Z > 0, Z, 0.0)),
    ("exp", lambda Z: 1 / (1 + torch.exp(-Z))),
    ("a learner's own relu", lambda Z: (lambda relu: relu(Z))(lambda z: z * (z > 0))),
    ("no_grad", lambda Z: torch.no_grad()(lambda z: z + 1)(Z)),
    ("requires_grad_", lambda Z: Z.clone().requires_grad_()),
    ("a linear layer", lambda Z: nn.Linear(3, 2)(Z)),
]


@pytest.mark.parametrize("function", [row[1] for row in ALLOWED], ids=[row[0] for row in ALLOWED])
def test_an_honest_call_is_not_mistaken_for_a_banned_one(function: Callable[[Tensor], Any]) -> None:
    observation = _observed(function)
    assert observation.used <= {"nn.init"} if "Linear" in str(function.__code__.co_names) else not observation.used
    assert observation.failure is None


DEVICE_FAULTS: list[tuple[str, Callable[[Tensor], Any]]] = [
    ("zeros beside the input", lambda Z: torch.maximum(Z, torch.zeros(2, 3))),
    ("a result made on the CPU", lambda Z: torch.tensor([max(z, 0.0) for z in Z.flatten().tolist()])),
    ("filled element by element", lambda Z: torch.empty(2, 3).copy_(Z)),
    ("a device spelt out", lambda Z: torch.zeros(2, 3, device="cpu") + Z),
    ("moved to the CPU", lambda Z: Z.cpu() * 2),
    ("moved to the CPU by name", lambda Z: Z.to("cpu") * 2),
    ("through NumPy", lambda Z: torch.from_numpy(Z.numpy())),
    ("a product with a foreign matrix", lambda Z: Z @ torch.eye(3)),
    ("a foreign index for gather", lambda Z: Z.gather(1, torch.zeros(2, 1, dtype=torch.int64))),
]


@pytest.mark.parametrize("function", [row[1] for row in DEVICE_FAULTS], ids=[row[0] for row in DEVICE_FAULTS])
def test_a_hard_coded_device_is_found_without_a_gpu(function: Callable[[Tensor], Any]) -> None:
    assert _observed(function).device_fault
    assert observe(function, Call({"X": X})).device_fault == _observed(function).device_fault  # where nothing is banned


PORTABLE: list[tuple[str, Callable[[Tensor], Any]]] = [
    ("zeros_like", lambda Z: torch.maximum(Z, torch.zeros_like(Z))),
    ("new_zeros", lambda Z: Z.new_zeros(2, 3) + Z),
    ("zeros on the device", lambda Z: torch.zeros(2, 3, device=Z.device) + Z),
    ("moved to the device", lambda Z: torch.zeros(2, 3).to(Z.device) + Z),
    ("moved beside a tensor", lambda Z: torch.zeros(2, 3).to(Z) + Z),
    ("a 0-dimensional number", lambda Z: torch.maximum(Z, torch.tensor(0.0))),
    ("indices on the CPU", lambda Z: Z[torch.arange(2), torch.tensor([0, 2])]),
    ("a boolean mask", lambda Z: Z[Z > 0].sum()),
    ("an honest loop over numbers", lambda Z: Z * max(z.item() for z in Z.flatten())),
    ("a list moved to the device", lambda Z: torch.tensor(Z.tolist(), device=Z.device)),
    ("a default device", lambda Z: _under_device(Z)),
]


def _under_device(Z: Tensor) -> Tensor:
    with torch.device(Z.device):
        return torch.zeros(2, 3) + Z


@pytest.mark.parametrize("function", [row[1] for row in PORTABLE], ids=[row[0] for row in PORTABLE])
def test_a_portable_function_is_not_blamed(function: Callable[[Tensor], Any]) -> None:
    assert _observed(function).device_fault == observe(function, Call({"X": X})).device_fault == ""


def test_a_change_of_an_input_is_seen_in_views_too() -> None:
    for layout in ("contiguous", "strided", "transposed", "offset"):
        observation = observe(lambda Z: Z.mul_(2), Call({"X": X}, layout=layout))
        assert observation.changed == {"X"}


@pytest.mark.parametrize("layout", ["contiguous", "strided", "transposed", "offset"])
def test_a_layout_changes_no_value(layout: str) -> None:
    assert torch.equal(observe(lambda Z: Z + 0, Call({"X": X}, layout=layout)).value, X)


def test_what_a_function_prints_stays_out_of_the_streams(capfd: pytest.CaptureFixture[str]) -> None:
    observation = observe(lambda Z: print("hello"), Call({"X": X}))
    assert observation.printed == "hello\n"
    assert capfd.readouterr().out == ""


def test_an_object_that_cannot_be_looked_at_is_a_failure_of_the_answer() -> None:
    class Hostile(dict[str, int]):
        def items(self) -> Any:
            raise RuntimeError("no items here")

        def values(self) -> Any:
            raise RuntimeError("no values here")

    observation = observe(lambda Z: Hostile(a=1), Call({"X": X}))
    assert observation.failure is not None
    assert observation.failure.type == "RuntimeError"


def test_a_first_check_does_not_import_the_compiler() -> None:
    code = (
        "import sys, torch; from grading import exercise, judge; before = set(sys.modules);"
        "assert judge(exercise('relu'), lambda X: X * (X > 0)).passed;"
        "print([name for name in ('sympy', 'torch._dynamo') if name in sys.modules and name not in before])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
