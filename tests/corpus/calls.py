"""Calls of an answer on fresh copies of its arguments, and what there is to see afterwards."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

Arguments = dict[str, Any]


@dataclass(frozen=True)
class Happened:
    """A call that returned. originals: by argument, the tensors that were handed over; before: copies of them,
    leaves that require a gradient where they did."""

    value: Any
    arguments: Arguments
    originals: Mapping[str, list[Tensor]]
    before: Mapping[str, list[Tensor]]


def tensors_of(happened: Happened) -> list[Any]:
    """Read the outputs from a tensor, a tuple or a list."""
    value = happened.value
    return list(value) if isinstance(value, tuple | list) else [value]


def mapped(tree: Any, change: Callable[[Tensor], Tensor]) -> Any:
    """Return the tree with every floating-point tensor changed; blueprints are looked into."""
    if isinstance(tree, Tensor):
        return change(tree) if tree.is_floating_point() else tree
    if isinstance(tree, Mapping):
        return {key: mapped(branch, change) for key, branch in tree.items()}
    if isinstance(tree, list | tuple):
        return type(tree)(mapped(branch, change) for branch in tree)
    if dataclasses.is_dataclass(tree) and not isinstance(tree, type):
        parts = {one.name: mapped(getattr(tree, one.name), change) for one in dataclasses.fields(tree)}
        return dataclasses.replace(tree, **parts)
    return tree


def leaves(tree: Any) -> Iterator[Tensor]:
    """Yield every tensor of built arguments; of a module its parameters, their gradients, its mode and its hooks."""
    if isinstance(tree, Tensor):
        yield tree
    elif isinstance(tree, nn.Module):
        for module in tree.modules():
            # PyTorch has no public way to ask for the hooks of a module.
            yield torch.tensor([module.training, len(module._forward_hooks), len(module._forward_pre_hooks)])
        for parameter in tree.parameters():
            yield parameter
            yield torch.tensor(parameter.requires_grad)
            yield torch.zeros(0) if parameter.grad is None else parameter.grad
    elif isinstance(tree, Mapping):
        for branch in tree.values():
            yield from leaves(branch)
    elif isinstance(tree, list | tuple):
        for branch in tree:
            yield from leaves(branch)


def _laid_out(tensor: Tensor, layout: str) -> Tensor:
    if layout == "transposed" and tensor.dim() > 1:
        return tensor.transpose(0, 1).clone(memory_format=torch.contiguous_format).transpose(0, 1)
    if layout == "strided" and tensor.dim() > 0:
        return torch.stack([tensor, tensor + 1], dim=-1)[..., 0]
    return tensor.clone()


def _built(tree: Any, layout: str, requires_grad: bool) -> Any:
    if isinstance(tree, Tensor):
        tensor = _laid_out(tree, layout)
        return tensor.requires_grad_(requires_grad) if tensor.is_floating_point() else tensor
    if isinstance(tree, dict):
        return {key: _built(branch, layout, requires_grad) for key, branch in tree.items()}
    if isinstance(tree, list | tuple):
        return type(tree)(_built(branch, layout, requires_grad) for branch in tree)
    return tree.build(torch.device("cpu")) if hasattr(tree, "build") else tree


def call(
    function: Callable[..., Any], arguments: Arguments, layout: str = "contiguous", requires_grad: bool = False
) -> Happened:
    """Call the function on fresh copies of the arguments. Whatever it raises is raised."""
    made = {name: _built(tree, layout, requires_grad) for name, tree in arguments.items()}
    originals = {name: list(leaves(tree)) for name, tree in made.items()}
    before = {
        name: [tensor.detach().clone().requires_grad_(tensor.requires_grad) for tensor in tensors]
        for name, tensors in originals.items()
    }
    streams = io.StringIO()
    with torch.random.fork_rng(devices=[]), redirect_stdout(streams), redirect_stderr(streams), torch.enable_grad():
        value = function(*made.values())
    return Happened(value, made, originals, before)
