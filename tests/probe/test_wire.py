"""What crosses the border between the grader and a submission arrives as it was, and nothing else arrives.

The file is long because both ends of the border are tried with the same values.
"""

import json
import math
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import grading.probe
from grading.catalogue import exercise, exercises
from grading.engine.execution import remote_answer
from grading.engine.execution.remote_answer import AnswerLost, RemoteAnswer
from grading.judging import judge
from grading.judging.exercise import Exercise
from grading.judging.judge import passes
from grading.probe import wire
from grading.probe.blueprints import Pairs
from grading.probe.call import Call, Failure, Observation
from grading.probe.freeze import ORDINARY_DTYPES, Unknown
from grading.probe.observe import observe
from grading.probe.serve import answer_calls, without_the_known
from grading.probe.validation import decode_observation
from grading.probe.wire import HEADER, WireError, decode, encode

DTYPES = list(ORDINARY_DTYPES)
NAMES = st.text(max_size=8)


@st.composite
def tensors(draw: st.DrawFn) -> torch.Tensor:
    shape = draw(st.lists(st.integers(0, 4), max_size=3))
    values = torch.tensor(draw(st.lists(st.integers(0, 100), min_size=math.prod(shape), max_size=math.prod(shape))))
    tensor = values.reshape(shape).to(draw(st.sampled_from(DTYPES)))
    return tensor.transpose(0, -1) if len(shape) > 1 and draw(st.booleans()) else tensor


ARRAYS = st.builds(
    lambda values, name: np.array(values).astype(name),
    st.lists(st.integers(0, 100), max_size=5),
    st.sampled_from(sorted(wire.ARRAY_TYPES)),
)
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | NAMES | tensors() | ARRAYS
    | st.sampled_from([Ellipsis, NotImplemented, np.float32(2.5), np.bool_(True), np.int64(-3)])
    | st.builds(Unknown, NAMES)
)  # fmt: skip
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.lists(inner, max_size=4).map(tuple) | st.dictionaries(NAMES, inner, max_size=4)
    ),
    max_leaves=12,
)


def alike(one: Any, other: Any) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, torch.Tensor):
        return one.dtype == other.dtype and one.shape == other.shape and one.tolist() == other.tolist()
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and one.tolist() == other.tolist()
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(map(alike, one.values(), other.values()))
    if is_dataclass(one):
        return all(alike(getattr(one, part.name), getattr(other, part.name)) for part in fields(one))
    if isinstance(one, Unknown):
        return one.type_name == str(other.type_name)
    return bool(one == other) or (one != one and other != other)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(VALUES)
def test_plain_data_arrives_as_it_was(value: Any) -> None:
    assert alike(decode(encode(value)), value)


def test_every_blueprint_and_step_of_the_probe_can_be_sent() -> None:
    declared = set()
    for module in iter_modules(grading.probe.__path__):
        for found in vars(import_module(f"grading.probe.{module.name}")).values():
            described = isinstance(found, type) and is_dataclass(found)
            if described and (hasattr(found, "build") or hasattr(found, "carry_out")):
                declared.add(found)
    assert declared - set(wire.RECORDS.values()) == set()
    assert len(declared) >= 9


def frame(structure: Any, buffers: bytes = b"") -> bytes:
    text = structure if isinstance(structure, bytes) else json.dumps(structure).encode()
    return HEADER.pack(len(text), len(buffers)) + text + buffers


