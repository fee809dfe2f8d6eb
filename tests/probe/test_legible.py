"""What was observed of an answer holds no character that acts, wherever the answer lives."""

from typing import Any

import pytest
import torch

from grading import exercise, judge
from grading.judging.context import LocalAnswer
from grading.probe.call import Call, Failure, Observation
from grading.probe.freeze import Unknown
from grading.probe.legible import made_legible
from grading.probe.validation import decode_observation
from grading.probe.wire import encode

ODD = "\udcc3\x1b[2J\x9b\u202e\0"
SHOWN = "\ufffd\u241b[2J\ufffd\ufffd\u2400"
# What somebody prints loses its commands to a terminal.
ON_PAPER = SHOWN.replace("\u241b[2J", "")
CALL = Call({"X": torch.ones(2), "names": {"a": 1.0}})


def odd_observation() -> Observation:
    return Observation(
        value={ODD: [ODD, (ODD, 1.0)], "unknown": Unknown(ODD), "tensor": torch.ones(2)},
        after={"X": torch.ones(2), "names": {ODD: 1.0}},
        failure=Failure(f"{ODD}\nError", f"{ODD} {ODD}", ODD, unwritten=ODD, shapes=f"{ODD}\n()", callers=(ODD,)),
        device_fault=ODD,
        devices=(ODD,),
        printed=f"{ODD}\n",
    )


def test_every_text_in_an_observation_is_made_legible_and_nothing_else_changes() -> None:
    found = made_legible(odd_observation())
    tensor, unknown = found.value.pop("tensor"), found.value.pop("unknown")
    assert found.value == {SHOWN: [SHOWN, (SHOWN, 1.0)]}
    assert torch.equal(tensor, torch.ones(2))
    assert unknown.type_name == SHOWN
    assert found.after["names"] == {SHOWN: 1.0}
    assert found.failure == Failure(
        f"{SHOWN} Error", f"{SHOWN} {SHOWN}", SHOWN, unwritten=SHOWN, shapes=f"{SHOWN} ()", callers=(SHOWN,)
    )
    assert (found.device_fault, found.devices, found.printed) == (SHOWN, (SHOWN,), f"{ON_PAPER}\n")
    plain = Observation(
        value=None, used=frozenset({"relu"}), connected=(True,), changed=frozenset({"X"}), printed="a\tb"
    )
    assert made_legible(plain) == plain


def test_what_another_process_says_is_legible() -> None:
    found = decode_observation(encode(odd_observation()), CALL)
    assert SHOWN in found.value
    assert found.failure == Failure(
        f"{SHOWN} Error", f"{SHOWN} {SHOWN}", SHOWN, unwritten=SHOWN, shapes=f"{SHOWN} ()", callers=(SHOWN,)
    )


def raises(X: torch.Tensor) -> torch.Tensor:
    raise type(f"Odd{ODD[1:-1]}", (Exception,), {})(ODD)


def returns_keys(X: torch.Tensor) -> Any:
    return {ODD: X}


def returns_an_object(X: torch.Tensor) -> Any:
    return type(ODD[1:-1], (), {})()


def test_an_answer_in_this_process_is_observed_with_legible_text() -> None:
    call = Call({"X": torch.ones(2)})
    found = LocalAnswer(raises).observe(call)
    assert found.failure is not None and found.failure.message == SHOWN
    assert LocalAnswer(returns_keys).observe_all([call])[0].value.keys() == {SHOWN}


@pytest.mark.parametrize("answer", [raises, returns_keys, returns_an_object])
def test_a_learners_own_verdict_can_be_written_and_commands_no_terminal(answer: Any) -> None:
    verdict = judge(exercise("relu"), answer, device="cpu")
    for text in (str(verdict), verdict.html(), repr(verdict.to_dict())):
        text.encode()
        assert not set(text) & set("\0\x1b\x9b\u202e")
    assert verdict.score == 0
