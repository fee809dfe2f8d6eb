"""A digest is of everything that it is given, and of nothing else."""

from pathlib import Path

from grading.engine.digests import digest_of_files, fingerprint


def test_a_fingerprint_depends_on_names_contents_and_context() -> None:
    prints = {
        fingerprint({"a": b"1"}),
        fingerprint({"a": b"2"}),
        fingerprint({"b": b"1"}),
        fingerprint({"a": b"1", "b": b""}),
        fingerprint({"a": b"1"}, "x"),
        fingerprint({"a": b"1"}, "x", "y"),
        fingerprint({"a": b"1"}, "xy"),
    }
    assert len(prints) == 7
    assert fingerprint({"a": b"1", "b": b"2"}) == fingerprint({"b": b"2", "a": b"1"})


def test_a_digest_of_files_is_of_their_names_and_contents(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    first = digest_of_files(tmp_path, tmp_path.iterdir())
    (tmp_path / "a").rename(tmp_path / "b")
    second = digest_of_files(tmp_path, tmp_path.iterdir())
    (tmp_path / "b").write_text("2")
    assert len({first, second, digest_of_files(tmp_path, tmp_path.iterdir())}) == 3
