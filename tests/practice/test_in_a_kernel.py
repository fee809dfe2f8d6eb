"""In a real kernel a drill comes as a cell, is fixed there, and is remembered by the next kernel."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.manager import start_new_kernel

from grading.study.place import VARIABLE

_SECONDS = 120


def _run(client: Any, code: str) -> tuple[list[str], list[str], list[str]]:
    """Run a cell; return the HTML that it shows, the cells that it puts below, and its errors."""
    shown: list[str] = []

    def hook(message: dict[str, Any]) -> None:
        content = message["content"]
        if message["msg_type"] in ("display_data", "execute_result"):
            shown.append(content["data"].get("text/html", ""))

    reply = client.execute_interactive(code, output_hook=hook, timeout=_SECONDS)["content"]
    cells = [one["text"] for one in reply.get("payload", ()) if one["source"] == "set_next_input"]
    return shown, cells, reply.get("traceback", [])


@pytest.mark.slow
def test_a_drill_is_a_cell_below_that_is_fixed_and_remembered(kept: Path) -> None:
    environment = {**os.environ, VARIABLE: str(kept)}
    setup = "import torch; from torch import Tensor; from grading import drill, review, parsons"
    manager, client = start_new_kernel(kernel_name="python3", env=environment)
    try:
        assert _run(client, setup)[2] == []
        (card,), (cell,), errors = _run(client, "drill('relu', 2)")
        assert errors == [] and "expected" in card and "def relu" not in card
        assert cell.startswith("def relu(X: Tensor) -> Tensor:") and cell.endswith("drill.check(relu)")
        (wrong,), _, errors = _run(client, cell)
        assert errors == [] and "not fixed yet" in wrong
        (right,), _, errors = _run(client, cell.replace("torch.abs(X)", "torch.where(X > 0, X, 0)"))
        assert errors == [] and "relu 2 is fixed" in right
        (lines,), _, errors = _run(client, "parsons('backward')")
        assert errors == [] and "<pre" in lines
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    manager, client = start_new_kernel(kernel_name="python3", env=environment)
    try:
        (card,), _, errors = _run(client, f"{setup}; drill('relu')")
        assert errors == [] and "Drill relu 2 " not in card
        (said,), _, errors = _run(client, "review()")
        assert errors == [] and "nothing to review yet" in said
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
