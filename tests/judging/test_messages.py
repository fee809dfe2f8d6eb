"""The exact words of verdicts: a table from answer to text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from IPython.core.error import StdinNotImplementedError

from grading import exercise, judge


def _forgets_return(X: torch.Tensor) -> None:
    X.clamp(min=0)


def _todo(X: torch.Tensor) -> Any:
    """Return max(x, 0)."""
    # YOUR CODE HERE
    raise NotImplementedError()


def _unfinished(X: torch.Tensor) -> Any:
    X.clamp(min=0)
    raise NotImplementedError()


def _calls_a_stub(X: torch.Tensor) -> Any:
    return _todo(X)


def _caret(X: torch.Tensor) -> Any:
    return X ^ 2


def _asks(X: torch.Tensor) -> Any:
    raise StdinNotImplementedError(
        "raw_input was called, but this frontend does not support input requests."
    )  # what `input()` does in a kernel without a front end


def _ellipsis(X: torch.Tensor) -> Any:
    return ...


def _numpy(X: torch.Tensor) -> Any:
    return np.maximum(X.detach().numpy(), 0)


def _wrong_shape(X: torch.Tensor) -> torch.Tensor:
    return X.clamp(min=0).flatten()[None]


def _wrong_dtype(X: torch.Tensor) -> torch.Tensor:
    return X.clamp(min=0).double()


def _cpu(X: torch.Tensor) -> torch.Tensor:
    return torch.maximum(X, torch.zeros(X.shape, dtype=X.dtype))


def _raises(X: torch.Tensor) -> torch.Tensor:
    return X @ torch.ones(99, 99)


def _too_few(X: torch.Tensor, slope: float) -> torch.Tensor:
    return X * slope


def _doubled(X: torch.Tensor) -> torch.Tensor:
    return 2 * X.clamp(min=0)


def _tiny(X: torch.Tensor) -> torch.Tensor:
    return X.clamp(min=0) + 0.25


def _forbidden(X: torch.Tensor) -> torch.Tensor:
    return torch.relu(X)


MESSAGES: list[tuple[str, Callable[..., Any], str]] = [
    (
        "forgot return",
        _forgets_return,
        "relu: it returned nothing.\nDid you forget a `return` statement? Every way through the function needs one; "
        "without it, or with `pass`, `None` comes back.",
    ),
    ("left the TODO", _todo, "relu: not attempted."),
    (
        "returned an ellipsis",
        _ellipsis,
        "relu: it should be a tensor.\nWrite the result where `...` stands.\n  got       `...`",
    ),
    (
        "left the stub's last line",
        _unfinished,
        "relu: it raised NotImplementedError.\n"
        "Take the line `raise NotImplementedError()` away: it ends the function before there is a result.\n"
        "  error     NotImplementedError\n"
        f"  in        line {_unfinished.__code__.co_firstlineno + 2}: raise NotImplementedError()\n"
        "  input     X (6, 3)",
    ),
    (
        "calls what is not written yet",
        _calls_a_stub,
        "relu: `_todo`, which it calls, is not written yet.\n"
        "Write `_todo` first.\n"
        f"  in        line {_todo.__code__.co_firstlineno + 3} of _todo: raise NotImplementedError()\n"
        "  input     X (6, 3)\n"
        f"  called in line {_calls_a_stub.__code__.co_firstlineno + 1} of _calls_a_stub: return _todo(X)",
    ),
    (
        "a power with a caret",
        _caret,
        "relu: it raised NotImplementedError.\n"
        "In Python `^` does not mean a power, which is written with two asterisks: `x ** 2`.\n"
        "  error     NotImplementedError: \"bitwise_xor_cpu\" not implemented for 'Float'\n"
        f"  in        line {_caret.__code__.co_firstlineno + 1}: return X ^ 2    X (6, 3)\n"
        "  input     X (6, 3)",
    ),
    (
        "asks for input",
        _asks,
        "relu: it raised StdinNotImplementedError.\n"
        "It asks for input, and there is nobody to answer: everything it needs is in its arguments.\n"
        "  error     StdinNotImplementedError: raw_input was called, but this frontend does not support input requests.\n"
        f"  in        line {_asks.__code__.co_firstlineno + 1}: raise StdinNotImplementedError(\n"
        "  input     X (6, 3)",
    ),
    (
        "returned NumPy",
        _numpy,
        "relu: it should be a tensor.\n"
        "Stay with PyTorch's functions: NumPy works on the CPU only, and autograd cannot see what it does.\n"
        "  got       a NumPy array of shape (6, 3)",
    ),
    (
        "wrong shape",
        _wrong_shape,
        "relu: the result has the wrong shape.\n"
        "  expected  (6, 3)   same as X\n"
        "  got       (1, 18)\n"
        "  input     X (6, 3)",
    ),
    (
        "wrong dtype",
        _wrong_dtype,
        "relu: the result has the wrong dtype.\n"
        "It should follow its inputs: no fixed dtype, no `.float()` or `.double()` on the way out.\n"
        "  expected  float32\n"
        "  got       float64\n"
        "The rest is right: 0.8 of 1 point.",
    ),
    (
        "made on the CPU",
        _cpu,
        "relu: it would fail on a GPU.\n"
        "The zeros are made on the CPU, whatever the device of X. Use torch.zeros_like(X), or no tensor of zeros at all.\n"
        "  reason    a tensor made on the CPU meets one on the device of the inputs\n"
        "The rest is right: 0.8 of 1 point.",
    ),
    (
        "raises",
        _raises,
        "relu: it raised RuntimeError.\n"
        "A matrix product needs as many columns in the left factor, here 3, as rows in the right one, here 99. In this course "
        "every row of X is an example, and a weight matrix has a row for each input: X @ W.\n"
        "  error     RuntimeError: mat1 and mat2 shapes cannot be multiplied (6x3 and 99x99)\n"
        f"  in        line {_raises.__code__.co_firstlineno + 1}: return X @ torch.ones(99, 99)    X (6, 3)\n"
        "  input     X (6, 3)",
    ),
    (
        "a constant factor",
        _doubled,
        "relu: wrong values.\n"
        "Every element is 2 times the right result.\n"
        "  input     X = [0.5]\n"
        "  expected  [0.5]\n"
        "  got       [1]",
    ),
    (
        "plain facts",
        _tiny,
        "relu: wrong values.\n  input     X = [0]\n  expected  [0]\n  got       [0.25]",
    ),
    (
        "forbidden",
        _forbidden,
        "relu: it leaves the work to PyTorch (relu).\n"
        "Write it with comparisons, products, `torch.where`, `clamp` or `maximum`.",
    ),
]


@pytest.mark.parametrize(("answer", "text"), [row[1:] for row in MESSAGES], ids=[row[0] for row in MESSAGES])
def test_an_answer_gets_exactly_this_message(answer: Callable[..., Any], text: str) -> None:
    assert str(judge(exercise("relu"), answer, device="cpu")) == text


def test_a_wrong_number_of_parameters_is_told_by_python_itself() -> None:
    verdict = judge(exercise("relu"), _too_few, device="cpu")
    assert "missing 1 required positional argument: 'slope'" in str(verdict)


def test_a_single_number_has_no_elements() -> None:
    def thrice(O: torch.Tensor, Y: torch.Tensor, params: Any, weight_decay: float) -> torch.Tensor:
        squares = (params["W1"] ** 2).sum() + (params["W2"] ** 2).sum()
        return 3 * torch.as_tensor(((O - Y) ** 2).mean() + weight_decay / 2 * squares)

    text = str(judge(exercise("objective"), thrice, device="cpu"))
    assert "It is 3 times the right loss." in text, text


def test_no_message_is_longer_than_eight_lines() -> None:
    for _, answer, _ in MESSAGES:
        assert len(judge(exercise("relu"), answer, device="cpu").text_lines()) <= 8
