"""Make `import torchvision` work where its compiled operators cannot be loaded: the one place that deals with it.

torchvision's Linux wheels are built for the CUDA build of torch. Beside a CPU build of the same version their library
does not load, and their Python code then registers a shape function for an operator that nobody declared:

    RuntimeError: operator torchvision::nms does not exist

d2l imports torchvision, so the first line of most of the text's programs fails. Datasets and transforms, all that this
course needs of torchvision, use none of those operators; it is enough to declare them, by signature alone.

`install` puts a finder in front of Python's own. It does nothing until torchvision is imported, and then first lets
torchvision try by itself. Only if that fails with exactly the error above is the operator declared and the import tried
again; every other error passes through unchanged. `import grading` installs it, and so does a `.pth` file in
site-packages at the start of the interpreter (torchvision_operators.pth beside this module): hence nothing is imported
here but `sys`, and torch not before torchvision itself has done it.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # type checkers take it for true; typing's own costs more than the rest of this module
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

# The operators that torchvision 0.15 to 0.29 names in Python while it is imported; `qnms` since 0.28.
SIGNATURES = {
    "nms": "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms": "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
}

_declarations: list[object] = []  # torch forgets a declaration when its Library is collected


class TorchvisionFinder:
    """A finder on `sys.meta_path` that leaves the search to the others and watches over torchvision's execution."""

    declares_torchvision_operators = True

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return torchvision's own spec, with a loader that repairs; None for every other module."""
        if fullname != "torchvision":
            return None
        for finder in sys.meta_path:
            find_spec = None if _is_ours(finder) else getattr(finder, "find_spec", None)
            spec: ModuleSpec | None = find_spec(fullname, path, target) if find_spec else None
            if spec is not None:
                _watch(spec)
                return spec
        return None


def install() -> None:
    """Watch over the import of torchvision from now on; calling it again changes nothing."""
    if "torchvision" not in sys.modules and not any(map(_is_ours, sys.meta_path)):
        sys.meta_path.insert(0, TorchvisionFinder())


def _is_ours(finder: object) -> bool:
    # By a mark, not by class: the .pth file runs a copy of this module that is not in sys.modules.
    return hasattr(finder, "declares_torchvision_operators")


def _watch(spec: ModuleSpec) -> None:
    """Replace `exec_module` of this one loader; its type and its other methods stay for those who ask for them."""
    loader = spec.loader
    execute = getattr(loader, "exec_module", None)
    if loader is None or execute is None:
        return

    def exec_module(module: ModuleType) -> None:
        missing = {f"operator torchvision::{name} does not exist": name for name in SIGNATURES}
        modules, namespace = set(sys.modules), dict(vars(module))
        while True:
            try:
                return execute(module)  # type: ignore[no-any-return]
            except RuntimeError as error:
                if str(error) not in missing:
                    raise
                _declare(missing.pop(str(error)))
            # The next attempt starts afresh, or submodules and the names that refer to them would no longer agree.
            vars(module).clear()
            vars(module).update(namespace)
            for name in set(sys.modules) - modules:
                if name.startswith("torchvision."):
                    del sys.modules[name]

    loader.exec_module = exec_module  # type: ignore[method-assign]


def _declare(operator: str) -> None:
    from torch.library import Library

    # A fragment: the remedy found on the web is a cell that opens the whole namespace, and a reader may have run it.
    library = Library("torchvision", "FRAGMENT")
    library.define(SIGNATURES[operator])
    _declarations.append(library)
