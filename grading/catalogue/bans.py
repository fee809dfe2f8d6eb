"""What answers may not call, by groups. Names are reduced as in `grading.probe.watch.operation_name`."""

from __future__ import annotations

from grading.judging.exercise import Ban
from grading.probe.watch import AUTOGRAD

_RECTIFIERS = frozenset(
    "relu relu6 threshold threshold_backward leaky_relu leaky_relu_backward prelu prelu_kernel rrelu rrelu_with_noise elu "
    "elu_backward celu selu hardtanh hardtanh_backward hardswish gelu silu mish softshrink hardshrink".split()
)
_SIGMOIDS = frozenset(
    "sigmoid sigmoid_backward expit hardsigmoid silu silu_backward glu log_sigmoid logsigmoid log_sigmoid_forward softmax "
    "log_softmax tanh tanh_backward".split()
)
_HYPERBOLIC = frozenset("tanh tanh_backward sigmoid sigmoid_backward expit silu softmax log_softmax gelu".split())

RELU = Ban(_RECTIFIERS, "Write it with comparisons, products, `torch.where`, `clamp` or `maximum`.")
SIGMOID = Ban(_SIGMOIDS, "Write it with `torch.exp`.")
TANH = Ban(_HYPERBOLIC, "Write it with `torch.exp`, or with your own sigmoid.")

_BY_HAND = "Write down the derivative that you found on paper; autograd is what you will compare it with afterwards."
NO_AUTOGRAD = Ban(frozenset({AUTOGRAD}), _BY_HAND)
RELU_GRAD = Ban(frozenset({AUTOGRAD, "threshold_backward", "leaky_relu_backward", "hardtanh_backward"}), _BY_HAND)
SIGMOID_GRAD = Ban(frozenset({AUTOGRAD, "sigmoid_backward", "silu_backward"}), _BY_HAND)
TANH_GRAD = Ban(frozenset({AUTOGRAD, "tanh_backward"}), _BY_HAND)
