"""Autograd has to get to every parameter, and with the right values, where an exercise says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from grading import exercise, judge
from grading.probe.call import Call, Observation
from grading.probe.observe import observe
from grading.probe.validation import decode_observation
from grading.probe.wire import WireError, encode

Objective = Callable[[Tensor, Tensor, Any, float], Any]


def _norms(params: Any) -> Any:
    return params["W1"].square().sum() + params["W2"].square().sum()


def _without_graph(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    with torch.no_grad():
        penalty = weight_decay / 2 * _norms(params)
    return F.mse_loss(O, Y) + penalty


def _as_number(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return F.mse_loss(O, Y) + weight_decay / 2 * _norms(params).item()


def _one_of_two(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return F.mse_loss(O, Y) + weight_decay / 2 * (params["W1"].square().sum() + params["W2"].data.square().sum())


def _copies(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    copies = {name: value.clone().detach() for name, value in params.items()}
    return F.mse_loss(O, Y) + weight_decay / 2 * _norms(copies)


def _half_of_the_way(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return F.mse_loss(O, Y) + weight_decay / 2 * sum((W * W.detach()).sum() for W in (params["W1"], params["W2"]))


def _loss_as_number(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return F.mse_loss(O, Y).item() + weight_decay / 2 * _norms(params)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (_without_graph, "does not get from them to params[W1]"),
        (_as_number, "does not get from them to params[W1]"),
        (_one_of_two, "does not get from them to params[W2]"),
        (_copies, "does not get from them to params[W1]"),
        (_half_of_the_way, "the gradient that autograd finds for params[W1] is wrong"),
        (_loss_as_number, "does not get from them to O"),
    ],
)
@pytest.mark.parametrize("seed", [0, 11])
def test_a_gradient_that_is_lost_on_the_way_costs_care(answer: Objective, told: str, seed: int) -> None:
    verdict = judge(exercise("objective"), answer, "cpu", seed)
    assert [one.part for one in verdict.findings] == ["care"], str(verdict)
    assert told in verdict.findings[0].title


def _targets_detached(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return F.mse_loss(O, Y.detach()) + weight_decay / 2 * _norms(params)


def _by_matrix_products(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    E = (O - Y).reshape(-1)
    traces = sum(torch.einsum("ij,ij->", params[key], params[key]) for key in ("W1", "W2"))
    return E @ E / len(E) + traces * weight_decay / 2


@pytest.mark.parametrize("answer", [_targets_detached, _by_matrix_products])
def test_what_autograd_need_not_reach_is_not_asked_for(answer: Objective) -> None:
    assert judge(exercise("objective"), answer, "cpu", 3).passed


def _forward(X: Tensor, params: Any, hide: Callable[[Tensor], Tensor], show: Callable[[Tensor], Tensor]) -> Any:
    Z = X @ params["W1"] + params["b1"]
    H = hide(torch.relu(Z))
    return H @ params["W2"] + params["b2"], {"Z": show(Z), "H": show(H)}


def test_forward_may_cache_what_is_detached_but_not_go_on_with_it() -> None:
    def cached(X: Tensor, params: Any) -> Any:
        return _forward(X, params, lambda H: H, torch.detach)

    def cut(X: Tensor, params: Any) -> Any:
        return _forward(X, params, torch.detach, lambda Z: Z)

    assert judge(exercise("forward"), cached, "cpu", 0).passed
    verdict = judge(exercise("forward"), cut, "cpu", 0)
    assert verdict.findings[0].mistake == "hidden-without-graph", str(verdict)


def _observed() -> tuple[Call, Observation]:
    call = Call({"X": torch.ones(2)}, requires_grad=True, reach=("X",))
    return call, observe(lambda X: 3 * X, call)


def test_gradients_cross_the_boundary_between_processes() -> None:
    call, found = _observed()
    back = decode_observation(encode(found), call).gradients
    assert len(back) == 1 and back[0] is not None and back[0].tolist() == [3, 3]


@pytest.mark.parametrize("gradients", [("no tensor",), [torch.ones(2)], (torch.ones(2), 1)])
def test_gradients_of_another_kind_do_not(gradients: Any) -> None:
    call, _ = _observed()
    with pytest.raises(WireError):
        decode_observation(encode(Observation(gradients=gradients)), call)


def test_what_is_left_behind_is_only_what_can_be() -> None:
    call, _ = _observed()
    assert decode_observation(encode(Observation(left=frozenset({"a lie"}))), call).left == frozenset()
