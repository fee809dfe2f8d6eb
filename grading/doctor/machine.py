"""The machine: its device and threads, Graphviz, folders and disk, and whether a class could be graded in a sandbox."""

from __future__ import annotations

import os
import sys
from typing import Any

from grading.doctor.apart import Reply
from grading.doctor.finding import Finding, remark, well, wrong

_MIB, _GIB = 1 << 20, 1 << 30
# Below this nothing can be saved any more; below that, Fashion-MNIST and what torch writes may not fit.
_NO_ROOM, _LITTLE_ROOM = 50 * _MIB, 1 * _GIB
_GRAPHVIZ = {
    "darwin": "brew install graphviz",
    "win32": "winget install graphviz",
}


def device(reply: Reply, torch_works: bool) -> Finding:
    """Say where the checks run, and with how many threads."""
    if not torch_works:
        return remark("device", "not known without torch", "fix torch first")
    if reply.fault:
        told = reply.fault.removeprefix("CourseError: ")
        return wrong("device", told, "set MLP_COURSE_DEVICE=cpu or leave it unset")
    found = reply.value
    name = f" ({found['name']})" if found["name"] else ""
    threads = int(found["threads"])
    count = f"{threads} thread{'s' if threads != 1 else ''}"
    text = f"{found['device']}{name}, {count}"
    if threads > 1 and found["free"] + 1 < threads:
        words = f"{text}; about {max(0, found['free']):.0f} of the processors have nothing else to do just now"
        return remark("device", words, "the lessons take fewer by themselves; elsewhere set OMP_NUM_THREADS=1")
    return well("device", text)


def dot(reply: Reply) -> Finding:
    """Say whether Graphviz can draw. Figures are drawn without it, too, only less well."""
    install = _GRAPHVIZ.get(sys.platform, "sudo apt install graphviz, or what your system has in its place")
    if reply.fault:
        return remark("Graphviz", f"dot cannot be used ({reply.fault})", f"install it again: {install}")
    if not reply.value["program"]:
        return remark("Graphviz", "there is no dot here; graphs are drawn by other means", install)
    if reply.value["fault"]:
        return remark("Graphviz", f"dot cannot draw ({reply.value['fault']})", f"install it again: {install}")
    return well("Graphviz", f"{reply.value['program']} draws")


def folders(reply: Reply) -> list[Finding]:
    """Say whether there is room and the right to write in each folder."""
    if reply.fault:
        return [remark("folders", f"not known ({reply.fault})", "see whether a disk of the network hangs")]
    return [_folder(name, told) for name, told in reply.value.items()]


_SUBJECTS = {
    "course": ("this folder", "work in a folder of your own, or make room here"),
    "temporary": ("temporary", "set TMPDIR (TEMP on Windows) to a folder that you may write into"),
    "cache": ("cache", "set MLP_COURSE_DATA to a folder that you may write into"),
    "progress": ("progress", "set MLP_COURSE_PROGRESS to a file that you may write, or to off"),
}
# Without these nothing can be saved, or nothing runs; without the others something is not remembered.
_NEEDED = frozenset({"course", "temporary"})


def _folder(name: str, told: dict[str, Any]) -> Finding:
    subject, remedy = _SUBJECTS[name]
    say = wrong if name in _NEEDED else remark
    where = told["folder"] or "no folder"
    if told["fault"]:
        return say(subject, f"{where}: nothing can be written there ({told['fault']})", remedy)
    free = told["free"]
    if free is not None and free < _NO_ROOM:
        return say(subject, f"{where}: only {free / _MIB:.0f} MiB are free", "make room on that disk")
    if free is not None and free < _LITTLE_ROOM:
        return remark(subject, f"{where}: only {free / _MIB:.0f} MiB are free", "make room on that disk")
    return well(subject, f"{where}{f', {free / _GIB:,.0f} GiB free' if free is not None else ''}")


def sandbox(reply: Reply | None) -> Finding:
    """Say whether submissions could be isolated here. reply: None where nbgrader is not installed."""
    unsafe = "MLP_COURSE_UNSAFE_NO_SANDBOX"
    if reply is None:
        return well("sandbox", "not looked at; only who grades a class needs it")
    if reply.fault:
        return remark("sandbox", f"not known ({reply.fault})", "fix torch first; only who grades a class needs it")
    if not reply.value["kind"]:
        why = str(reply.value["fault"]).partition(". ")[0]
        return remark("sandbox", why, "install bubblewrap, or grade on Linux; learning needs neither")
    if os.environ.get(unsafe):
        return remark("sandbox", f"none, because {unsafe} is set: submissions run with your rights", f"unset {unsafe}")
    return well("sandbox", str(reply.value["kind"]))
