"""What a submission may cost is said once: settings and helps that repeat it say the same."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from grading.commands import autograde
from grading.engine.limits import DEFAULT_LIMITS
from grading.engine.stock.preprocessors import SandboxedExecute
from grading.sandbox.confinement.bounds import DEFAULT_BOUNDS, Bounds
from grading.sandbox.forkserver.provisioner import BubblewrapProvisioner, SandboxProvisioner

ROOT = Path(__file__).parents[2]


def test_a_kernel_may_use_the_same_whoever_starts_it() -> None:
    limits = DEFAULT_LIMITS
    assert Bounds(limits.memory_bytes, limits.processes, limits.disk_bytes) == DEFAULT_BOUNDS
    assert SandboxProvisioner().bounds == BubblewrapProvisioner().bounds == DEFAULT_BOUNDS


def test_the_help_of_autograde_and_the_settings_of_the_course_say_the_default_budget() -> None:
    parser = argparse.ArgumentParser()
    autograde.add_arguments(parser)
    assert f"seconds of the processor (default {DEFAULT_LIMITS.seconds:g})" in " ".join(parser.format_help().split())
    settings = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    assert re.findall(r"^c\.SandboxedExecute\.time_budget = (.+)$", settings, re.M) == [str(DEFAULT_LIMITS.seconds)]
    assert SandboxedExecute().time_budget == DEFAULT_LIMITS.seconds
