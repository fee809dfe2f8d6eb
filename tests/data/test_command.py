from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import pytest

from grading.__main__ import main
from grading.data import files
from grading.data.bundled import HELD_OUT, load_sample
from grading.data.files import read_packed, write_unpacked

needs_the_full_set = pytest.mark.skipif(
    not files.SYSTEM_PACKAGE.is_dir(), reason="Debian's package dataset-fashion-mnist is not installed"
)


def test_status_says_for_each_place_what_it_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(files, "SYSTEM_PACKAGE", tmp_path / "nothing")
    assert main(["data", "--root", str(tmp_path)]) == 0
    cache, package, sample = capsys.readouterr().out.splitlines()
    assert cache.startswith(f"cache           no: there is no {tmp_path}")
    assert package.startswith("system package  no: there is no ")
    assert sample.startswith("bundled sample  yes: 6,000 images in ")


@needs_the_full_set
def test_download_fetches_nothing_that_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_unpacked(files.raw_folder(tmp_path), read_packed(files.SYSTEM_PACKAGE))
    monkeypatch.setattr("grading.data.download.MIRRORS", ())
    assert main(["data", "download", "--root", str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"All 70,000 images are in {files.raw_folder(tmp_path)}\n"


@needs_the_full_set
def test_sample_writes_the_sample_that_is_bundled(tmp_path: Path) -> None:
    target = tmp_path / "sample.gz"
    assert main(["data", "sample", "--root", str(tmp_path), "--output", str(target)]) == 0
    assert load_sample(target) == load_sample()


@needs_the_full_set
def test_held_out_writes_the_images_that_graders_have(tmp_path: Path) -> None:
    target = tmp_path / "held-out.gz"
    assert main(["data", "held-out", "--root", str(tmp_path), "--output", str(target)]) == 0
    assert gzip.decompress(target.read_bytes()) == gzip.decompress(HELD_OUT.read_bytes())


@pytest.mark.parametrize("what", ["sample", "held-out"])
def test_images_cannot_be_cut_from_nothing(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(files, "SYSTEM_PACKAGE", tmp_path / "nothing")
    assert main(["data", what, "--root", str(tmp_path), "--output", str(tmp_path / "images.gz")]) == 1
    assert "Run `python -m grading data download` first" in capsys.readouterr().err


def test_finding_and_fetching_the_files_imports_no_torch() -> None:
    program = "import sys, grading.data.download, grading.commands.data; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
