"""Call a function and write down everything that a judge may want to know, as plain data."""

from __future__ import annotations

import warnings
from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, redirect_stderr, redirect_stdout
from typing import Any

import torch

from grading.probe.call import Blueprint, Call, Failure, Observation
from grading.probe.device_audit import DeviceAudit, tensors_in
from grading.probe.freeze import freeze
from grading.probe.gradients import gradients_of, paths_to
from grading.probe.learner import callers_of, described, entries_of, raising, source
from grading.probe.prints import Beginning
from grading.probe.settings import Settings, Trained
from grading.probe.shapes import shapes_in
from grading.probe.stub import code_of, unwritten_function
from grading.probe.trees import same
from grading.probe.watch import auditing, watching

_MESSAGE = 300


def lay_out(tensor: torch.Tensor, layout: str) -> torch.Tensor:
    """Return a tensor with the same values that lies differently in memory."""
    if layout == "contiguous" or tensor.dim() == 0:
        return tensor.clone()
    if layout == "transposed" and tensor.dim() >= 2:
        return tensor.transpose(0, -1).clone(memory_format=torch.contiguous_format).transpose(0, -1)
    if layout == "offset":
        room = tensor.new_zeros((tensor.shape[0] + 1, *tensor.shape[1:]))
        room[1:] = tensor
        return room[1:]
    room = tensor.new_zeros((*tensor.shape[:-1], 2 * tensor.shape[-1]))
    room[..., ::2] = tensor
    return room[..., ::2]


def materialize(tree: Any, call: Call, built: list[tuple[Blueprint, Any]]) -> Any:
    """Turn plain data into the objects that the learner's function gets."""
    if isinstance(tree, torch.Tensor):
        tensor = lay_out(tree.to(call.device), call.layout)
        if call.requires_grad and tensor.is_floating_point():
            tensor.requires_grad_(True)
        return tensor
    if isinstance(tree, Mapping):
        return {key: materialize(branch, call, built) for key, branch in tree.items()}
    if isinstance(tree, list | tuple):
        return type(tree)(materialize(branch, call, built) for branch in tree)
    if isinstance(tree, Blueprint):
        made = tree.build(call.device)
        built.append((tree, made))
        return made
    return tree


def is_plain(tree: Any) -> bool:
    """Tell whether an argument comes without blueprints: it can be compared with what is there after a call as it is."""
    if isinstance(tree, Mapping):
        return all(map(is_plain, tree.values()))
    if isinstance(tree, list | tuple):
        return all(map(is_plain, tree))
    return isinstance(tree, torch.Tensor | float | int | str | bool) or tree is None


def _read_back(tree: Any, made: list[tuple[Blueprint, Any]]) -> Any:
    for blueprint, thing in made:
        if thing is tree:
            return freeze(blueprint.read(thing))
    return freeze(tree)


def _failure(error: BaseException, function: Callable[..., Any] | None = None) -> Failure:
    try:
        message = " ".join(str(error).split())[:_MESSAGE]
    except KeyboardInterrupt:
        raise
    except BaseException:
        message = ""
    line, shapes = "", ""
    callers: tuple[str, ...] = ()
    entries = list(entries_of(error.__traceback__))
    if entries:
        last = entries[-1]
        line = described(last.tb_frame, last.tb_lineno)
        callers = tuple(callers_of(entries))
        names = ChainMap(last.tb_frame.f_locals, last.tb_frame.f_globals)
        shapes = shapes_in(source(last.tb_frame, last.tb_lineno), names) or shapes_in(raising(last), names)
    stub = unwritten_function(error)
    missing = stub is not None and stub is code_of(function)
    unwritten = "" if stub is None or missing else stub.co_name
    return Failure(type(error).__name__, message, line, missing, unwritten, shapes, callers)


@contextmanager
def _generators_kept(calls: Sequence[Call]) -> Iterator[None]:
    """Give the caller's generators of random numbers their states back afterwards."""
    devices = {call.device for call in calls if call.device.type == "cuda"}
    with torch.random.fork_rng(devices=list(devices)):
        yield


def _seed(call: Call) -> None:
    """Seed the generators that the call may use.

    `torch.manual_seed` would queue work for every kind of accelerator at each call, even where there is none.
    """
    torch.default_generator.manual_seed(call.seed)
    if call.device.type == "cuda":
        torch.cuda.manual_seed(call.seed)


def _is_as_it_was(before: Any, there: Any) -> bool:
    """Tell whether an argument holds the same bits as before; False as well where that is not told at a glance."""
    if type(there) is torch.Tensor and isinstance(before, torch.Tensor) and there.device.type == "cpu":
        return before.dtype == there.dtype and torch.equal(before, there)
    if type(there) is dict and isinstance(before, Mapping):
        return list(there) == list(before) and all(_is_as_it_was(before[key], there[key]) for key in there)
    if type(there) in (list, tuple) and type(before) is type(there):
        return len(there) == len(before) and all(map(_is_as_it_was, before, there))
    return type(there) in (int, float, str, bool) and type(before) is type(there) and bool(before == there)


