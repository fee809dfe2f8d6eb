"""The large class of lesson 02: right in several styles, partly right, wrong in ways worth explaining, broken files."""

from __future__ import annotations

from grading.demo.answers import Mistaken, Untouched, Written
from grading.demo.pupil import Damage, Pupil

_RELU_WITH_CLAMP = Written("""
    def relu(X):
        return X.clamp(min=0)
""")
_RELU_WITH_ABS = Written("""
    def relu(X):
        return (X + X.abs()) / 2
""")
_SIGMOID_BY_MASK = Written("""
    def sigmoid(X):
        positive = X >= 0
        result = torch.empty_like(X)
        result[positive] = 1 / (1 + torch.exp(-X[positive]))
        e = torch.exp(X[~positive])
        result[~positive] = e / (1 + e)
        return result
""")
_TANH_FROM_SIGMOID = Written("""
    def tanh(X):
        return 2 * sigmoid(2 * X) - 1
""")
_TANH_FROM_EXP = Written("""
    def tanh(X):
        e = torch.exp(-2 * X.abs())
        return torch.sign(X) * (1 - e) / (1 + e)
""")
_INTERPOLANT_BY_LOOP = Written("""
    def relu_interpolant(knots, values):
        w1, b1, w2 = [], [], []
        slope = 0.0
        for i in range(len(knots) - 1):
            new = (values[i + 1] - values[i]) / (knots[i + 1] - knots[i])
            w1.append(1.0)
            b1.append(-knots[i])
            w2.append(new - slope)
            slope = new
        w1 = torch.tensor(w1, dtype=knots.dtype, device=knots.device)
        return w1, torch.stack(b1), torch.stack(w2), values[0]
""")
_FORGOT_RETURN = Written("""
    def sigmoid_grad(X):
        a = sigmoid(X)
        a * (1 - a)
""")
_IN_NUMPY = Written("""
    def relu(X):
        import numpy as np

        return np.maximum(X.detach().cpu().numpy(), 0)
""")
_SYNTAX_ERROR = Written("""
    def sigmoid(X):
        e = torch.exp(-X.abs()
        return torch.where(X >= 0, 1 / (1 + e), e / (1 + e))
""")
_ENDLESS_LOOP = Written("""
    def tanh_grad(X):
        a = tanh(X)
        n = 0
        while n < 2:
            grad = 1 - a**2
        return grad
""")

PUPILS: tuple[Pupil, ...] = (
    Pupil("s01", "everything right"),
    Pupil(
        "s02",
        "an endless loop; the rest is right",
        {"tanh_grad": _ENDLESS_LOOP, "relu": _RELU_WITH_CLAMP},
    ),
    Pupil(
        "s03",
        "everything right, in another style",
        {"relu": _RELU_WITH_ABS, "sigmoid": _SIGMOID_BY_MASK, "tanh": _TANH_FROM_SIGMOID},
    ),
    Pupil(
        "s04",
        "everything right, with a loop",
        {"relu": _RELU_WITH_CLAMP, "tanh": _TANH_FROM_EXP, "relu_interpolant": _INTERPOLANT_BY_LOOP},
    ),
    Pupil(
        "s05",
        "stopped half-way",
        {"tanh": Untouched(), "tanh_grad": Untouched(), "relu_interpolant": Untouched()},
    ),
    Pupil("s06", "nothing attempted", otherwise=Untouched()),
    Pupil("s07", "the reduction that looks like ReLU", {"relu": Mistaken("reduces")}),
    Pupil(
        "s08",
        "exponentials that overflow",
        {"sigmoid": Mistaken("overflows"), "tanh": Mistaken("overflows"), "tanh_grad": Mistaken("overflows")},
    ),
    Pupil(
        "s09",
        "derivatives fed with x instead of the activation",
        {"sigmoid_grad": Mistaken("of-activation"), "tanh_grad": Mistaken("of-activation")},
    ),
    Pupil(
        "s10",
        "a forgotten return, and a mask for a derivative",
        {"sigmoid_grad": _FORGOT_RETURN, "relu_grad": Mistaken("boolean")},
    ),
    Pupil("s11", "a syntax error", {"sigmoid": _SYNTAX_ERROR}),
    Pupil("s12", "a file that was cut off", damage=Damage.CUT_OFF),
    Pupil(
        "s13",
        "a file with another name, slopes instead of changes of slope",
        {"relu_interpolant": Mistaken("slopes")},
        damage=Damage.RENAMED,
    ),
    Pupil(
        "s14",
        "a NumPy array, and distances forgotten",
        {"relu": _IN_NUMPY, "relu_interpolant": Mistaken("unit-gaps")},
    ),
    Pupil(
        "s15",
        "the input overwritten, the wrong slope at zero, hinges one knot late",
        {"relu": Mistaken("in-place"), "relu_grad": Mistaken("one-at-zero"), "relu_interpolant": Mistaken("shifted")},
    ),
    Pupil(
        "s16",
        "slopes instead of changes of slope, and overflow",
        {"sigmoid": Mistaken("overflows"), "relu_interpolant": Mistaken("slopes")},
    ),
    Pupil("s17", "a notebook for another language", damage=Damage.OTHER_LANGUAGE),
)
