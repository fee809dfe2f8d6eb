"""Find functions that hard-code a device, on a machine that has only one.

The tensors that a function is given are *at home*. A tensor that it creates without saying where is *foreign*: on a
machine with a GPU it would lie on the CPU. Where PyTorch would refuse to combine the two, the audit notes a fault; a
foreign tensor that is returned is one, too. Unlike a run on the `meta` device, this follows real values, so honest loops,
`.item()` and boolean masks do not disturb it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import torch

from grading.probe.freeze import MOST_PARTS

_FACTORIES = frozenset(
    "tensor as_tensor asarray from_numpy zeros ones full empty rand randn randint randperm arange range linspace logspace eye "
    "normal tril_indices triu_indices scalar_tensor Tensor FloatTensor DoubleTensor".split()
)
# As long as nothing is foreign, only these can make something so.
_MAKES_FOREIGN = _FACTORIES | {"cpu", "to"}
_HANDS_OVER = frozenset({"numpy", "__array__"})
# As long as nothing is foreign, an audit has nothing to say of any other call.
OF_INTEREST = _MAKES_FOREIGN | _HANDS_OVER
# What accepts a CPU tensor beside one on another device: indexing, and copying into place.
_MIXING_ALLOWED = frozenset(
    "__getitem__ __setitem__ copy_ index_put_ index_put to type_as cpu cuda numpy __array__ item tolist "
    "size dim shape __get__ __set__ device dtype is_floating_point numel __len__ set_ __deepcopy__ "
    "broadcast_shapes broadcast_tensors result_type is_same_size expand_as view_as reshape_as new_tensor".split()
)


def tensors_in(tree: Any, depth: int = 6) -> Iterator[torch.Tensor]:
    """Yield the tensors in nested lists, tuples and mappings, of the first `MOST_PARTS` parts."""
    return _tensors_in(tree, depth, iter(range(MOST_PARTS)))


def _tensors_in(tree: Any, depth: int, parts: Iterator[int]) -> Iterator[torch.Tensor]:
    if isinstance(tree, torch.Tensor):
        yield tree
    elif depth and isinstance(tree, Mapping | list | tuple):
        # A mapping of the learner's may be endless; the second iterator is not.
        for branch, _ in zip(tree.values() if isinstance(tree, Mapping) else tree, parts, strict=False):
            yield from _tensors_in(branch, depth - 1, parts)


class DeviceAudit:
    """The account of which tensors are foreign, in `foreign`, and the first fault found."""

    def __init__(self) -> None:
        # By identity; the tensors themselves are kept, so that none is used twice.
        self.foreign: dict[int, torch.Tensor] = {}
        self.fault = ""

    def _is_foreign(self, tensor: torch.Tensor) -> bool:
        return id(tensor) in self.foreign

    def _note(self, fault: str) -> None:
        self.fault = self.fault or fault

    def before(self, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        """Look at a call about to be made."""
        if name in _HANDS_OVER:
            if any(t.dim() and not self._is_foreign(t) for t in tensors_in((args, kwargs))):
                self._note("a tensor is handed to NumPy, which works on the CPU only")
            return
        if not self.foreign or name in _MIXING_ALLOWED or name in _FACTORIES:
            return
        tensors = list(tensors_in((args, kwargs)))
        foreign = [t for t in tensors if t.dim() and self._is_foreign(t)]
        if foreign and any(not self._is_foreign(t) for t in tensors):
            self._note("a tensor made on the CPU meets one on the device of the inputs")

    def after(self, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], result: Any) -> Any:
        """Look at what a call gave, and return it (or an alias that can be told apart from the argument)."""
        if not self.foreign and name not in _MAKES_FOREIGN:
            return result
        tensors = list(tensors_in((args, kwargs)))
        if name in ("cpu", "to") and isinstance(result, torch.Tensor):
            return self._moved(name, args, kwargs, result)
        if name in _FACTORIES and not any(not self._is_foreign(t) for t in tensors):
            where = kwargs.get("device")
            if not isinstance(where, torch.device):
                self._adopt(result)
        elif tensors and all(self._is_foreign(t) for t in tensors):
            self._adopt(result)
        return result

    def _adopt(self, result: Any) -> None:
        for tensor in tensors_in(result):
            self.foreign[id(tensor)] = tensor

    def _moved(self, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], result: torch.Tensor) -> torch.Tensor:
        targets = [*args[1:], *kwargs.values()]
        if name == "cpu" or any(isinstance(t, str) for t in targets):
            alias = result.view(result.shape) if result is args[0] else result
            self._adopt(alias)
            return alias
        if any(
            isinstance(t, torch.device) or (isinstance(t, torch.Tensor) and not self._is_foreign(t)) for t in targets
        ):
            self.foreign.pop(id(result), None)
        elif self._is_foreign(args[0]):
            self._adopt(result)
        return result

    def close(self, value: Any) -> None:
        """Look at the value that the function returned."""
        if any(t.dim() and self._is_foreign(t) for t in tensors_in(value)):
            self._note("the result is made on the CPU, whatever the device of the inputs")