def _identities(tree: Any) -> list[int]:
    return [id(tensor) for tensor in tensors_in(tree)]


def observe(function: Callable[..., Any], call: Call) -> Observation:
    """Call the function once and return what happened.

    The function gets its arguments by position, in the order of the call. Nothing that it raises leaves this function but
    KeyboardInterrupt; warnings and whatever it prints are caught, so that they cannot spoil a verdict.
    """
    return observe_all(function, [call])[0]


def observe_all(function: Callable[..., Any], calls: Sequence[Call]) -> list[Observation]:
    """Make several calls, one after another, each as `observe` would."""
    with ExitStack() as stack:
        stack.enter_context(_generators_kept(calls))
        stack.enter_context(warnings.catch_warnings())
        stack.enter_context(torch.enable_grad())
        settings = Settings()
        return [_observed(function, call, settings) for call in calls]


def _observed(function: Callable[..., Any], call: Call, settings: Settings) -> Observation:
    built: list[tuple[Blueprint, Any]] = []
    arguments = {name: materialize(tree, call, built) for name, tree in call.arguments.items()}
    before = {
        name: tree if is_plain(tree) else _read_back(arguments[name], built) for name, tree in call.arguments.items()
    }
    identities = {name: _identities(tree) for name, tree in arguments.items()}
    trained = Trained(arguments)
    seen: set[str] = set()
    audit = DeviceAudit() if call.device.type == "cpu" else None
    printed = Beginning()
    value: Any = None
    failure = None
    with redirect_stdout(printed), redirect_stderr(printed):
        _seed(call)
        warnings.simplefilter("ignore")  # again, because the function may have asked for others
        settings.prepare()
        try:
            try:
                with _watch(call, seen, audit):
                    value = _value(function, call, arguments)
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                failure = _failure(error, function)
            left = settings.left() | trained.left()
            if left:
                settings.restore()
                settings.prepare()
            try:
                text = printed.getvalue()
                return _written_down(
                    value, failure, call, arguments, built, before, identities, seen, audit, text, left
                )
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # an object of the learner's that does not let itself be looked at
                return Observation(failure=_failure(error))
        finally:
            settings.restore()


def _watch(call: Call, seen: set[str], audit: DeviceAudit | None) -> AbstractContextManager[object]:
    if not call.watch:
        return nullcontext()
    return watching(seen, audit, call.primitives) if call.banned else auditing(audit)


def _value(function: Callable[..., Any], call: Call, arguments: Mapping[str, Any]) -> Any:
    if call.step is None:
        return function(*arguments.values())
    return call.step.carry_out(function, arguments, call.device)


def _can_be_passed(tensor: torch.Tensor) -> bool:
    """Tell whether autograd can pass back through a tensor; it may be recorded and still have lost what it needs."""
    if not tensor.requires_grad:
        return False
    try:
        # Of a scalar: to start from ones given by hand, PyTorch imports its symbolic algebra, which takes a second.
        tensor.sum().backward(retain_graph=True)
    except Exception:
        return False
    return True


def _written_down(
    value: Any,
    failure: Failure | None,
    call: Call,
    arguments: Mapping[str, Any],
    built: list[tuple[Blueprint, Any]],
    before: Mapping[str, Any],
    identities: Mapping[str, list[int]],
    seen: set[str],
    audit: DeviceAudit | None,
    printed: str,
    left: frozenset[str],
) -> Observation:
    if audit is not None:
        audit.close(value)
    kept = {name for name, tree in arguments.items() if _is_as_it_was(before[name], tree)}
    after = {name: before[name] if name in kept else _read_back(tree, built) for name, tree in arguments.items()}
    returned = list(tensors_in(value))
    frozen = freeze(value)
    found = gradients_of(value, list(paths_to(arguments, call.reach).values())) if call.reach else ()
    gradients = tuple(None if gradient is None else gradient.detach().cpu() for gradient in found)
    connected = tuple(_can_be_passed(tensor) for tensor in returned)
    return Observation(
        value=frozen,
        after=after,
        failure=failure,
        used=frozenset(seen & call.banned),
        device_fault=audit.fault if audit is not None else "",
        devices=tuple(tensor.device.type for tensor in returned),
        connected=connected,
        gradients=gradients,
        left=left,
        same_objects=all(_identities(tree) == identities[name] for name, tree in arguments.items()),
        changed=frozenset(name for name in arguments if name not in kept and not same(before[name], after[name])),
        printed=printed,
    )
