from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from grading.data import fashion, fashion_mnist
from grading.data.bundled import SAMPLE, build_sample, first_of_each_class, load_sample
from grading.data.files import FILES, Contents, DataUnavailable, Missing, raw_folder, read_packed, write_unpacked
from grading.data.idx import read_idx

needs_the_full_set = pytest.mark.skipif(
    not fashion.SYSTEM_PACKAGE.is_dir(), reason="Debian's package dataset-fashion-mnist is not installed"
)


@pytest.fixture(autouse=True)
def a_cache_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MLP_COURSE_DATA", str(tmp_path / "cache"))
    monkeypatch.delenv("MLP_COURSE_DATA_SOURCE", raising=False)
    (tmp_path / "lesson").mkdir()
    monkeypatch.chdir(tmp_path / "lesson")
    return tmp_path / "cache"


@pytest.fixture
def no_system_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fashion, "SYSTEM_PACKAGE", tmp_path / "no package")


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The mirrors replaced by an answer that no one is there; returns the folders that were to be filled."""
    asked: list[Path] = []

    def nobody(folder: Path) -> None:
        asked.append(folder)
        raise DataUnavailable("no connection")

    monkeypatch.setattr(fashion, "download_files", nobody)
    return asked


@pytest.fixture(scope="session")
def full_set() -> Contents:
    contents = read_packed(fashion.SYSTEM_PACKAGE)
    assert not isinstance(contents, Missing), contents
    return contents


@pytest.mark.parametrize("reason", ["autograde", "validate"])
def test_while_a_notebook_is_graded_the_sample_is_used_and_nobody_is_asked(
    monkeypatch: pytest.MonkeyPatch, no_network: list[Path], no_system_package: None, reason: str
) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", reason)
    assert len(fashion_mnist().train_labels) == 5000
    assert no_network == []
    with pytest.raises(DataUnavailable):
        fashion_mnist(source="cache")  # a place that a notebook asks for by name stays what it asked for


def test_the_sample_is_balanced_and_has_the_stated_size() -> None:
    data = fashion_mnist(source="sample")
    assert data.train_images.shape == (5000, 28, 28)
    assert data.train_images.dtype == torch.uint8
    assert data.train_labels.bincount().tolist() == [500] * 10
    assert data.test_labels.bincount().tolist() == [100] * 10
    assert data.test_labels.dtype == torch.int64
    assert SAMPLE.stat().st_size < 2_700_000


def test_the_rule_takes_the_first_of_each_class_in_the_order_of_the_file() -> None:
    labels = torch.tensor([2, 0, 2, 1, 0, 2, 0], dtype=torch.uint8).numpy()
    assert first_of_each_class(labels, 2).tolist() == [0, 1, 2, 3, 4]


def test_whoever_changes_the_sample_changes_no_other_copy_of_it() -> None:
    first = fashion_mnist(source="sample")
    untouched = first.train_images.clone()
    first.train_images.zero_()
    assert torch.equal(fashion_mnist(source="sample").train_images, untouched)


@needs_the_full_set
def test_the_sample_is_what_its_rule_gives_from_the_full_set(full_set: Contents, tmp_path: Path) -> None:
    built = tmp_path / "sample.gz"
    built.write_bytes(build_sample(full_set))
    assert load_sample(built) == load_sample()
    images, _ = read_idx(full_set[FILES[0].name])
    labels, _ = read_idx(full_set[FILES[1].name])
    chosen = fashion_mnist(source="sample").train_images.numpy()
    seen = dict.fromkeys(range(10), 0)
    expected = []
    for image, label in zip(images, labels.tolist(), strict=True):
        seen[label] += 1
        if seen[label] <= 500:
            expected.append(image)
    assert (chosen == expected).all()


def test_licence_and_origin_lie_beside_the_sample() -> None:
    assert "Zalando SE" in (SAMPLE.parent / "LICENSE").read_text(encoding="utf-8")
    assert "first\n500 of each class" in (SAMPLE.parent / "README.md").read_text(encoding="utf-8")


@pytest.mark.usefixtures("no_system_package")
def test_offline_and_with_nothing_installed_the_sample_is_used_and_said(no_network: list[Path]) -> None:
    data = fashion_mnist()
    assert data.origin == "bundled sample of 6,000 images"
    assert str(data) == (
        "Fashion-MNIST: 5,000 training and 1,000 test images, bundled sample of 6,000 images; "
        "`python -m grading data download` gets all 70,000"
    )
    assert [note.partition(":")[0] for note in data.notes] == ["cache", "system", "download"]
    assert len(no_network) == 1


@pytest.mark.usefixtures("no_system_package")
def test_download_false_never_asks_the_network(no_network: list[Path]) -> None:
    assert fashion_mnist(download=False).origin.startswith("bundled")
    assert no_network == []


def test_the_environment_can_choose_the_source_for_a_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLP_COURSE_DATA_SOURCE", "sample")
    assert fashion_mnist().origin.startswith("bundled")


@pytest.mark.usefixtures("no_system_package", "no_network")
@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("cache", "Fashion-MNIST is not available from 'cache': there is no "),
        ("system", "Fashion-MNIST is not available from 'system': there is no "),
        ("download", "no connection"),
        ("attic", "There is no source named 'attic'"),
    ],
)
def test_a_named_source_that_has_nothing_is_an_error_with_its_reason(source: fashion.Source, text: str) -> None:
    with pytest.raises(DataUnavailable, match=text):
        fashion_mnist(source=source)


@needs_the_full_set
def test_the_system_package_fills_the_cache_which_then_serves_torchvision(
    a_cache_of_its_own: Path, no_network: list[Path]
) -> None:
    first, second = fashion_mnist(), fashion_mnist()
    assert (first.origin, second.origin) == ("system package", f"cache ({a_cache_of_its_own})")
    assert str(second).startswith("Fashion-MNIST: 60,000 training and 10,000 test images, cache")
    assert torch.equal(first.test_images, second.test_images)
    assert no_network == []
    from torchvision.datasets import FashionMNIST

    images = FashionMNIST(str(a_cache_of_its_own), train=False, download=False)
    assert torch.equal(images.data, first.test_images)
    assert torch.equal(images.targets, first.test_labels)


@needs_the_full_set
def test_what_d2l_downloaded_beside_the_lesson_is_found(full_set: Contents, no_network: list[Path]) -> None:
    write_unpacked(raw_folder(Path("../data")), full_set)
    assert fashion_mnist(source="cache").test_labels.shape == (10_000,)


@needs_the_full_set
@pytest.mark.usefixtures("no_system_package")
def test_a_truncated_file_in_the_cache_is_not_taken_for_good(
    full_set: Contents, a_cache_of_its_own: Path, no_network: list[Path]
) -> None:
    folder = raw_folder(a_cache_of_its_own)
    write_unpacked(folder, full_set)
    with (folder / FILES[2].name).open("r+b") as file:
        file.truncate(5_000_016)
    data = fashion_mnist()
    assert data.origin.startswith("bundled")
    assert data.notes[0] == f"cache: {FILES[2].name} has 5,000,016 bytes instead of 7,840,016, in {folder}"
    assert no_network == [folder]


@needs_the_full_set
def test_a_cache_that_cannot_be_written_to_is_no_obstacle(a_cache_of_its_own: Path, no_network: list[Path]) -> None:
    a_cache_of_its_own.write_text("a file where a folder should be", encoding="utf-8")
    assert fashion_mnist().origin == "system package"


@pytest.mark.parametrize(
    ("name", "spoil", "reason"),
    [
        ("cut", lambda packed: packed[:-20], "cannot be read"),
        ("not gzip", lambda packed: b"nothing of the kind", "cannot be read"),
        ("damaged", lambda packed: packed[:40] + b"\xff" * 40 + packed[80:], "cannot be read"),
        ("another", lambda packed: gzip.compress(b"something else"), "has 14 bytes instead of"),
    ],
)
def test_a_damaged_archive_is_reported_not_raised(
    tmp_path: Path, name: str, spoil: Callable[[bytes], bytes], reason: str
) -> None:
    packed = gzip.compress(bytes(range(256)) * 200)
    (tmp_path / f"{FILES[0].name}.gz").write_bytes(spoil(packed))
    found = read_packed(tmp_path)
    assert isinstance(found, Missing)
    assert reason in found.reason


def test_a_write_that_is_interrupted_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "raw"
    write_unpacked(folder, {"file": b"old"})

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("os.replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_unpacked(folder, {"file": b"new"})
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"file": b"old"}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not an IDX file"),
        (b"\x00\x00\x08\x02\x00\x00\x00\x02", "the header of the IDX file breaks off"),
        (b"\x00\x00\x08\x01\x00\x00\x00\x05abc", "breaks off after 3 bytes"),
        (b"\x00\x00\x0d\x01\x00\x00\x00\x00", "not an IDX file of unsigned bytes"),
    ],
)
def test_bytes_that_are_no_idx_array_are_refused(content: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_idx(content)
