"""Training that is as fast as the machine allows, for the models and data of d2l.

>>> from grading.training import Trainer  # in place of `from d2l.torch import Trainer`; nothing else changes
>>> trainer = Trainer(max_epochs=10)
>>> trainer.fit(model, data)

Each name is loaded when it is first used: only `Trainer` needs d2l.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grading.training.following import follow
    from grading.training.live import show_board
    from grading.training.threads import use_free_processors
    from grading.training.trainer import Trainer
    from grading.training.trial_run import try_out

__all__ = ["Trainer", "follow", "show_board", "try_out", "use_free_processors"]

_HOMES = {
    "Trainer": "trainer",
    "follow": "following",
    "show_board": "live",
    "try_out": "trial_run",
    "use_free_processors": "threads",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"grading.training.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'grading.training' has no attribute {name!r}")