MALFORMED = {
    "nothing": b"",
    "half a header": b"\0" * 8,
    "a header and no more": HEADER.pack(10, 0),
    "more than the header says": frame(None) + b"x",
    "a huge promise": HEADER.pack(2**60, 0),
    "no JSON": frame(b"{"),
    "no UTF-8": frame(b"\xff\xff"),
    "deep JSON": frame(b"[" * 100_000),
    "deep structure": frame(json.loads('{"list":[' * 40 + "null" + "]}" * 40)),
    "a bare number": frame(5),
    "a bare list": frame([1]),
    "two kinds": frame({"int": "1", "float": "0x1p0"}),
    "an unknown kind": frame({"pickle": "gASVAAAA"}),
    "a private method": frame({"_take": [[1], 1]}),
    "a number of letters": frame({"int": "twelve"}),
    "a huge number": frame({"int": "9" * 5000}),
    "an overflowing float": frame({"float": "0x1p99999"}),
    "a pair of three": frame({"dict": [["a", None, None]]}),
    "a key that is not text": frame({"dict": [[{"int": "1"}, None]]}),
    "an unknown constant": frame({"constant": "exit"}),
    "an unknown dtype": frame({"tensor": ["object", [1]]}, b"\0" * 8),
    "a tensor without numbers": frame({"tensor": ["float32", [2]]}, b"\0" * 4),
    "numbers without a tensor": frame(None, b"\0" * 4),
    "a negative shape": frame({"tensor": ["float32", [-1]]}),
    "a shape of text": frame({"tensor": ["float32", ["1"]]}, b"\0" * 4),
    "a shape of booleans": frame({"tensor": ["float32", [True]]}, b"\0" * 4),
    "a huge empty shape": frame({"tensor": ["float32", [0, 2**39, 2**39]]}),
    "many dimensions": frame({"tensor": ["float32", [1] * 100]}, b"\0" * 4),
    "an array of objects": frame({"array": ["object", [1]]}, b"\0" * 8),
    "an unknown record": frame({"record": ["Popen", {}]}),
    "a record with other parts": frame({"record": ["Failure", {"type": "E"}]}),
    "an unknown device": frame({"device": "nonsense"}),
    "too many parts": frame({"list": [None] * 50_000}),
}  # fmt: skip


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_bytes_are_refused(name: str) -> None:
    with pytest.raises(WireError):
        decode(MALFORMED[name])


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 200))
def test_damaged_bytes_are_read_or_refused_and_never_anything_else(noise: bytes, place: int) -> None:
    whole = encode(Observation(value=torch.arange(3.0), after={"X": [1.5, "a"]}, failure=Failure("E", "m")))
    try:
        found = decode(whole[:place] + noise + whole[place + len(noise) :])
    except WireError:
        return
    assert type(decode(encode(found))) is type(found)


@pytest.mark.parametrize("value", [object(), len, {1: 2}, 1j, torch.tensor(1j), np.array(["a"]), 1 << 2000])
def test_what_is_no_plain_data_is_not_sent(value: Any) -> None:
    with pytest.raises(WireError):
        encode(value)


