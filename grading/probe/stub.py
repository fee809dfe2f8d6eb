"""What a TODO looks like before anybody has written in it: the released stub, whatever its comments and its docstring say."""

from __future__ import annotations

from types import CodeType
from typing import Any


def _released() -> None:
    raise NotImplementedError()


def _without_parentheses() -> None:
    raise NotImplementedError


# A docstring is a constant that no instruction loads, and comments leave no trace: instructions and names tell.
_STUBS = frozenset((one.__code__.co_code, one.__code__.co_names) for one in (_released, _without_parentheses))


def is_stub(code: CodeType | None) -> bool:
    """Tell whether the code of a function does what the released stub does, and nothing else."""
    return code is not None and (code.co_code, code.co_names) in _STUBS


def unwritten_function(error: BaseException) -> CodeType | None:
    """Return the code of the stub that raised the error, or None if something else did.

    PyTorch and IPython raise NotImplementedError, too, about a dtype or about an input that nobody can give.
    """
    if type(error) is not NotImplementedError:
        return None
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    code = last.tb_frame.f_code if last is not None else None
    return code if is_stub(code) else None


def code_of(function: Any) -> CodeType | None:
    """Return the code of a plain function or method; None for anything else that can be called."""
    code = getattr(getattr(function, "__func__", function), "__code__", None)
    return code if isinstance(code, CodeType) else None
