"""The judge itself is driven with whatever an answer may return, be given or do: it never crashes and always ends.

A fault that an answer brings about is the answer's: the outcome "error in the check" would give it all its points.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import Tensor

from grading import exercise, exercises, judge
from grading.judging import Outcome, Verdict
from grading.judging.exercise import Case
from grading.judging.judge import passes
from grading.probe.freeze import MOST_PARTS, Unknown, freeze
from tests.corpus.entries import entries

QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
# Judged by cases and a reference, in milliseconds; those that train or draw many samples have tests of their own.
ORDINARY = [one.name for one in exercises() if not one.manual and one.name not in ("build_mlp", "xavier_normal")]


def _is_a_verdict_on_the_answer(verdict: Verdict) -> None:
    assert verdict.outcome is not Outcome.CHECK_ERROR, str(verdict)
    assert 0 <= verdict.score <= 1
    assert len(verdict.text_lines()) <= 8
    assert Verdict.from_dict(verdict.to_dict()) == verdict
    assert "<script" not in verdict.html()


# What an answer may return: tensors of every kind, numbers, texts, containers of all of them.
SHAPES = st.lists(st.integers(0, 4), max_size=4).map(tuple)
DTYPES = st.sampled_from(
    [
        torch.float32,
        torch.float64,
        torch.float16,
        torch.bfloat16,
        torch.float8_e4m3fn,
        torch.int64,
        torch.int8,
        torch.uint8,
        torch.uint16,
        torch.bool,
        torch.complex64,
    ]
)
NUMBERS = st.one_of(
    st.integers(),
    st.floats(),
    st.booleans(),
    st.complex_numbers(),
    # Made late: Python refuses to write out a number as long as the first, and Hypothesis shows what it draws from.
    st.sampled_from([(1, 5000), (-1, 400)]).map(lambda pair: pair[0] * 10 ** pair[1]),
    st.floats(width=32).map(np.float32),
    st.integers(0, 255).map(np.uint8),
    st.just(np.datetime64("2024-01-01")),
    st.just(np.longdouble(1)),
)


@st.composite
def tensors(draw: st.DrawFn) -> Tensor:
    shape, dtype = draw(SHAPES), draw(DTYPES)
    special = draw(st.sampled_from([0.0, 1.0, -2.5, 1e30, float("nan"), float("inf"), -float("inf")]))
    tensor = torch.full(shape, special, dtype=torch.float64)
    tensor = tensor.to(dtype) if np.isfinite(special) or dtype.is_floating_point else torch.zeros(shape, dtype=dtype)
    way = draw(st.sampled_from(["plain", "transposed", "expanded", "parameter", "requires grad", "negative view"]))
    if way == "transposed" and tensor.dim() > 1:
        return tensor.transpose(0, 1)
    if way == "expanded":
        return tensor.expand(2, *shape)
    if way == "parameter" and dtype in (torch.float32, torch.float64):
        return torch.nn.Parameter(tensor)
    if way == "requires grad" and dtype in (torch.float32, torch.float64):
        return tensor.requires_grad_()
    if way == "negative view":
        return torch.complex(torch.zeros(shape), torch.ones(shape)).conj().imag
    return tensor


class Evil(Exception):
    """Raised by values that do not let themselves be looked at."""


class EvilFloat(float):
    def __repr__(self) -> str:
        raise Evil

    __str__ = __format__ = __repr__  # type: ignore[assignment]

    def __float__(self) -> float:
        raise Evil


class EvilMapping(Mapping[str, Any]):
    """Has every key, and no end."""

    def __getitem__(self, key: str) -> Any:
        return self

    def __iter__(self) -> Iterator[str]:
        number = 0
        while True:
            number += 1
            yield str(number)

    def __len__(self) -> int:
        return sys.maxsize

    def __contains__(self, key: object) -> bool:
        return True


class Leaving(dict[str, Any]):
    def items(self) -> Any:
        raise SystemExit(0)

    values = keys = items


class Endless(list[Any]):
    def __iter__(self) -> Iterator[Any]:
        while True:
            yield self

    def __len__(self) -> int:
        return 4


class EqualsAll:
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]

    def __getattr__(self, name: str) -> Any:
        return self

    def __call__(self, *values: Any) -> Any:
        return self


class Nameless(type):
    @property
    def __name__(cls) -> str:  # type: ignore[override]
        raise Evil


class Anonymous(metaclass=Nameless):
    pass


class Masked(Tensor):
    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        raise Evil


def _deep() -> list[Any]:
    tree: list[Any] = [1.0]
    for _ in range(2000):
        tree = [tree]
    return tree


def _wide() -> list[Any]:
    tree: list[Any] = [1.0] * 50
    for _ in range(8):
        tree = [tree] * 50
    return tree


def _knot() -> list[Any]:
    tree: list[Any] = []
    tree.append(tree)
    return tree * 3


HOSTILE: dict[str, Callable[[], Any]] = {
    "a float that cannot be written": lambda: EvilFloat(1.0),
    "a mapping without an end": EvilMapping,
    "a mapping that leaves the process": Leaving,
    "a list without an end": lambda: Endless([1.0]),
    "an object that equals everything": EqualsAll,
    "an object of a type without a name": Anonymous,
    "a tensor subclass that forbids everything": lambda: torch.zeros(2, 3).as_subclass(Masked),
    "a list within lists, two thousand deep": _deep,
    "a list of 50 to the ninth": _wide,
    "a list that contains itself": _knot,
    "a sparse tensor": lambda: torch.eye(3).to_sparse(),
    "a nested tensor": lambda: torch.nested.nested_tensor([torch.zeros(2), torch.zeros(3)]),
    "a tensor on the meta device": lambda: torch.empty(2, 3, device="meta"),
    "a quantized tensor": lambda: torch.quantize_per_tensor(torch.zeros(3), 0.1, 0, torch.qint8),
    "a tensor of a terabyte, by expansion": lambda: torch.zeros(1).expand(2**40),
    "an array of objects": lambda: np.array([object(), None]),
    "an array of text": lambda: np.array("1.0"),
    "an array of no axes": lambda: np.array(1.0),
    "a masked array": lambda: np.ma.masked_array([1.0, 2.0], mask=[True, False]),
    "a generator": lambda: (x for x in range(3)),
    "a class": lambda: Tensor,
    "a function": lambda: torch.relu,
    "a module": lambda: torch,
    "bytes": lambda: b"1.0",
    "ten million characters": lambda: "x" * 10_000_000,
    "a number of five thousand digits": lambda: 10**5000,
    "not implemented": lambda: NotImplemented,
    "a warning": lambda: Warning("w"),
    "a range": lambda: range(10**12),
    "a dict with odd keys": lambda: {(1, 2): 3, None: 4, "W1": EvilFloat(1)},
}


def _answer(returned: Callable[[], Any]) -> Callable[..., Any]:
    def answer(*values: Any) -> Any:
        return returned()

    return answer


@pytest.mark.parametrize("what", HOSTILE)
@pytest.mark.parametrize("name", ["linear_accuracy", "xor_network"])
def test_a_hostile_value_is_a_fault_of_the_answer(name: str, what: str) -> None:
    start = time.perf_counter()
    verdict = judge(exercise(name), _answer(HOSTILE[what]), "cpu", 0)
    _is_a_verdict_on_the_answer(verdict)
    assert not verdict.passed
    assert time.perf_counter() - start < 60


# Every fifth: what is returned passes through the same hands in all of them, and these values are slow to look at.
@pytest.mark.parametrize("name", ORDINARY[::5])
def test_no_exercise_trusts_what_is_returned(name: str) -> None:
    for what in ("a mapping without an end", "a sparse tensor", "a list of 50 to the ninth", "an array of text"):
        verdict = judge(exercise(name), _answer(HOSTILE[what]), "cpu", 0)
        _is_a_verdict_on_the_answer(verdict)


VALUES = st.recursive(
    st.one_of(
        tensors(), NUMBERS, st.none(), st.text(max_size=5), st.sampled_from(list(HOSTILE)).map(lambda k: HOSTILE[k]())
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(st.sampled_from(["W1", "b1", "W2", "b2", "Z", "H"]), inner, max_size=6),
    ),
    max_leaves=6,
)


@QUICK
@given(name=st.sampled_from(ORDINARY), value=VALUES, seed=st.integers(0, 2**31))
def test_whatever_is_returned_becomes_a_verdict(name: str, value: Any, seed: int) -> None:
    _is_a_verdict_on_the_answer(judge(exercise(name), _answer(lambda: value), "cpu", seed))


@QUICK
@given(value=VALUES)
def test_what_is_frozen_is_plain_bounded_and_frozen_already(value: Any) -> None:
    try:
        frozen = freeze(value)
    except (Evil, SystemExit):
        return
    assert _parts(frozen) <= MOST_PARTS + 1
    assert repr(freeze(frozen)) == repr(frozen)


def _parts(tree: Any) -> int:
    assert (
        type(tree) in (dict, list, tuple, Tensor, np.ndarray, bool, int, float, str, Unknown, type(None))
        or isinstance(tree, np.generic)
        or tree in (Ellipsis, NotImplemented)
    )
    branches = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list | tuple) else ()
    return 1 + sum(map(_parts, branches))


def _twisted(entry_function: Callable[..., Any], twist: Callable[[Any], Any]) -> Callable[..., Any]:
    def answer(*values: Any) -> Any:
        return _mapped(entry_function(*values), twist)

    return answer


def _mapped(tree: Any, twist: Callable[[Any], Any]) -> Any:
    if isinstance(tree, Mapping):
        return {key: _mapped(branch, twist) for key, branch in tree.items()}
    if isinstance(tree, list | tuple):
        return type(tree)(_mapped(branch, twist) for branch in tree)
    return twist(tree)


TWISTS: dict[str, Callable[[Any], Any]] = {
    "complex": lambda t: t + 0j,
    "sparse": lambda t: t.detach().to_sparse() if isinstance(t, Tensor) and t.dim() else t,
    "an axis more": lambda t: t[None] if isinstance(t, Tensor) else [t],
    "an axis less": lambda t: t[0] if isinstance(t, Tensor) and t.dim() and len(t) else t,
    "no numbers": lambda t: t * float("nan"),
    "infinite": lambda t: t + float("inf"),
    "integers": lambda t: t.long() if isinstance(t, Tensor) else int(t),
    "truth values": lambda t: t.bool() if isinstance(t, Tensor) else bool(t),
    "arrays": lambda t: t.detach().numpy() if isinstance(t, Tensor) else np.asarray(t),
    "texts": str,
    "nothing": lambda t: None,
    "very large": lambda t: t * 1e300,
}


@pytest.mark.parametrize("name", ORDINARY)
def test_a_right_answer_of_another_kind_is_no_fault_of_the_check(name: str) -> None:
    right = next(entry.function for entry in entries() if entry.right and entry.exercise == name)
    # A quarter of the twists for each exercise, another quarter for the next one.
    for twist in list(TWISTS.values())[ORDINARY.index(name) % 4 :: 4]:
        _is_a_verdict_on_the_answer(judge(exercise(name), _twisted(right, twist), "cpu", 0))


# What an answer is given: shapes, dtypes, values and layouts that no case of ours has.
FLOATS = st.sampled_from([torch.float32, torch.float64, torch.float16, torch.bfloat16])
LAYOUTS = st.sampled_from(["contiguous", "strided", "transposed", "offset"])
INPUTS = st.one_of(st.floats(-1e4, 1e4), st.sampled_from([0.0, -0.0, 1e-30, -1e-8, 710.0, -710.0, 3e4]))


@QUICK
@given(
    name=st.sampled_from(["relu", "relu_grad", "sigmoid", "sigmoid_grad", "tanh", "tanh_grad"]),
    shape=SHAPES,
    dtype=FLOATS,
    layout=LAYOUTS,
    requires_grad=st.booleans(),
    values=st.lists(INPUTS, min_size=1, max_size=8),
)
def test_a_right_answer_is_right_on_every_input(
    name: str, shape: tuple[int, ...], dtype: torch.dtype, layout: str, requires_grad: bool, values: list[float]
) -> None:
    count = int(np.prod(shape)) if shape else 1
    X = torch.tensor([values[i % len(values)] for i in range(count)], dtype=torch.float64).reshape(shape)
    case = Case("drawn", lambda draw: {"X": X.clone()}, "", dtype, layout, requires_grad, twice=True)
    one = replace(exercise(name), cases=(case,))
    for entry in entries():
        if entry.exercise == name and entry.right:
            verdict = judge(one, entry.function, "cpu", 0)
            assert verdict.passed, f"{entry}\n{verdict}\n{X}"


@QUICK
@given(
    sizes=st.tuples(*[st.integers(1, 9)] * 3),
    dtype=st.sampled_from([torch.float32, torch.float64]),
    layout=LAYOUTS,
    scale=st.sampled_from([1e-6, 1.0, 1e4]),
    seed=st.integers(0, 2**31),
)
def test_a_right_product_is_right_at_every_size_and_scale(
    sizes: tuple[int, int, int], dtype: torch.dtype, layout: str, scale: float, seed: int
) -> None:
    d, h, q = sizes
    generator = torch.Generator().manual_seed(seed)
    shapes = {"W1": (d, h), "b1": (h,), "W2": (h, q), "b2": (q,)}
    drawn = {
        name: torch.randn(shape, generator=generator, dtype=torch.float64) * scale for name, shape in shapes.items()
    }
    case = Case("drawn", lambda draw: {name: value.clone() for name, value in drawn.items()}, "", dtype, layout)
    one = replace(exercise("collapse"), cases=(case,))
    for entry in entries():
        if entry.exercise == "collapse" and entry.right:
            verdict = judge(one, entry.function, "cpu", seed)
            assert verdict.passed, f"{entry}\n{verdict}"


# What an answer may do to its surroundings.
def _sets(change: Callable[[], Any]) -> Callable[[Tensor], Tensor]:
    def relu(X: Tensor) -> Tensor:
        change()
        return X * (X > 0)

    return relu


SETTINGS: dict[str, Callable[[], Any]] = {
    "the default dtype": lambda: torch.set_default_dtype(torch.float16),
    "the default device": lambda: torch.set_default_device("meta"),
    "deterministic algorithms": lambda: torch.use_deterministic_algorithms(True),
    "the seed": lambda: torch.manual_seed(3),
    "the precision of products": lambda: torch.set_float32_matmul_precision("medium"),
    "NumPy's errors": lambda: np.seterr(all="raise"),
    "the print options": lambda: torch.set_printoptions(precision=1),
    "the profile hook": lambda: sys.setprofile(None),
}


@pytest.mark.parametrize("what", SETTINGS)
def test_settings_that_an_answer_changes_do_not_change_its_verdict(what: str) -> None:
    with np.errstate():
        verdict = judge(exercise("relu"), _sets(SETTINGS[what]), "cpu", 0)
    torch.set_printoptions(profile="default")
    assert verdict.passed, str(verdict)
    assert torch.get_default_dtype() is torch.float32
    assert torch.get_default_device().type == "cpu"
    assert not torch.are_deterministic_algorithms_enabled()


def _sigmoid_that_reads_memory(X: Tensor) -> Tensor:
    result = torch.empty_like(X)
    positive = result >= 0  # should be X >= 0; what lies in fresh memory is mostly zeros
    result[positive] = 1 / (1 + torch.exp(-X[positive]))
    e = torch.exp(X[~positive])
    result[~positive] = e / (1 + e)
    return result


@pytest.mark.parametrize("seed", range(20))
def test_an_answer_that_reads_uninitialized_memory_is_refused_whatever_lies_there(seed: int) -> None:
    verdict = judge(exercise("sigmoid"), _sigmoid_that_reads_memory, "cpu", seed)
    assert verdict.outcome is Outcome.FAILED, str(verdict)


def _with_dtype() -> Iterator[None]:
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def _with_device() -> Iterator[None]:
    torch.set_default_device("meta")
    yield
    torch.set_default_device(None)


def _with_determinism() -> Iterator[None]:
    torch.use_deterministic_algorithms(True)
    yield
    torch.use_deterministic_algorithms(False)


def _with_low_precision() -> Iterator[None]:
    torch.set_float32_matmul_precision("medium")
    yield
    torch.set_float32_matmul_precision("highest")


def _with_autocast() -> Iterator[None]:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        yield


SESSIONS: dict[str, Callable[[], Iterator[None]]] = {
    "float64 by default": _with_dtype,
    "another device by default": _with_device,
    "deterministic algorithms": _with_determinism,
    "reduced precision": _with_low_precision,
    "autocast": _with_autocast,
}


@pytest.mark.parametrize("session", SESSIONS)
def test_the_settings_of_a_session_do_not_change_a_verdict(session: str) -> None:
    chosen = {(entry.exercise, entry.right): entry for entry in entries() if entry.exercise in ORDINARY}
    for (name, right), entry in chosen.items():
        around = SESSIONS[session]()
        next(around)
        try:
            assert passes(exercise(name), entry.function, "cpu", 2) is right, str(entry)
        finally:
            next(around, None)


def test_a_flood_of_prints_is_not_kept() -> None:
    def relu(X: Tensor) -> Tensor:
        for _ in range(1000):
            print("x" * 10_000)
        return X * (X > 0)

    assert judge(exercise("relu"), relu, "cpu", 0).passed


def test_a_check_under_a_profiler_is_still_a_check() -> None:
    import cProfile

    with cProfile.Profile():
        verdict = judge(exercise("relu"), lambda X: X * (X > 0), "cpu", 0)
    assert verdict.passed


def test_a_result_that_autograd_cannot_pass_is_found_though_it_was_recorded() -> None:
    def sigmoid(X: Tensor) -> Tensor:
        return torch.exp(-X).add_(1).reciprocal()  # overwrites what the derivative of exp needs

    finding = judge(exercise("sigmoid"), sigmoid, "cpu", 0).findings[0]
    assert finding.kind == "graph"


@pytest.mark.parametrize("setting", ["torch.backends", "torch.backends.cuda.matmul", "torch.backends.mkldnn.matmul"])
def test_the_newer_settings_of_precision_change_no_verdict_and_stay(setting: str) -> None:
    """In a process of its own: once they are used, PyTorch's older ones raise."""
    code = (
        f"import torch; {setting}.fp32_precision = 'tf32'; from grading import exercise, judge;"
        "verdict = judge(exercise('collapse'), lambda W1, b1, W2, b2: (W1 @ W2, b1 @ W2 + b2), 'cpu');"
        f"print(verdict.outcome, {setting}.fp32_precision)"
    )
    if not hasattr(torch.backends, "fp32_precision"):
        pytest.skip("this version of PyTorch has the older settings only")
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "passed tf32"
