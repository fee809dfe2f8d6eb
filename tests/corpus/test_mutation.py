"""The generator of wrong answers and the oracle that sorts out those that are right after all."""

from __future__ import annotations

import ast
from dataclasses import replace
from difflib import SequenceMatcher
from functools import partial
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from grading import exercise, exercises
from grading.judging.exercise import GRADIENT
from grading.judging.judge import judge, passes
from tests.corpus.contracts import CONTRACTS
from tests.corpus.entries import Entry, entries
from tests.corpus.measure import DoesNotEnd, measure_mutants, time_limit
from tests.corpus.mutate import Unmutable, mutants, source_tree
from tests.corpus.oracle import Contract, LeftOut, call, distinguish, mapped


def everything(X: Tensor, params: dict[str, Tensor], keep: bool = True) -> Any:
    """A function in which every rule of the generator finds something."""
    Z = X @ params["W1"] + params["b1"]
    mask = Z > 0
    total = 0.0
    for row in Z[1:]:
        if keep and not row.sum(dim=-1, keepdim=True) < 0.5:
            total += row.clamp(min=-1, max=2).abs().mean()
    with torch.no_grad():
        Z = Z - total
    return Z.clone() * mask, {"Z": Z.T, "H": torch.einsum("nd,dh->nh", X, params["W1"])}


def _changed(name: str) -> str:
    return next(mutant.source for mutant in mutants(everything) if mutant.name == name)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("matmult->mul at 3:8", "Z = X * params['W1'] + params['b1']"),
        ("drop right of add at 3:8", "Z = X @ params['W1']"),
        ("swap operands of matmult at 3:8", "Z = params['W1'] @ X + params['b1']"),
        ("transpose left at 3:8", "Z = X.T @ params['W1'] + params['b1']"),
        ("'W1'->'b1' at 3:19", "Z = X @ params['b1'] + params['b1']"),
        ("X->params at 3:8", "Z = params @ params['W1'] + params['b1']"),
        ("gt->gte at 4:11", "mask = Z >= 0"),
        ("0->1 at 4:15", "mask = Z > 1"),
        ("slice from the start at 6:17", "for row in Z[:]:"),
        ("without the last round at 6:4", "for row in list(Z[1:])[:-1]:"),
        ("negate the condition at 7:8", "if not (keep and (not row.sum(dim=-1, keepdim=True) < 0.5)):"),
        ("and->or at 7:11", "if keep or not row.sum(dim=-1, keepdim=True) < 0.5:"),
        ("drop not at 7:20", "if keep and row.sum(dim=-1, keepdim=True) < 0.5:"),
        ("drop usub at 7:36", "if keep and (not row.sum(dim=1, keepdim=True) < 0.5):"),
        ("drop dim= of sum at 7:24", "if keep and (not row.sum(keepdim=True) < 0.5):"),
        ("True->False at 7:48", "if keep and (not row.sum(dim=-1, keepdim=False) < 0.5):"),
        ("sum->mean at 7:24", "if keep and (not row.mean(dim=-1, keepdim=True) < 0.5):"),
        ("add->sub at 8:12", "total -= row.clamp(min=-1, max=2).abs().mean()"),
        ("overwrite at 8:12", "total = row.clamp(min=-1, max=2).abs().mean()"),
        ("drop abs at 8:21", "total += row.clamp(min=-1, max=2).mean()"),
        ("clamp->clamp_ at 8:21", "total += row.clamp_(min=-1, max=2).abs().mean()"),
        ("drop min= of clamp at 8:21", "total += row.clamp(max=2).abs().mean()"),
        ("drop the with at 9:4", "if True:"),
        ("in place at 10:8", "Z -= total"),
        ("drop clone at 11:11", "return (Z * mask, {'Z': Z.T, 'H': torch.einsum('nd,dh->nh', X, params['W1'])})"),
        (
            ".double() added at 11:11",
            "return ((Z.clone() * mask).double(), {'Z': Z.T, 'H': torch.einsum('nd,dh->nh', X, params['W1'])})",
        ),
        ("drop .T at 11:35", "return (Z.clone() * mask, {'Z': Z, 'H': torch.einsum('nd,dh->nh', X, params['W1'])})"),
        ("drop key 2 at 11:29", "return (Z.clone() * mask, {'Z': Z.T})"),
        ("drop the statement at 11:4", "pass"),
    ],
)
def test_every_kind_of_change_is_made_and_named_by_its_place(name: str, line: str) -> None:
    assert line in [one.strip() for one in _changed(name).splitlines()]


