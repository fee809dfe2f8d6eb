"""Everything that is looked at, in the order in which it is told."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

from grading.doctor import course, libraries, machine
from grading.doctor.apart import ROOT, Apart
from grading.doctor.finding import Finding, remark
from grading.doctor.requirements import installed, of_the_course

# In seconds: what may be cold and large, what starts torch again, what takes moments.
_LIBRARY, _SANDBOX, _QUICK = 120.0, 90.0, 20.0


def examine() -> Iterator[Finding]:
    """Look at everything, each thing as soon as it is known. Raises nothing, however broken the installation is."""
    running = {
        "libraries": Apart("torch", "torchvision", "device", "d2l", seconds=_LIBRARY),
        "dot": Apart("dot", seconds=_QUICK),
        "files": Apart("folders", "data", seconds=_QUICK),
    }
    if installed("nbgrader"):
        running["sandbox"] = Apart("sandbox", seconds=_SANDBOX)
    try:
        for name, look in _looks(running):
            try:
                yield from look()
            except Exception as error:
                # What nobody has foreseen, and there is always something, hides nothing else.
                yield remark(name, f"cannot be looked at ({type(error).__name__}: {error})", "tell us, with this line")
    finally:
        for each in running.values():
            each.end()


def _looks(running: dict[str, Apart]) -> list[tuple[str, Callable[[], list[Finding]]]]:
    big, files = running["libraries"], running["files"]
    apart = running.get("sandbox")
    needs = of_the_course(ROOT).get("torch") or ">=2.6,<3"

    def device() -> list[Finding]:
        works = not big.reply("torch").fault
        return [machine.device(big.reply("device"), works)]

    def pair() -> list[Finding]:
        version = str(big.reply("torch").value.get("version", ""))
        return [libraries.torchvision(big.reply("torchvision"), version, libraries.partner_required())]

    return [
        ("Python", lambda: [libraries.python()]),
        ("course", lambda: [course.version()]),
        ("name", lambda: [course.namesake()]),
        ("address", lambda: [course.address()]),
        ("libraries", lambda: [libraries.others()]),
        ("Jupyter", libraries.jupyter),
        ("Graphviz", lambda: [machine.dot(running["dot"].reply("dot"))]),
        ("folders", lambda: machine.folders(files.reply("folders"))),
        ("data", lambda: [course.data(files.reply("data"), os.environ.get("MLP_COURSE_DATA_SOURCE", ""))]),
        ("torch", lambda: [libraries.torch(big.reply("torch"), needs)]),
        ("torchvision", pair),
        ("device", device),
        ("d2l", lambda: [libraries.d2l(big.reply("d2l"))]),
        ("sandbox", lambda: [machine.sandbox(apart.reply("sandbox") if apart else None)]),
    ]
