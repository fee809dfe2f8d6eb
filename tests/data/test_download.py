from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from grading.data.download import MIRRORS, download
from grading.data.files import FILES, DataUnavailable, Missing, read_unpacked
from tests.data.conftest import CONTENTS, SMALL_FILES, Mirrors
from tests.waiting import eventually

ROOT = Path(__file__).parent.parent.parent
FIRST = FILES[0].name

FAULTS = {
    "absent": "HTTP Error 404: Not Found",
    "silent": "no answer within 1 s",
    "stalled": "no answer within 1 s",
    "refused": "Remote end closed connection without response",
    "hung-up": "the file broke off after",
    "cut": "the file broke off after",
    "another": f"{FIRST} has the right size, but it is not the file of Fashion-MNIST (its md5 sum differs)",
    "longer": f"{FIRST} is longer than 96,000 bytes",
    "bomb": f"{FIRST} is longer than 96,000 bytes",
    "page": "what it sent is not a gzip file",
    "empty": "the file broke off after 0 of 96,000 bytes",
}


def patience(kind: str) -> float:
    """Seconds: few only where the test waits for them, since a busy machine may answer late."""
    return 1 if kind in ("silent", "stalled") else 30


def test_a_good_mirror_leaves_the_four_files_unpacked(tmp_path: Path, mirrors: Mirrors) -> None:
    download(tmp_path / "raw", SMALL_FILES, [mirrors("good")])
    assert {path.name: path.read_bytes() for path in (tmp_path / "raw").iterdir()} == CONTENTS


@pytest.mark.parametrize(("kind", "reason"), FAULTS.items(), ids=FAULTS)
def test_a_faulty_mirror_is_named_with_its_fault_and_leaves_nothing(
    tmp_path: Path, mirrors: Mirrors, kind: str, reason: str
) -> None:
    with pytest.raises(DataUnavailable) as caught:
        download(tmp_path, SMALL_FILES, [mirrors(kind)], timeout=patience(kind))
    assert f"  {mirrors(kind)}: {reason}" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", FAULTS)
def test_after_a_faulty_mirror_the_next_one_is_asked(tmp_path: Path, mirrors: Mirrors, kind: str) -> None:
    download(tmp_path, SMALL_FILES, [mirrors(kind), mirrors("good")], timeout=patience(kind))
    assert read_unpacked(tmp_path, SMALL_FILES) == CONTENTS


def test_a_mirror_that_failed_once_is_not_waited_for_again(tmp_path: Path, mirrors: Mirrors) -> None:
    download(tmp_path, SMALL_FILES, [mirrors("silent"), mirrors("good")], timeout=1)
    assert [request for request in mirrors.requests if "silent" in request] == [f"/silent/{FIRST}.gz"]


def test_without_a_network_the_error_says_what_to_do(tmp_path: Path) -> None:
    nobody = "http://127.0.0.1:9/"  # the discard port: nothing listens there
    with pytest.raises(DataUnavailable) as caught:
        download(tmp_path, SMALL_FILES, [nobody])
    lines = str(caught.value).splitlines()
    assert lines[0] == f"{FIRST} of Fashion-MNIST could not be downloaded."
    assert lines[1].startswith(f"  {nobody}: no connection: ")
    assert 'fashion_mnist(source="sample")' in lines[2]
    assert "dataset-fashion-mnist" in lines[3]
    assert str(tmp_path) in lines[4]


def test_a_damaged_file_in_the_cache_is_replaced(tmp_path: Path, mirrors: Mirrors) -> None:
    (tmp_path / FIRST).write_bytes(b"half")
    assert read_unpacked(tmp_path, SMALL_FILES) == Missing(f"{FIRST} has 4 bytes instead of 96,000, in {tmp_path}")
    download(tmp_path, SMALL_FILES, [mirrors("good")])
    assert read_unpacked(tmp_path, SMALL_FILES) == CONTENTS


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for a single child")
@pytest.mark.parametrize("how", ["SIGINT", "SIGKILL"])  # by name: Windows has no SIGKILL
def test_an_interrupted_download_leaves_nothing_broken(tmp_path: Path, mirrors: Mirrors, how: str) -> None:
    program = (
        "from pathlib import Path; from grading.data.download import download; "
        "from tests.data.conftest import SMALL_FILES; "
        f"download(Path({str(tmp_path)!r}), SMALL_FILES, [{mirrors('stalled')!r}], timeout=30)"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    assert eventually(lambda: bool(mirrors.requests)), "the download never began"
    child.send_signal(signal.Signals[how])
    assert child.wait(30) != 0
    assert list(tmp_path.iterdir()) == []


def test_every_mirror_is_an_address_that_file_names_can_follow() -> None:
    assert len(set(MIRRORS)) >= 3
    assert all(mirror.startswith(("https://", "http://")) and mirror.endswith("/") for mirror in MIRRORS)
