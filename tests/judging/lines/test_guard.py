"""What may be run with an edit in it: the functions below are looked at and never called. The file is long because it is
a list of them.
"""

from __future__ import annotations

import builtins
import functools
import itertools
import math
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from IPython.display import display
from torch import Tensor, nn, save

from grading.judging.lines.guard import surroundings
from grading.judging.lines.source import definition_of

SEEN: list[Tensor] = []
WEIGHT = torch.ones(2)
SIZES = {"n": (3, [4.0])}
LAYER = nn.ReLU()
read = open


def _allowed(function: Callable[..., Any]) -> bool:
    definition = definition_of(function)
    assert definition is not None
    return surroundings(function, definition) is not None  # type: ignore[arg-type]  # a plain function


def opens(X: Tensor) -> Any:
    with open("out.txt", "w") as file:
        file.write("1")
    return X


def opens_by_another_name(X: Tensor) -> Any:
    return read("out.txt")


def opens_from_builtins(X: Tensor) -> Any:
    return builtins.open("out.txt")


def prints(X: Tensor) -> Tensor:
    print(X)
    return X


def displays(X: Tensor) -> Tensor:
    display(X)
    return X


def writes_to_the_screen(X: Tensor) -> Tensor:
    sys.stdout.write("1")
    return X


def runs_a_process(X: Tensor) -> Tensor:
    subprocess.run(["true"])
    return X


def runs_a_command(X: Tensor) -> Tensor:
    os.system("true")
    return X


def imports_what_runs_a_command(X: Tensor) -> Tensor:
    from os import system

    system("true")
    return X


def imports_by_name(X: Tensor) -> Tensor:
    __import__("os").remove("out.txt")
    return X


def asks(X: Tensor) -> Any:
    return X * float(input())


def saves(X: Tensor) -> Tensor:
    torch.save(X, "out.pt")
    return X


def saves_by_an_imported_name(X: Tensor) -> Tensor:
    save(X, "out.pt")
    return X


def saves_with_another_name_for_torch(X: Tensor) -> Tensor:
    t = torch
    t.save(X, "out.pt")
    return X


def loads_from_the_network(X: Tensor) -> Any:
    return torch.hub.list("pytorch/vision")


def writes_an_array(X: Tensor) -> Tensor:
    X.numpy().tofile("out")
    return X


def saves_an_array(X: Tensor) -> Tensor:
    np.savetxt("out", X)
    return X


def deletes_a_file(X: Tensor) -> Tensor:
    Path("out").unlink()
    return X


def executes(X: Tensor) -> Tensor:
    exec("X = 1")
    return X


def evaluates(X: Tensor) -> Any:
    return eval("X")


def gets_by_name(X: Tensor) -> Any:
    return getattr(torch, "save")(X, "out")  # noqa: B009  # the name is what the guard must not miss


def goes_through_classes(X: Tensor) -> Any:
    return X.__class__.__mro__


def loops_without_end(X: Tensor) -> Tensor:
    while True:
        X = X + 1


def loops_until(X: Tensor) -> Tensor:
    while X.sum() < 1:
        X = X + 1
    return X


def keeps_in_a_global(X: Tensor) -> Tensor:
    global WEIGHT
    WEIGHT = X
    return X


def changes_torch(X: Tensor) -> Tensor:
    torch.relu = torch.abs
    return X


def changes_an_entry_of_a_global(X: Tensor) -> Tensor:
    SIZES["n"] = X  # type: ignore[assignment]  # never run
    return X


def sets_a_default(X: Tensor) -> Tensor:
    torch.set_default_dtype(torch.float64)
    return X


def seeds(X: Tensor) -> Tensor:
    torch.manual_seed(0)
    return X


def draws_with_numpy(X: Tensor) -> Any:
    return np.random.rand(3)


def draws_with_python(X: Tensor) -> Any:
    return random.random() * X


def sleeps(X: Tensor) -> Tensor:
    time.sleep(9)  # it is never run
    return X


def catches_everything(X: Tensor) -> Tensor:
    try:
        return X.abs()
    except:  # noqa: E722  # what the guard must not miss
        return X


def catches_interrupts(X: Tensor) -> Tensor:
    try:
        return X.abs()
    except (ValueError, KeyboardInterrupt):
        return X


def counts_without_end(X: Tensor) -> Any:
    return [X for _ in itertools.count()]


def yields(X: Tensor) -> Iterator[Tensor]:
    yield X


def defines_a_class(X: Tensor) -> Any:
    class Own:
        pass

    return Own()


def calls_what_prints(X: Tensor) -> Tensor:
    return prints(X)


def calls_an_object_of_a_library(X: Tensor) -> Any:
    return LAYER(X)