def test_no_two_generated_answers_are_alike_and_their_order_is_fixed() -> None:
    first, second = mutants(everything), mutants(everything)
    assert [(one.name, one.source) for one in first] == [(one.name, one.source) for one in second]
    assert len({one.name for one in first}) == len({one.source for one in first}) == len(first) > 150


def test_a_generated_answer_differs_in_one_place() -> None:
    original = ast.unparse(source_tree(everything)).splitlines()
    for mutant in mutants(everything):
        changes = SequenceMatcher(None, original, mutant.source.splitlines(), autojunk=False).get_opcodes()
        assert sum(tag != "equal" for tag, *_ in changes) == 1, mutant.name


def test_a_generated_answer_keeps_the_globals_of_the_original_and_leaves_them_alone() -> None:
    made = next(one for one in mutants(everything) if one.name == "drop the statement at 11:4").compile()
    params = {"W1": torch.ones(2, 3), "b1": torch.zeros(3)}
    assert made(torch.ones(4, 2), params) is None
    assert everything(torch.ones(4, 2), params)[0].shape == (4, 3)


def test_a_partial_function_is_looked_through_and_a_builtin_is_refused() -> None:
    assert mutants(partial(everything, keep=False))[0].source == mutants(everything)[0].source
    with pytest.raises(Unmutable):
        mutants(len)


def test_most_right_answers_can_be_changed() -> None:
    for entry in entries():
        if entry.right:
            assert len(mutants(entry.function)) >= 5, str(entry)


def test_an_answer_that_does_not_end_is_stopped() -> None:
    def relu(X: Tensor) -> Tensor:
        while True:
            X = X + 1

    with pytest.raises(DoesNotEnd), time_limit(0.2):
        judge(exercise("relu"), relu)


_GRADED = [one.name for one in exercises() if not one.manual]


@pytest.mark.parametrize("name", _GRADED)
def test_every_exercise_has_a_contract_of_its_own_or_a_reason_why_not(name: str) -> None:
    contract = CONTRACTS[name]
    assert isinstance(contract, Contract) or contract.reason


_WITH_TRUTH = [name for name in _GRADED if isinstance(c := CONTRACTS[name], Contract) and c.truths]


@pytest.mark.parametrize("name", _WITH_TRUTH)
def test_the_oracle_accepts_every_right_answer(name: str) -> None:
    contract = CONTRACTS[name]
    assert isinstance(contract, Contract)
    for entry in entries():
        if entry.exercise == name and entry.right:
            assert distinguish(contract, entry.function, entry.function) is None, str(entry)


# What is wrong with these is not what the oracle looks at: they call what they may not, or name a device.
_CONDUCT = ("PyTorch's", "Python's own", "autograd", "torch.func", "on the CPU", "library", "forward mode")


# What it does not try: networks of other kinds and in other modes, tensors that are overwritten later, numbers of 32 bits, and
# whether gradients are still recorded afterwards.
_NOT_TRIED = {
    "num_parameters: known mistake: in-single-precision",
    "momentum_step: gradients are no longer recorded anywhere afterwards",
    "train_epoch: the model's own names",
    "train_epoch: in the mode that it finds",
    "train_epoch: every parameter is thought to have a gradient",
    "train_epoch: known mistake: not-in-training-mode",
    "activation_stds: all outputs first, then their spread",
    "activation_stds: known mistake: measured-too-late",
}
# How an answer behaves, which the oracle does not watch.
_BEHAVIOUR = {"forbidden", "device", "graph", "graph kept", "changed", "mode", "requires_grad", "bits"}


