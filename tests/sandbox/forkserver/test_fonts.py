"""Matplotlib's list of fonts, which a jail gets from the grader."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from grading.sandbox.forkserver.client import end_fork_server, fork_server
from grading.sandbox.forkserver.fonts import lists_of_fonts
from tests.sandbox.forkserver.test_forkserver import run_cells

HIDDEN = "/home/somebody/fonts/Hidden.ttf"


@pytest.fixture
def listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A list of fonts that Matplotlib has made, with one font more of its own and one of a home folder."""
    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path))
    subprocess.run([sys.executable, "-c", "import matplotlib.font_manager"], check=True, env=dict(os.environ))
    path = next(tmp_path.glob("fontlist-*.json"))
    fonts = json.loads(path.read_text())
    own = next(font for font in fonts["ttflist"] if not os.path.isabs(font["fname"]))
    fonts["ttflist"] += [{**own, "name": "Marked"}, {**own, "name": "Hidden", "fname": HIDDEN}]
    path.write_text(json.dumps(fonts))
    return path


def test_a_jail_takes_the_list_without_what_it_cannot_see(listed: Path) -> None:
    end_fork_server()
    fork_server(("matplotlib.font_manager",))
    code = "from matplotlib.font_manager import get_font_names\n[name in get_font_names() for name in ('Marked', 'Hidden')]"
    try:
        assert run_cells(code) == ["[True, False]"]
    finally:
        end_fork_server()
    assert HIDDEN in listed.read_text()
    assert HIDDEN not in lists_of_fonts()[listed.name]


def test_a_list_that_cannot_be_read_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path))
    (tmp_path / "fontlist-v1.json").write_text('{"ttflist": [{"name": "no file"}], "afmlist": []}')
    (tmp_path / "fontlist-v2.json").write_text("not JSON")
    (tmp_path / "fontlist-v3.json").write_text('{"ttflist": [], "afmlist": []}')
    assert list(lists_of_fonts()) == ["fontlist-v3.json"]


def test_a_user_without_a_list_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MPLCONFIGDIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "nowhere"))
    assert lists_of_fonts() == {}
