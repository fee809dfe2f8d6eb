"""The class of lesson 01."""

from __future__ import annotations

from grading.demo.answers import Mistaken, Untouched, Written
from grading.demo.pupil import Pupil

_NEURON_BY_SUM = Written("""
    def neuron(x, w, b):
        return 1 / (1 + torch.exp(-((x * w).sum(dim=1) + b).clamp(min=-80)))
""")
_ACCURACY_BY_LOOP = Written("""
    def linear_accuracy(X, y, w, b):
        right = 0
        for row, label in zip(X, y):
            right += int((row @ w + b > 0) == label)
        return right / len(y)
""")
_XOR_OF_AND_AND_OR = Written("""
    def xor_network():
        # One unit counts, the other one sees when both are on.
        W1 = torch.tensor([[1.0, 1.0], [1.0, 1.0]])
        b1 = torch.tensor([0.0, -1.0])
        W2 = torch.tensor([[1.0], [-2.0]])
        return W1, b1, W2, torch.tensor([0.0])
""")
_MISSING_BRACKET = Written("""
    def linear_accuracy(X, y, w, b):
        predicted = (X @ w + b > 0
        return (predicted == y).float().mean()
""")
_INTEGERS = Written("""
    def xor_network():
        W1 = torch.tensor([[1, -1], [-1, 1]])
        return W1, torch.zeros(2), torch.ones(2, 1), torch.zeros(1)
""")
_NO_PROOF = Written("""
    I tried many lines with the map above and the best has an accuracy of 0.75, so there is no line.
""")
_PROOF_BY_MIDDLE = Written("""
    The point (1/2, 1/2) is the middle of (0, 1) and (1, 0), and of (0, 0) and (1, 1). If both ones lie on the side that is
    called 1, so does their middle. If both zeros do not, neither does their middle. It would have to do both.
""")

PUPILS: tuple[Pupil, ...] = (
    Pupil("s01", "everything right"),
    Pupil(
        "s02",
        "everything right, in another style",
        {
            "neuron": _NEURON_BY_SUM,
            "linear_accuracy": _ACCURACY_BY_LOOP,
            "xor_network": _XOR_OF_AND_AND_OR,
            "why-no-line": _PROOF_BY_MIDDLE,
        },
    ),
    Pupil(
        "s03",
        "features weighted but not summed, a count for a share, OR for XOR, and no proof",
        {
            "neuron": Mistaken("no-sum"),
            "linear_accuracy": Mistaken("count"),
            "xor_network": Mistaken("or"),
            "why-no-line": _NO_PROOF,
        },
    ),
    Pupil("s04", "a syntax error", {"linear_accuracy": _MISSING_BRACKET, "collapse": Mistaken("biases-added")}),
    Pupil("s05", "nothing attempted", otherwise=Untouched()),
    Pupil(
        "s06",
        "weights in integers, and the bias of the first layer lost",
        {"collapse": Mistaken("first-bias-lost"), "xor_network": _INTEGERS, "why-no-line": Untouched()},
    ),
)
