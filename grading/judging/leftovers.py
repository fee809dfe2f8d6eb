"""What an answer has left otherwise than it found it: the next cell of the notebook would meet it."""

from __future__ import annotations

from collections.abc import Set

from grading.judging.exercise import CARE
from grading.judging.verdict import Finding
from grading.probe.settings import DETERMINISM, DEVICE, DTYPE, FROZEN, GRADIENTS_OFF

LEFT = "left"
# In the order in which they are told; the first one that is there is enough.
_REMEDIES = {
    GRADIENTS_OFF: "Nothing after it could be differentiated. `with torch.no_grad():` switches them on again at its end.",
    FROZEN: "What is to be trained must still require a gradient afterwards. `with torch.no_grad():` is enough to write into it.",
    DTYPE: "Every tensor made later would have it. Give the dtype where you make a tensor: `dtype=X.dtype`.",
    DEVICE: "Every tensor made later would lie there. Give the device where you make a tensor: `device=X.device`.",
    DETERMINISM: "That is a setting of the whole notebook. Leave it as it is.",
}


def left_behind(left: Set[str]) -> list[Finding]:
    """Return the finding about what a call has left behind, if there is something."""
    found = [what for what in _REMEDIES if what in left]
    return [Finding(CARE, LEFT, f"after it, {found[0]}.", (), _REMEDIES[found[0]])] if found else []