@pytest.mark.parametrize("name", _WITH_TRUTH)
def test_the_oracle_finds_the_written_wrong_answers_out(name: str) -> None:
    contract = CONTRACTS[name]
    assert isinstance(contract, Contract)
    right = next(entry.function for entry in entries() if entry.exercise == name and entry.right)
    missed = [
        entry
        for entry in entries()
        if entry.exercise == name and not entry.right and distinguish(contract, entry.function, right) is None
    ]
    unexplained = []
    for entry in missed:
        findings = judge(exercise(name), entry.function).findings
        watched = {finding.kind for finding in findings} & _BEHAVIOUR or any(one.part == GRADIENT for one in findings)
        if not watched and str(entry) not in _NOT_TRIED:
            unexplained.append(str(entry))
    assert unexplained == []


def _absolute(X: Tensor) -> Tensor:
    return (X + X.abs()) / 2


@pytest.mark.parametrize(
    ("name", "status"),
    [("add->sub at 2:12", "rejected"), ("div->mul at 2:11", "rejected"), (".clone() added at 2:11", "equivalent")],
)
def test_a_generated_answer_is_rejected_or_equivalent(name: str, status: str) -> None:
    entry = Entry("relu", "half of x + |x|", _absolute, True)
    mutant = next(one for one in mutants(_absolute) if one.name == name)
    assert measure_mutants(entry, [mutant], range(2))[0]["status"] == status


def test_a_hole_in_the_judge_would_show() -> None:
    """With a judge that looks at a single case, the change that only zeros show survives."""
    one = exercise("relu_grad")
    blind = replace(one, cases=tuple(case for case in one.cases if case.name == "ordinary values"))
    entry = next(entry for entry in entries() if entry.exercise == "relu_grad" and entry.style == "a mask")
    mutant = next(mutant for mutant in mutants(entry.function) if mutant.name.startswith("gt->gte"))
    contract = CONTRACTS["relu_grad"]
    assert isinstance(contract, Contract)
    assert passes(blind, mutant.compile())
    assert not passes(one, mutant.compile())
    evidence = distinguish(contract, mutant.compile(), entry.function)
    assert evidence is not None and "from the truth" in evidence


def test_the_oracle_takes_no_memory_that_nobody_has_written_to_for_an_answer() -> None:
    def relu(X: Tensor) -> Tensor:
        return torch.where(X > 0, X, torch.empty_like(X))

    def init_xavier(net: nn.Sequential) -> None:
        for layer in net:
            if isinstance(layer, nn.Linear):
                layer.weight.data = torch.empty_like(layer.weight)
                layer.bias is None or layer.bias.data.zero_()

    for answer in (relu, init_xavier):
        contract = CONTRACTS[answer.__name__]
        right = next(one.function for one in entries() if one.exercise == answer.__name__ and one.right)
        assert isinstance(contract, Contract)
        assert distinguish(contract, answer, right) is not None
    assert not torch.are_deterministic_algorithms_enabled()


@pytest.mark.parametrize("entry", [entry for entry in entries() if entry.exercise in ("neuron", "tanh")], ids=str)
def test_passes_says_what_judge_says(entry: Any) -> None:
    assert (
        passes(exercise(entry.exercise), entry.function, seed=1)
        is judge(exercise(entry.exercise), entry.function, seed=1).passed
    )


@pytest.mark.parametrize("layout", ["contiguous", "strided", "transposed"])
def test_the_oracle_hands_over_copies(layout: str) -> None:
    X = torch.arange(6.0).reshape(2, 3)

    def spoil(given: Tensor) -> Tensor:
        assert torch.equal(given, X) or given.sum() != X.sum()
        return given.mul_(2)

    happened = call(spoil, {"X": X}, layout)
    assert torch.equal(X, torch.arange(6.0).reshape(2, 3))
    assert torch.equal(happened.before["X"][0], X)


def test_trees_are_changed_to_the_last_tensor() -> None:
    tree = {"X": torch.ones(2), "more": [torch.ones(1), 3, (torch.tensor([1]),)]}
    changed = mapped(tree, lambda tensor: tensor * 2)
    assert float(changed["X"].sum()) == 4
    assert changed["more"][1] == 3 and int(changed["more"][2][0]) == 1


def test_an_exercise_without_an_oracle_says_why() -> None:
    reasons = [contract.reason for contract in CONTRACTS.values() if isinstance(contract, LeftOut)]
    assert all(len(reason) > 20 for reason in reasons)