def hides_a_call_in_a_default(X: Tensor, log: Any = print) -> Tensor:
    log(X)
    return X


REFUSED = [
    opens, opens_by_another_name, opens_from_builtins, prints, displays, writes_to_the_screen, runs_a_process, runs_a_command,
    imports_what_runs_a_command, imports_by_name, asks, saves, saves_by_an_imported_name, saves_with_another_name_for_torch,
    loads_from_the_network, writes_an_array, saves_an_array, deletes_a_file, executes, evaluates, gets_by_name, goes_through_classes,
    loops_without_end, loops_until, keeps_in_a_global, changes_torch, changes_an_entry_of_a_global, sets_a_default, seeds,
    draws_with_numpy, draws_with_python, sleeps, catches_everything, catches_interrupts, counts_without_end,
    yields, defines_a_class, calls_what_prints,
    calls_an_object_of_a_library, hides_a_call_in_a_default,
]  # fmt: skip


@pytest.mark.parametrize("function", REFUSED, ids=lambda function: function.__name__)
def test_what_may_do_more_than_compute_is_not_run(function: Callable[..., Any]) -> None:
    assert not _allowed(function)


def computes(X: Tensor, W: Tensor) -> Tensor:
    Z: Tensor = X @ W
    for row in Z:
        row += 1
    return torch.where(Z > 0, F.relu(Z), math.pi * torch.zeros_like(Z))


def helps(X: Tensor) -> Tensor:
    return X * WEIGHT


def calls_a_function_of_its_own(X: Tensor) -> Tensor:
    return helps(X) + len(SIZES)


def imports_what_computes(X: Tensor) -> Any:
    import math

    from torch.nn.functional import relu

    return relu(X) * math.e


def writes_into_its_argument(params: dict[str, Tensor]) -> None:
    with torch.no_grad():
        params["W"].grad = None
        params["W"] -= 1


def goes_through_indices(X: Tensor) -> Any:
    return [X[at] for at in itertools.product(*map(range, X.shape))]


def raises(X: Tensor) -> Any:
    def inner(Y: Tensor) -> Tensor:
        return Y.sum(0)

    try:
        return [inner(Y) for Y in X]
    except IndexError as error:
        raise ValueError("empty") from error


def keeps_in_a_list(X: Tensor) -> int:
    SEEN.append(X)
    WEIGHT.add_(1)
    return len(SEEN)


ALLOWED = [
    computes, calls_a_function_of_its_own, imports_what_computes, goes_through_indices, writes_into_its_argument, raises, keeps_in_a_list,
]  # fmt: skip


@pytest.mark.parametrize("function", ALLOWED, ids=lambda function: function.__name__)
def test_what_computes_is_run(function: Callable[..., Any]) -> None:
    assert _allowed(function)


def test_what_is_run_reaches_nothing_that_the_original_holds() -> None:
    definition = definition_of(keeps_in_a_list)
    assert definition is not None
    namespace = surroundings(keeps_in_a_list, definition)
    assert namespace is not None
    assert namespace["SEEN"] == []
    assert namespace["SEEN"] is not SEEN
    assert namespace["WEIGHT"] is not WEIGHT
    assert set(namespace) == {"SEEN", "WEIGHT", "__builtins__"}


def test_what_is_run_has_no_builtin_that_does_more() -> None:
    definition = definition_of(computes)
    assert definition is not None
    namespace = surroundings(computes, definition)
    assert namespace is not None
    assert not {"open", "print", "input", "exec", "eval", "getattr"} & set(namespace["__builtins__"])


def test_functions_of_the_same_author_run_in_the_copy_as_well() -> None:
    definition = definition_of(calls_a_function_of_its_own)
    assert definition is not None
    namespace = surroundings(calls_a_function_of_its_own, definition)
    assert namespace is not None
    assert namespace["helps"].__globals__ is namespace
    assert namespace["WEIGHT"] is not WEIGHT


def test_what_a_closure_holds_is_copied() -> None:
    scale = torch.ones(1)

    def scaled(X: Tensor) -> Tensor:
        return X * scale

    definition = definition_of(scaled)
    assert definition is not None
    namespace = surroundings(scaled, definition)  # type: ignore[arg-type]  # a plain function
    assert namespace is not None
    assert namespace["scale"] is not scale
    assert torch.equal(namespace["scale"], scale)


@pytest.mark.parametrize(
    "answer",
    [len, torch.relu, nn.ReLU(), functools.partial(computes, W=WEIGHT), lambda X: X, Tensor.abs],
    ids=["builtin", "PyTorch's", "object", "partial", "lambda", "method"],
)
def test_what_has_no_definition_of_its_own_has_none(answer: Any) -> None:
    assert definition_of(answer) is None