def test_too_much_is_not_sent() -> None:
    with pytest.raises(WireError, match="more than one message may hold"):
        encode(torch.zeros(wire.MOST_BUFFERS // 8 + 1, dtype=torch.float64))


def test_bytes_of_a_bool_tensor_are_true_or_false() -> None:
    found = decode(frame({"tensor": ["bool", [3]]}, b"\0\1\7"))
    assert found.to(torch.uint8).tolist() == [0, 1, 1]


CALL = Call({"X": torch.ones(2), "n": 3}, banned=frozenset({"relu"}))
SENT = Observation(value=torch.ones(2), after={"X": torch.ones(2), "n": 3})


def heard(**changes: Any) -> Observation:
    parts = {part.name: getattr(SENT, part.name) for part in fields(Observation)}
    return decode_observation(encode(Observation(**{**parts, **changes})), CALL)


def test_only_what_the_call_knows_is_taken_from_an_observation() -> None:
    found = heard(
        used=frozenset({"relu", "<b>"}), after={"X": torch.ones(2), "n": 3, "Y": 1}, changed=frozenset({"n", "Z"})
    )
    assert found.used == {"relu"}
    assert set(found.after) == {"X", "n"}
    assert found.changed == {"n"}


@pytest.mark.parametrize("after", [torch.zeros(2), torch.ones(3), torch.ones(2).double(), None, "X"])
def test_a_changed_input_is_seen_whatever_the_other_end_says(after: Any) -> None:
    assert heard(after={"X": after, "n": 3}).changed == {"X"}
    assert heard().changed == set()


@pytest.mark.parametrize(
    "changes",
    [
        {"failure": "E"},
        {"after": []},
        {"used": ("relu",)},
        {"devices": [1]},
        {"connected": ("yes",)},
        {"same_objects": 1},
        {"device_fault": None},
        {"printed": 3},
        {"value": CALL},
        {"value": [Failure("E", "m")]},
        {"after": {"X": SENT}},
        {"failure": Failure("E", 3)},  # type: ignore[arg-type]
        {"failure": Failure("E", "m", missing=1)},  # type: ignore[arg-type]
        {"failure": Failure("E", "m", shapes=[1])},  # type: ignore[arg-type]
        {"failure": Failure("E", "m", callers=(1,))},  # type: ignore[arg-type]
        {"failure": Failure("E", "m", callers="line 1")},  # type: ignore[arg-type]
        {"failure": Failure("E", "m", unwritten=None)},  # type: ignore[arg-type]
    ],
)  # fmt: skip
def test_an_observation_of_the_wrong_types_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(WireError):
        heard(**changes)


def test_an_answer_to_a_call_must_be_an_observation() -> None:
    with pytest.raises(WireError, match="not an observation"):
        decode_observation(encode(None), CALL)


@contextmanager
def elsewhere(function: Any) -> Iterator[RemoteAnswer]:
    """An answer at the other end of a connection."""
    here, there = socket.socketpair()
    with here, there:
        server = threading.Thread(target=answer_calls, args=(there, function))
        server.start()
        try:
            yield RemoteAnswer(here)
        finally:
            here.shutdown(socket.SHUT_RDWR)
            server.join()


def test_arguments_that_are_as_they_came_are_not_sent_back() -> None:
    def answer(X: torch.Tensor, grads: list[torch.Tensor], n: int, batches: Any) -> torch.Tensor:
        grads[1].mul_(2)
        return X + n

    pairs = Pairs(((torch.ones(1, 2), torch.zeros(1)),))
    call = Call({"X": torch.ones(2), "grads": [torch.ones(1), torch.ones(2)], "n": 3, "batches": pairs})
    observation = observe(answer, call)
    sent = without_the_known(observation, call)
    assert set(sent.after) == {"grads", "batches"}
    found = decode_observation(encode(sent), call)
    assert found.changed == observation.changed == {"grads"}
    torch.testing.assert_close(found.after, observation.after)
    torch.testing.assert_close(found.after["grads"], [torch.ones(1), 2 * torch.ones(2)])


@pytest.mark.parametrize("one", [one for one in exercises() if one.mistakes], ids=lambda one: str(one.name))
def test_every_exercise_can_be_judged_from_afar(one: Exercise) -> None:
    with elsewhere(one.mistakes[0].wrong) as answer:
        assert not passes(one, answer, device="cpu", seed=2)


@pytest.mark.parametrize("name", ["relu", "sgd_step", "clip_gradients"])
def test_the_judge_says_the_same_of_an_answer_elsewhere(name: str) -> None:
    one = exercise(name)
    wrong = one.mistakes[0].wrong
    with elsewhere(wrong) as answer:
        assert judge(one, answer, device="cpu", seed=2) == judge(one, wrong, device="cpu", seed=2)


def test_many_calls_at_once_come_back_in_order_whatever_their_size() -> None:
    # More than a connection holds, both ways: whoever sent everything before reading would wait for ever.
    calls = [Call({"X": torch.full((size,), float(n))}) for n, size in enumerate([1, 9_000, 2, 70_000, 3] * 8)]
    with elsewhere(lambda X: (X * 2).repeat(10)) as answer:
        answer.connection.settimeout(60)
        found = answer.observe_all(calls)
        assert answer.observe_all([]) == []
    assert [float(one.value[0]) for one in found] == [2.0 * n for n in range(len(calls))]
    assert [len(one.value) for one in found] == [10 * len(call.arguments["X"]) for call in calls]


def test_what_an_answer_sends_in_one_check_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_answer, "_MOST_BYTES", 30_000)  # what is really allowed takes long to send
    call = Call({"X": torch.ones(1000)})
    with elsewhere(lambda X: X + 1) as answer:
        answer.connection.settimeout(60)
        assert len(answer.observe_all([call] * 6)) == 6
        with pytest.raises(AnswerLost, match="too long"):
            answer.observe_all([call] * 2)


def test_a_tensor_beyond_all_that_is_asked_for_does_not_travel() -> None:
    with elsewhere(lambda X: X.expand(10**9)) as answer:
        assert alike(answer.observe(Call({"X": torch.ones(1)})).value, Unknown("Tensor of 1000000000 elements"))


def test_what_is_usual_is_not_sent_and_arrives() -> None:
    usual, unusual = Observation(), Observation(devices=("cpu",), connected=(False,), same_objects=False)
    assert alike(decode(encode(usual)), usual)
    assert alike(decode(encode(unusual)), unusual)
    assert encode(usual).endswith(b'{"record":["Observation",{}]}')


@pytest.mark.parametrize(
    "structure", [{"record": ["Failure", {}]}, {"record": ["Failure", {"type": "E", "message": "m", "more": None}]}]
)
def test_a_record_that_lacks_what_it_needs_or_has_more_than_it_may_is_refused(structure: Any) -> None:
    with pytest.raises(WireError, match="other parts"):
        decode(frame(structure))


@pytest.mark.parametrize(
    "value", [torch.arange(2.0)[::2], torch.arange(6.0).reshape(3, 2)[:1, ::2], torch.ones(1, 1).T]
)
def test_a_single_element_of_a_view_crosses_as_it_is(value: torch.Tensor) -> None:
    assert torch.equal(wire.decode(wire.encode(value)), value)
