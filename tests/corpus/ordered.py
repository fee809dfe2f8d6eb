"""Which of two answers is the better one.

Of a pair it is the first, so that it never gets fewer points, whatever is drawn.

The better one makes fewer faults, or none, or the same fault where it does less harm. A name is that of a style in the corpus, or of a
known mistake. Every exercise with partial credit has three pairs; `build_mlp`'s score is an accuracy, which orders networks by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.corpus.entries import Entry

Pair = tuple[str, str]

PAIRS: Mapping[str, Sequence[Pair]] = {
    "neuron": (
        ("overflows", "no-sigmoid"),
        ("float32 whatever the input", "no-bias"),
        ("detached numbers in a new tensor", "a list of numbers"),
    ),
    "linear_accuracy": (
        ("a threshold of one thousandth", "above-half"),
        ("not-strict", "below the line is one"),
        ("labels changed to signs in place", "signs"),
    ),
    "collapse": (
        ("b2 changed by +=", "second-bias-lost"),
        ("first-bias-lost", "only-weights"),
        ("transposed", "W1 transposed where it happens to fit"),
    ),
    "num_parameters": (
        ("eats its argument", "no-biases"),
        ("in-32-bits", "product"),
        ("in-single-precision", "in thousands"),
    ),
    "xor_network": (
        ("integers", "plain lists"),
        ("two floating-point dtypes", "trained, but not to the end"),
        ("integers", "or"),
    ),
    "relu": (
        ("in-place", "absolute"),
        ("through NumPy and back", "through NumPy"),
        ("cut off from the graph", "leaky"),
    ),
    "relu_grad": (
        ("float32 whatever comes in", "boolean"),
        ("written into the input", "function"),
        ("made on the CPU", "integers"),
    ),
    "sigmoid": (
        ("overflows", "precedence"),
        ("in place on the input", "sign"),
        ("overflows", "rounded to four digits"),
    ),
    "sigmoid_grad": (
        ("overflows", "of-activation"),
        ("overflows", "factor-missing"),
        ("overflows", "a difference quotient with a coarse step"),
    ),
    "tanh": (("overflows", "no-shift"), ("overflows", "half-argument"), ("overflows", "a clamp")),
    "tanh_grad": (("overflows", "unsquared"), ("overflows", "of-activation"), ("overflows", "plus")),
    "relu_interpolant": (
        ("changes of slope, one hinge an interval", "slopes"),
        ("changes of slope, one hinge an interval", "no-bias"),
        ("changes of slope, one hinge an interval", "a hinge left out"),
    ),
    "forward": (("detached", "affine"), ("no-b1", "no-biases"), ("no-b2", "no-biases")),
    "objective": (
        ("no-penalty", "one-per-example"),
        ("summed", "number"),
        ("penalty-not-halved", "a one-element vector"),
    ),
    "grad_output": (("in-place", "plain"), ("in float64", "sign"), ("in-place", "no-two")),
    "grad_linear": (("grad-w-averaged", "averaged"), ("grad-b-mean", "averaged"), ("grad-w-transposed", "order")),
    "grad_relu": (("open-at-zero", "no-mask"), ("half at zero", "leaky"), ("in-place", "mask-only")),
    "backward": (
        ("no-penalty", "only the upper layer is done"),
        ("no-two", "no factor 2 and no mask"),
        ("no-mask", "no factor 2 and no mask"),
    ),
    "numerical_gradient": (
        ("matrices only", "single"),
        ("matrices only", "not-restored"),
        ("matrices only", "not-halved"),
    ),
    "sgd_step": (("recorded", "returned"), ("only four known names", "weights-only"), ("scales-gradient", "no-rate")),
    "deep_forward": (("overflows", "softmax-last"), ("last-open", "affine"), ("rectified-inside", "rectified")),
    "deep_backward": (("no-two", "fed-with-z"), ("no-slopes", "tanh-slopes"), ("updated-first", "updates")),
    "MLPScratch.forward": (
        ("data", "no-activation"),
        ("only-784", "no-flatten"),
        ("without autograd", "hidden-layer"),
    ),
    "cross_entropy": (("clamped-at-1e-07", "epsilon-1e-09"), ("overflows", "no-logarithm"), ("detached", "sum")),
    "accuracy": (
        ("argmax and a mean", "percent"),
        ("argmax and a mean", "floored"),
        ("argmax and a mean", "error-rate"),
    ),
    "train_epoch": (("mean-of-batches", "accumulates"), ("loss-after-step", "never-steps"), ("last-batch", "one-step")),
    "xavier_uniform": (
        ("normal", "normal-with-bound"),
        ("seed-inside", "he"),
        ("only two values", "the interval 5 % too long"),
    ),
    "xavier_normal": (("uniform", "uniform-bound"), ("seed-inside", "rand"), ("uniform", "variance-as-std")),
    "he_normal": (
        ("uniform", "uniform-bound"),
        ("seed-inside", "xavier"),
        ("one buffer a shape, filled again", "zeros"),
    ),
    "init_xavier": (("biases-kept", "default"), ("by-dimension", "first-only"), ("replaced", "copy")),
    "activation_stds": (("eval", "variance"), ("hooks-left", "one-late"), ("frozen", "linear-only")),
    "clip_gradients": (
        ("norm-after", "each-alone-norm-after"),
        ("each-alone", "each-alone-norm-after"),
        ("divides by zero where all gradients are zero", "absolute"),
    ),
    "momentum_step": (
        ("recorded", "running-mean"),
        ("new-velocities", "swapped"),
        ("gradients are no longer recorded anywhere afterwards", "new-tensors"),
    ),
    "adam_step": (
        ("by-position", "no-correction"),
        ("no correction, and eps inside", "squares are missing in v, and there is no correction"),
        ("not-squared", "moments-swapped"),
    ),
    "cosine_schedule": (
        ("not-held", "no-half"),
        ("lr-at-the-end", "upside-down"),
        ("never below a hundredth", "not clamped, and without the half"),
    ),
    "dropout": (
        ("row-mask", "not scaled, and one mask for all rows"),
        ("not-scaled", "p-kept-not-scaled"),
        ("always in float64", "session-generator"),
    ),
    "batch_norm": (
        ("rounded to float32", "unbiased"),
        ("no-shift", "not-centred"),
        ("in-place", "over-features"),
    ),
    "batch_norm_backward": (
        ("the cache changed", "no-gamma"),
        ("gamma-averaged", "grad_gamma averaged, and gamma forgotten below"),
        ("beta-averaged", "means"),
    ),
    "early_stopping": (
        ("last-of-equals", "one too late, and the last of equals"),
        ("sorts", "one-too-early"),
        ("last-index", "highest"),
    ),
}


def entry_called(name: str, exercise: str, among: Sequence[Entry]) -> Entry:
    """Return the answer to an exercise with this style, or with this known mistake. Raises LookupError if there is none."""
    for style in (name, f"known mistake: {name}"):
        for entry in among:
            if entry.exercise == exercise and entry.style == style:
                return entry
    raise LookupError(f"{exercise} has no answer {name!r}")
