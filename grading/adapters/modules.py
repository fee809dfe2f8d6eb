"""Private modules of libraries, and others without documentation, by name: for those who import them early, or not at all.

Nothing is imported here. An early import only saves time; whatever no longer exists is skipped.
"""

from __future__ import annotations

from grading.adapters.names import Kind, Name

# PyTorch's compiler, whose import takes as long as all the rest of torch; the first optimizer pays for it otherwise.
TORCH_COMPILER = "torch._dynamo"
TORCH_DEVICES = "torch.utils._device"
# What every kernel imports at its start or for its first cell.
KERNEL = (
    "ipykernel.debugger",
    "IPython.core.completer",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "IPython.utils.wildcard",
)

NAMES = tuple(
    Name(module, Kind.MODULE, "importing it once for all kernels")
    for module in (TORCH_COMPILER, TORCH_DEVICES, *KERNEL)
)
