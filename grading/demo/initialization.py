"""The class of lesson 05."""

from __future__ import annotations

from grading.demo.answers import Mistaken, Untouched, Written
from grading.demo.pupil import Damage, Pupil

_UNIFORM_IN_PLACE = Written("""
    def xavier_uniform(fan_in, fan_out):
        a = (6 / (fan_in + fan_out)) ** 0.5
        return torch.empty(fan_in, fan_out).uniform_(-a, a)
""")
_STDS_BY_PREFIX = Written("""
    @torch.no_grad()
    def activation_stds(net, X):
        return [float(net[: i + 1](X).std(unbiased=False)) for i in range(len(net))]
""")
_WITHOUT_NO_GRAD = Written("""
    def init_xavier(net):
        for layer in net:
            if isinstance(layer, nn.Linear):
                a = math.sqrt(6 / sum(layer.weight.shape))
                layer.weight.uniform_(-a, a)
                layer.bias.zero_()
""")

PUPILS: tuple[Pupil, ...] = (
    Pupil("s01", "everything right"),
    Pupil(
        "s02",
        "everything right, in another style",
        {"xavier_uniform": _UNIFORM_IN_PLACE, "activation_stds": _STDS_BY_PREFIX},
    ),
    Pupil(
        "s03",
        "a variance taken for a standard deviation, a bound without its root of 3, tensors clipped one by one",
        {
            "xavier_uniform": Mistaken("bound-without-root-3"),
            "xavier_normal": Mistaken("variance-as-std"),
            "he_normal": Mistaken("variance-as-std"),
            "clip_gradients": Mistaken("each-alone"),
        },
    ),
    Pupil(
        "s04",
        "weights changed while autograd records, fans swapped",
        {
            "he_normal": Mistaken("fan-out"),
            "init_xavier": _WITHOUT_NO_GRAD,
            "activation_stds": Mistaken("linear-only"),
        },
    ),
    Pupil(
        "s05",
        "stopped half-way; a file with another name",
        {"init_xavier": Untouched(), "activation_stds": Untouched(), "clip_gradients": Untouched()},
        damage=Damage.RENAMED,
    ),
)
