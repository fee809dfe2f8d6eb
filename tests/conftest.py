"""What every test gets: markers that skip, with a reason, where the machine lacks what they need."""

from __future__ import annotations

import os
import shutil
import signal

import pytest
from hypothesis import settings

# Set before anything imports matplotlib: figures are drawn into memory, also where there is a screen.
os.environ.setdefault("MPLBACKEND", "agg")

# What tests check is not the progress of who runs them.
os.environ["MLP_COURSE_PROGRESS"] = "off"

# The same examples in every run, so that a run can be repeated; `HYPOTHESIS_PROFILE=search` looks for new ones.
settings.register_profile("repeatable", derandomize=True)
settings.register_profile("search", derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


# A shell starts what it runs in the background with interrupts ignored, and that is inherited by programs that tests interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("cuda"):
        import torch

        if not torch.cuda.is_available():
            pytest.skip("no NVIDIA GPU that this torch can use")
    if item.get_closest_marker("browser") and not (shutil.which("chromium") or shutil.which("google-chrome")):
        pytest.skip("no Chromium; on Debian: apt-get install chromium")
