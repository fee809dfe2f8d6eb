"""What the tests of figures share."""

from __future__ import annotations

import matplotlib as mpl
import pytest

mpl.use("Agg")


@pytest.fixture
def without_dot(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no program be found, Graphviz's dot among them."""
    monkeypatch.setenv("PATH", "")
