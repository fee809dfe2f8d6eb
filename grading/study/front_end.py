"""What a notebook shows around a check: no error's red bar below a card, and nothing that the answer displays above it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from grading.errors import CheckFailed
from grading.study.panel import in_notebook


def leave_the_card_alone() -> None:
    """Have a cell that ends with CheckFailed show no error where a person has run it: the card above has said it all.

    The cell still fails, so that "Run All" stops there. Programs that run notebooks, such as nbgrader and nbconvert, get the error:
    they find failed cells by it. Where somebody has told IPython what to do with errors, that stays, and a line shows below the card.
    """
    shell = _shell()
    if shell is not None and tuple(shell.custom_exceptions) == ():
        shell.set_custom_exc((CheckFailed,), _on_failure)


def _on_failure(shell: Any, kind: Any, error: Any, traceback: Any, tb_offset: int | None = None) -> None:
    if not _person_is_there(shell):
        shell.showtraceback((kind, error, traceback))


def _person_is_there(shell: Any) -> bool:
    """Tell whether whoever runs the cell could be asked for input: a front end says so, a program does not."""
    request = shell.get_parent() if hasattr(shell, "get_parent") else {}
    return bool(request.get("content", {}).get("allow_stdin"))


@contextmanager
def displays_as_text() -> Iterator[None]:
    """Print what is displayed meanwhile, as text: where prints are kept, it is kept with them, and no cell is flooded."""
    publisher: Any = getattr(_shell(), "display_pub", None)
    if not hasattr(publisher, "register_hook"):
        yield
        return
    publisher.register_hook(_print)
    try:
        yield
    finally:
        publisher.unregister_hook(_print)


def _print(message: Mapping[str, Any]) -> None:
    data = message.get("content", {}).get("data", {})
    if data:
        print(data.get("text/plain", f"({', '.join(data)})"))


def _shell() -> Any:
    if not in_notebook():
        return None
    from IPython.core.getipython import get_ipython

    return get_ipython()
