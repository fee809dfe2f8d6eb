"""The class of lesson 03."""

from __future__ import annotations

from grading.demo.answers import Mistaken, Untouched, Written
from grading.demo.pupil import Damage, Pupil

_BACKWARD_IN_ONE = Written("""
    def backward(X, Y, params, cache, weight_decay):
        H, W2 = cache["H"], params["W2"]
        delta = (H @ W2 + params["b2"] - Y) * (2 / Y.numel())
        below = torch.where(H > 0, delta @ W2.T, torch.zeros_like(H))
        return dict(
            W1=torch.einsum("nd,nh->dh", X, below) + weight_decay * params["W1"],
            b1=below.sum(0),
            W2=torch.einsum("nh,nq->hq", H, delta) + weight_decay * W2,
            b2=delta.sum(0),
        )
""")
_DEEP_FORWARD_BY_INDEX = Written("""
    def deep_forward(X, weights, biases):
        A = [X]
        for l in range(len(weights)):
            A.append(1 / (1 + torch.exp(-(A[l] @ weights[l] + biases[l]))))
        return A
""")
_BY_AUTOGRAD = Written("""
    def backward(X, Y, params, cache, weight_decay):
        leaves = {name: value.clone().requires_grad_() for name, value in params.items()}
        objective(forward(X, leaves)[0], Y, leaves, weight_decay).backward()
        return {name: leaf.grad for name, leaf in leaves.items()}
""")
_FORGOT_RETURN = Written("""
    def grad_relu(Z, grad_H):
        grad_H * (Z > 0)
""")

PUPILS: tuple[Pupil, ...] = (
    Pupil("s01", "everything right"),
    Pupil(
        "s02",
        "everything right, in another style",
        {"backward": _BACKWARD_IN_ONE, "deep_forward": _DEEP_FORWARD_BY_INDEX},
    ),
    Pupil(
        "s03",
        "a mean over the examples only, and the slope of the wrong layer",
        {
            "objective": Mistaken("divided-by-n"),
            "grad_output": Mistaken("divided-by-n"),
            "backward": Mistaken("divided-by-n"),
            "deep_backward": Mistaken("own-output"),
        },
    ),
    Pupil(
        "s04",
        "a forgotten return, autograd where it is not allowed, one-sided differences",
        {"grad_relu": _FORGOT_RETURN, "backward": _BY_AUTOGRAD, "numerical_gradient": Mistaken("forward-difference")},
    ),
    Pupil(
        "s05",
        "stopped after the local rules; a bias that is averaged",
        {
            "grad_linear": Mistaken("grad-b-mean"),
            "backward": Untouched(),
            "numerical_gradient": Untouched(),
            "sgd_step": Untouched(),
            "deep_forward": Untouched(),
            "deep_backward": Untouched(),
        },
    ),
    Pupil(
        "s06",
        "weights updated before they were used, a step that changes nothing",
        {"sgd_step": Mistaken("local"), "backward": Mistaken("no-penalty"), "deep_backward": Mistaken("updated-first")},
    ),
    Pupil("s07", "a file that was cut off", damage=Damage.CUT_OFF),
)
