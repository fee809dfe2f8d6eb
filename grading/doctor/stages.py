"""What may hang, crash the interpreter or fail, looked at one after the other, each result a line of JSON behind a mark.

`grading.doctor.apart` runs this text with `python -c`, so that the folder of the learner comes first on the path, as in a
notebook. The arguments: the folder that holds the package `grading`, then the names of the stages.
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

MARK = "\x1e"


def torch() -> dict[str, Any]:
    """Import torch, and compute with it."""
    module = importlib.import_module("torch")
    if not hasattr(module, "Tensor"):
        raise ImportError(f"{where(module)} is called torch and is not PyTorch")
    total = float(module.ones(2, 2).sum())
    if total != 4:
        raise ArithmeticError(f"the sum of four ones is {total}")
    return {"version": str(module.__version__), "file": where(module)}


def torchvision() -> dict[str, Any]:
    """Import torchvision as the lessons do, after `grading`, which fixes what does not matter."""
    ours("grading")
    module = importlib.import_module("torchvision")
    if not hasattr(module, "datasets"):
        raise ImportError(f"{where(module)} is called torchvision and is not PyTorch's")
    return {"version": str(module.__version__), "file": where(module)}


def device() -> dict[str, Any]:
    """Say where the checks run, and with how many threads."""
    course = ours("grading.device")
    chosen = course.require_device(course.default_device())
    threads = importlib.import_module("torch").get_num_threads()
    free = ours("grading.training.threads").free_processors()
    name = importlib.import_module("torch").cuda.get_device_name(chosen) if chosen.type == "cuda" else ""
    return {"device": str(chosen), "name": name, "threads": threads, "free": free}


def d2l() -> dict[str, Any]:
    """Import what the lessons import of d2l."""
    module = importlib.import_module("d2l.torch")
    if not hasattr(module, "Module"):
        raise ImportError(f"{where(module)} is called d2l and is not the book's library")
    return {"version": str(getattr(sys.modules["d2l"], "__version__", "")), "file": where(module)}


def dot() -> dict[str, Any]:
    """Have Graphviz draw a graph of two nodes."""
    program = shutil.which("dot")
    if program is None:
        return {"program": "", "fault": ""}
    drawn = subprocess.run([program, "-Tsvg"], input=b"digraph { a -> b }", capture_output=True, check=False)
    lines = drawn.stderr.decode(errors="replace").strip().splitlines()
    well = drawn.returncode == 0 and b"</svg>" in drawn.stdout
    return {"program": program, "fault": "" if well else (lines or [f"it ended with status {drawn.returncode}"])[0]}


def data() -> dict[str, Any]:
    """Say which places have the whole of Fashion-MNIST, without fetching it, and whether the sample is here."""
    files, bundled = ours("grading.data.files"), Path(ours("grading.data.files").__file__).parent / "sample"
    root = files.default_root()
    places = [("cache", folder, files.read_unpacked) for folder in files.places_of_the_whole_set(root)[:-1]]
    places.append(("system", files.SYSTEM_PACKAGE, files.read_packed))
    found, damaged = [], []
    for name, folder, read in places:
        contents = read(folder)
        if not isinstance(contents, files.Missing):
            found.append((name, str(folder)))
        elif folder.is_dir() and any(folder.iterdir()):
            damaged.append(contents.reason)
    sample = bundled / "fashion-mnist-sample.idx.gz"
    return {"found": found, "damaged": damaged, "sample": sample.is_file() and bool(sample.read_bytes())}


def folders() -> dict[str, Any]:
    """Say of each folder that is written into how much room there is, and why it cannot be written into."""
    study, files = ours("grading.study.place"), ours("grading.data.files")
    progress = study.files()
    try:
        temporary = tempfile.gettempdir()
    except OSError as error:
        temporary = ""
        fault = str(error)
    wanted = {"course": os.getcwd(), "temporary": temporary, "cache": str(files.default_root())}
    if progress:
        wanted["progress"] = str(progress[0].parent)
    known = {name: room(Path(folder)) for name, folder in wanted.items() if folder}
    if not temporary:
        known["temporary"] = {"folder": "", "free": 0, "fault": fault}
    return known


def room(folder: Path) -> dict[str, Any]:
    """Try to write into a folder, or into the nearest one above it that is there; nothing stays of it."""
    there = next(one for one in (folder, *folder.parents) if one.exists() or one == one.parent)
    found: dict[str, Any] = {"folder": str(folder), "free": None, "fault": ""}
    try:
        found["free"] = shutil.disk_usage(there).free
        with tempfile.TemporaryFile(dir=there) as stream:
            stream.write(b"some words")
    except OSError as error:
        found["fault"] = (error.strerror or str(error)).lower()
    return found


def sandbox() -> dict[str, Any]:
    """Say which isolation a grader of a class would have here, and why not another."""
    available = ours("grading.sandbox.forkserver.available")
    try:
        kind = available.isolation().value
    except available.SandboxUnavailable as error:
        return {"kind": "", "fault": str(error)}
    finally:
        ours("grading.sandbox.forkserver.client").end_fork_server()
    return {"kind": kind, "fault": ""}


def ours(name: str) -> Any:
    """Import a module of the course, even where another package of that name comes first on the path."""
    root = sys.argv[1]
    sys.path.insert(0, root)
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(root)


def where(module: Any) -> str:
    """Return the file that a module came from."""
    return str(getattr(module, "__file__", None) or next(iter(getattr(module, "__path__", [])), "a folder"))


def main() -> None:
    """Run the stages that are named; whatever else is printed goes where errors go."""
    own = os.fdopen(os.dup(1), "w", encoding="ascii")
    for name in sys.argv[2:]:
        try:
            result: dict[str, Any] = {"value": globals()[name]()}
        except BaseException as error:  # whatever a broken library raises, SystemExit among it
            lines = str(error).strip().splitlines()
            result = {"error": f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__}
        own.write(f"{MARK}{json.dumps({'stage': name, **result})}\n")
        own.flush()
    # No library may hold up or spoil the end.
    os._exit(0)


if __name__ == "__main__":
    main()
