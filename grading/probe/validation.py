"""Validation of observations that another process sent: their form is checked, and what can be looked up is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from grading.probe.call import Call, Failure, Observation
from grading.probe.legible import made_legible
from grading.probe.observe import is_plain
from grading.probe.settings import LEFTOVERS
from grading.probe.trees import same
from grading.probe.wire import RECORDS, WireError, decode


def decode_observation(frame: bytes | bytearray, call: Call) -> Observation:
    """Return the observation of a call that came back from a learner's process.

    None of it is taken on trust. What comes back has plain types and bounded sizes; names that the call does not know are left out;
    and whether an argument changed is looked up in the data, not believed. Raises WireError for anything else.
    """
    found = decode(frame)
    if type(found) is not Observation:
        raise WireError("the answer to a call is not an observation")
    return validated(found, call)


def validated(found: Observation, call: Call) -> Observation:
    """Return the part of an untrusted observation that makes sense for the call. Raises WireError if its types are wrong."""
    failure = found.failure
    if not (failure is None or type(failure) is Failure) or type(found.after) is not dict or _has_records(found):
        raise WireError("an observation is malformed")
    # What is left out is as it came: see `grading.probe.serve.without_the_known`.
    after = {**{name: tree for name, tree in call.arguments.items() if is_plain(tree)}, **found.after}
    if failure is not None and not (
        all(type(text) is str for text in _texts(failure))
        and type(failure.missing) is bool
        and _are(failure.callers, str)
    ):
        raise WireError("a failure is malformed")
    if not all(type(names) is frozenset for names in (found.used, found.changed, found.left)):
        raise WireError("an observation is malformed")
    if not (type(found.device_fault) is type(found.printed) is str and type(found.same_objects) is bool):
        raise WireError("an observation is malformed")
    if not (_are(found.devices, str) and _are(found.connected, bool) and _are_gradients(found.gradients)):
        raise WireError("an observation is malformed")
    sensible = Observation(
        value=found.value,
        after={name: after.get(name) for name in call.arguments},
        failure=None if failure is None else _shortened(failure),
        used=found.used & call.banned,
        device_fault=found.device_fault[:200],
        devices=found.devices,
        connected=found.connected,
        gradients=found.gradients,
        left=found.left & LEFTOVERS,
        same_objects=found.same_objects,
        changed=(found.changed & frozenset(call.arguments)) | _changed(call.arguments, found.after),
        printed=found.printed[:2000],
    )
    return made_legible(sensible)


def _are(values: Any, kind: type) -> bool:
    return type(values) is tuple and all(type(value) is kind for value in values)


def _are_gradients(values: Any) -> bool:
    return type(values) is tuple and all(value is None or type(value) is torch.Tensor for value in values)


def _texts(failure: Failure) -> tuple[object, ...]:
    return failure.type, failure.message, failure.line, failure.unwritten, failure.shapes


def _shortened(failure: Failure) -> Failure:
    return Failure(
        failure.type[:80],
        failure.message[:300],
        failure.line[:300],
        failure.missing,
        failure.unwritten[:80],
        failure.shapes[:200],
        tuple(line[:300] for line in failure.callers[:8]),
    )


def _has_records(found: Observation) -> bool:
    """Tell whether a record stands where only plain data may: a blueprint would be built by the reader."""
    return any(_holds_record(tree) for tree in (found.value, found.after))


def _holds_record(tree: Any) -> bool:
    if isinstance(tree, dict):
        return any(map(_holds_record, tree.values()))
    if isinstance(tree, list | tuple):
        return any(map(_holds_record, tree))
    return type(tree) in RECORDS.values() or isinstance(tree, torch.device | frozenset)


def _changed(arguments: Mapping[str, Any], after: Mapping[str, Any]) -> frozenset[str]:
    """Return the names of the tensors that came back, and with other contents."""
    return frozenset(
        name
        for name, before in arguments.items()
        if isinstance(before, torch.Tensor) and name in after and not same(before, after[name])
    )
