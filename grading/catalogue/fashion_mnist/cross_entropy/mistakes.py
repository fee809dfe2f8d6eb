"""The mistakes that people make in `cross_entropy`.

The file is long because each of its many mistakes is a function of its own.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from grading.judging.exercise import Mistakes

mistake = Mistakes()


def _picked(log_probabilities: Tensor, y: Tensor) -> Tensor:
    return log_probabilities[torch.arange(len(y), device=y.device), y]


@mistake("exp of a large logit is infinite. Subtract the largest logit of each row first: softmax does not change.")
def overflows(logits: Tensor, y: Tensor) -> Tensor:
    P = torch.exp(logits) / torch.exp(logits).sum(dim=1, keepdim=True)
    return -_picked(torch.log(P), y).mean()


_QUOTIENT = "A probability can round to 0, and log 0 is infinite. Take logarithm and softmax in one step."
_UNDERFLOW = (
    "An exponential that rounds to 0 has no logarithm. Take the maximum of each row out (dim=1), and logarithm and softmax in one "
    "step: o - m - log Σ exp(o - m)."
)


def _quotient(logits: Tensor, shift: Tensor) -> Tensor:
    E = torch.exp(logits - shift)
    return E / E.sum(dim=1, keepdim=True)


def _one_hot(logits: Tensor, y: Tensor) -> Tensor:
    return torch.eye(logits.shape[1], dtype=logits.dtype, device=logits.device)[y]


@mistake(_QUOTIENT)
def log_of_softmax(logits: Tensor, y: Tensor) -> Tensor:
    return -_picked(torch.log(torch.softmax(logits, dim=1)), y).mean()


@mistake(_QUOTIENT)
def log_of_softmax_picked(logits: Tensor, y: Tensor) -> Tensor:
    return -torch.log(_picked(torch.softmax(logits, dim=1), y)).mean()


@mistake(_QUOTIENT)
def log_of_quotient_picked(logits: Tensor, y: Tensor) -> Tensor:
    return -torch.log(_picked(_quotient(logits, logits.amax(dim=1, keepdim=True)), y)).mean()


@mistake(_UNDERFLOW)
def one_hot_times_log(logits: Tensor, y: Tensor) -> Tensor:
    return -(_one_hot(logits, y) * torch.log(torch.softmax(logits, dim=1))).sum(dim=1).mean()


@mistake(_UNDERFLOW)
def one_shift_for_all(logits: Tensor, y: Tensor) -> Tensor:
    return -_picked(torch.log(_quotient(logits, logits.max())), y).mean()


@mistake(_UNDERFLOW)
def one_shift_picked(logits: Tensor, y: Tensor) -> Tensor:
    return -torch.log(_picked(_quotient(logits, logits.max()), y)).mean()


@mistake(
    "The exponentials are added up over the batch: Python's `sum`, or dim=0, adds the rows. Each row is normalized by itself, dim=1."
)
def sum_over_the_batch(logits: Tensor, y: Tensor) -> Tensor:
    E = torch.exp(logits - logits.amax(dim=1, keepdim=True))
    return -_picked(torch.log(E / E.sum(dim=0)), y).mean()


@mistake("This is the sum over the examples. The loss is their mean, whatever the batch size.", name="sum")
def sum_(logits: Tensor, y: Tensor) -> Tensor:
    return -_picked(torch.log_softmax(logits, dim=1), y).sum()


@mistake("This is one loss for each example. Their mean is asked for, one number.")
def each_example(logits: Tensor, y: Tensor) -> Tensor:
    return -_picked(torch.log_softmax(logits, dim=1), y)


@mistake("The minus is missing: log-probabilities are negative, the loss is positive.")
def sign(logits: Tensor, y: Tensor) -> Tensor:
    return _picked(torch.log_softmax(logits, dim=1), y).mean()


@mistake("The mean is taken over n × q elements, of which q − 1 in each row are 0. Divide by the n examples only.")
def mean_over_classes(logits: Tensor, y: Tensor) -> Tensor:
    Y = torch.eye(logits.shape[1], dtype=logits.dtype, device=logits.device)[y]
    return -(Y * torch.log_softmax(logits, dim=1)).mean()


@mistake("The softmax runs over the batch. Each row is an example: its q classes compete with each other, dim=1.")
def wrong_axis(logits: Tensor, y: Tensor) -> Tensor:
    return -_picked(torch.log_softmax(logits, dim=0), y).mean()


@mistake("This is minus the probability of the label. Its logarithm is missing.")
def no_logarithm(logits: Tensor, y: Tensor) -> Tensor:
    return -_picked(torch.softmax(logits, dim=1), y).mean()


@mistake("The softmax is taken twice. This trains, slowly and badly; log_softmax wants the logits.")
def softmax_twice(logits: Tensor, y: Tensor) -> Tensor:
    return -_picked(torch.log_softmax(torch.softmax(logits, dim=1), dim=1), y).mean()


@mistake("[:, y] picks a whole column for every label, n × n numbers. Pick one for each row: [torch.arange(n), y].")
def all_pairs(logits: Tensor, y: Tensor) -> Tensor:
    return -torch.log_softmax(logits, dim=1)[:, y].mean()


@mistake(
    "This is minus the logit of the label. The logarithm of the sum of exponentials, which makes it a probability, is missing."
)
def no_normalizer(logits: Tensor, y: Tensor) -> Tensor:
    return -_picked(logits, y).mean()


@mistake("Autograd is cut off here, so nothing would learn. `.detach()`, `.data` or `.item()` do that.")
def detached(logits: Tensor, y: Tensor) -> Tensor:
    return -_picked(torch.log_softmax(logits.detach(), dim=1), y).mean()


# Beside a probability, and beside 1, what is smaller makes no difference that could be seen.
_ALIKE, _ONE_ALIKE = 1e-11, 5e-10


def _bounded(least: float) -> None:
    """Declare what people do with a probability so that its logarithm is finite: and wrong.

    Of the smallest numbers nobody can tell from outside what was done with them: one of these is enough.
    """
    sentence = (
        f"{least:g} is added under the logarithm, or no probability falls below it. That hides the underflow: the loss stops at "
        f"{-math.log(least):.1f}, and its gradient is 0 where it is worst."
    )

    def added(logits: Tensor, y: Tensor) -> Tensor:
        return -_picked(torch.log(torch.softmax(logits, dim=1) + least), y).mean()

    def clamped_below(logits: Tensor, y: Tensor) -> Tensor:
        return -_picked(torch.log(torch.softmax(logits, dim=1).clamp(min=least)), y).mean()

    def clipped(logits: Tensor, y: Tensor) -> Tensor:
        return -_picked(torch.log(torch.softmax(logits, dim=1).clamp(least, 1 - least)), y).mean()

    mistake(sentence, name=f"clamped-at-{least:g}")(clamped_below)
    if least > _ALIKE:
        mistake(sentence, name=f"epsilon-{least:g}")(added)
    if least > _ONE_ALIKE:
        mistake(sentence, name=f"clipped-at-{least:g}")(clipped)


for _least in (1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15, 1e-16, 1e-20):
    _bounded(_least)


@mistake(
    "The smallest step of the dtype is added under the logarithm. That hides the underflow: far off, the gradient is 0."
)
def epsilon_of_the_dtype(logits: Tensor, y: Tensor) -> Tensor:
    return -_picked(torch.log(torch.softmax(logits, dim=1) + torch.finfo(logits.dtype).eps), y).mean()


@mistake(
    "exp of a large logit is infinite, and so is the sum. Take the maximum of each row out of the logarithm first."
)
def sum_overflows(logits: Tensor, y: Tensor) -> Tensor:
    return (torch.log(torch.exp(logits).sum(dim=1)) - _picked(logits, y)).mean()


@mistake(
    "The shift is at least 0: a row whose logits are all far below is not shifted, and log 0 is infinite. Take its own maximum."
)
def shift_of_at_least_zero(logits: Tensor, y: Tensor) -> Tensor:
    shifted = logits - logits.amax(dim=1, keepdim=True).clamp(min=0)
    return (torch.log(torch.exp(shifted).sum(dim=1)) - _picked(shifted, y)).mean()


@mistake(
    "The largest |logit| is subtracted. Where it belongs to a negative one, the others overflow: take the largest logit of each row."
)
def shift_by_size(logits: Tensor, y: Tensor) -> Tensor:
    shifted = logits - logits.abs().amax(dim=1, keepdim=True)
    return (torch.log(torch.exp(shifted).sum(dim=1)) - _picked(shifted, y)).mean()


@mistake(
    "One shift serves the whole batch. Rows far below it underflow, and log 0 is infinite; each row needs its own maximum."
)
def one_shift_and_logarithm(logits: Tensor, y: Tensor) -> Tensor:
    shifted = logits - logits.max()
    return (torch.log(torch.exp(shifted).sum(dim=1)) - _picked(shifted, y)).mean()


@mistake(
    "The mean is subtracted, and the largest exponent is still positive: it overflows. Subtract the maximum of each row."
)
def shift_by_mean(logits: Tensor, y: Tensor) -> Tensor:
    shifted = logits - logits.mean(dim=1, keepdim=True)
    return (torch.log(torch.exp(shifted).sum(dim=1)) - _picked(shifted, y)).mean()


@mistake(
    "The logits are clamped before exp. Beyond the bound the loss is wrong and its gradient 0. Subtract the maximum instead."
)
def logits_clamped(logits: Tensor, y: Tensor) -> Tensor:
    return -_picked(torch.log_softmax(logits.clamp(-50, 50), dim=1), y).mean()


@mistake("The maximum was taken out of the sum and not added back: log Σ exp(o) = m + log Σ exp(o - m).")
def maximum_not_added_back(logits: Tensor, y: Tensor) -> Tensor:
    m = logits.amax(dim=1, keepdim=True)
    return (torch.log(torch.exp(logits - m).sum(dim=1)) - _picked(logits, y)).mean()


@mistake(
    "The label's logit is taken after the shift and the logarithm before it, or m is added back twice. Both need the same shift."
)
def maximum_added_twice(logits: Tensor, y: Tensor) -> Tensor:
    m = logits.amax(dim=1)
    return (torch.logsumexp(logits, dim=1) + m - _picked(logits, y)).mean()


@mistake("The sum of exponentials runs over the whole batch. Each row is normalized by itself, dim=1.")
def one_normalizer(logits: Tensor, y: Tensor) -> Tensor:
    return (torch.logsumexp(logits.flatten(), dim=0) - _picked(logits, y)).mean()


@mistake("The sum of exponentials runs over the batch. Each row is normalized by itself, dim=1.")
def log_sum_exp_over_the_batch(logits: Tensor, y: Tensor) -> Tensor:
    return (torch.logsumexp(logits, dim=0) - _picked(logits, y)).mean()


@mistake(
    "With dim=1 the axis is gone: one number for each row, (n,), does not fit to (n, q). Keep the axis: keepdim=True.",
    line=r"[/-]\s*[\w.]*(?:\([\w, =]*\)\.)?[\w.]*(?:sum|max|norm)\(",
)
def axis_not_kept(logits: Tensor, y: Tensor) -> Tensor:
    return -_picked(torch.log(torch.exp(logits) / torch.exp(logits).sum(dim=1)), y).mean()


_CODES = "The numbers of the classes are multiplied with the logarithms. y says which entry of each row counts: [torch.arange(n), y]."


@mistake(_CODES, line=r"\by\s*\*|\*\s*y\b|mul\(")
def codes_as_factors(logits: Tensor, y: Tensor) -> Tensor:
    return -(y * torch.log_softmax(logits, dim=1)).sum() / len(y)


@mistake(_CODES, name="codes-as-factors-of-rows")
def codes_as_factors_of_rows(logits: Tensor, y: Tensor) -> Tensor:
    return -(y[:, None] * torch.log_softmax(logits, dim=1)).sum(dim=1).mean()


@mistake("The sign of the logits is turned: exp(-o) makes the least likely class the most likely one.")
def negated(logits: Tensor, y: Tensor) -> Tensor:
    return -_picked(torch.log_softmax(-logits, dim=1), y).mean()


def _of_two_classes(logits: Tensor, y: Tensor) -> Tensor:
    Y = _one_hot(logits, y)
    return -(Y * torch.nn.functional.logsigmoid(logits) + (1 - Y) * torch.nn.functional.logsigmoid(-logits))


_BINARY = "This is the cross-entropy of q yes-or-no questions, with a sigmoid each. The classes compete: softmax over each row."


@mistake(_BINARY)
def binary_of_sigmoids(logits: Tensor, y: Tensor) -> Tensor:
    return _of_two_classes(logits, y).mean()


@mistake(_BINARY, name="binary-of-sigmoids-summed")
def binary_of_sigmoids_summed(logits: Tensor, y: Tensor) -> Tensor:
    return _of_two_classes(logits, y).sum(dim=1).mean()


@mistake("The base of the logarithm is 2. The natural one is asked for.")
def base_two(logits: Tensor, y: Tensor) -> Tensor:
    return -_picked(torch.log_softmax(logits, dim=1), y).mean() / math.log(2)


@mistake("The base of the logarithm is 10. The natural one is asked for.")
def base_ten(logits: Tensor, y: Tensor) -> Tensor:
    return -_picked(torch.log_softmax(logits, dim=1), y).mean() / math.log(10)


@mistake("The logarithms of all classes are added up, whatever the label. Only the label's own counts.")
def all_classes(logits: Tensor, y: Tensor) -> Tensor:
    return -torch.log_softmax(logits, dim=1).sum(dim=1).mean()


@mistake("The mean runs over all classes, whatever the label. Pick the label's own: [torch.arange(n), y].")
def mean_of_everything(logits: Tensor, y: Tensor) -> Tensor:
    return -torch.log_softmax(logits, dim=1).mean()


@mistake("The terms of the other classes, (1 - y) log(1 - p), are added. They belong to two classes with one output.")
def binary(logits: Tensor, y: Tensor) -> Tensor:
    P = torch.softmax(logits, dim=1)
    Y = torch.eye(logits.shape[1], dtype=logits.dtype, device=logits.device)[y]
    return -(Y * torch.log(P) + (1 - Y) * torch.log(1 - P)).sum(dim=1).mean()


@mistake("It is divided by the batch size twice: the mean has done that already.")
def divided_twice(logits: Tensor, y: Tensor) -> Tensor:
    return -_picked(torch.log_softmax(logits, dim=1), y).mean() / len(y)


@mistake("The sum over the examples is divided by the number of classes. Divide by the n examples.")
def over_the_classes(logits: Tensor, y: Tensor) -> Tensor:
    return -_picked(torch.log_softmax(logits, dim=1), y).sum() / logits.shape[1]


@mistake("A sigmoid takes the place of the softmax. The classes compete: their probabilities add up to 1.")
def sigmoid(logits: Tensor, y: Tensor) -> Tensor:
    return -_picked(torch.nn.functional.logsigmoid(logits), y).mean()


@mistake(
    "This is the squared error between probabilities and one-hot labels. The logarithm of the label's probability is asked for."
)
def squared_error(logits: Tensor, y: Tensor) -> Tensor:
    Y = torch.eye(logits.shape[1], dtype=logits.dtype, device=logits.device)[y]
    return ((torch.softmax(logits, dim=1) - Y) ** 2).sum(dim=1).mean()


@mistake("This is the mean probability of the labels, turned: 1 - p. Its logarithm is what counts.")
def one_minus_p(logits: Tensor, y: Tensor) -> Tensor:
    return (1 - _picked(torch.softmax(logits, dim=1), y)).mean()


@mistake("The logarithm of the mean is taken. It should be the mean of the logarithms.")
def log_of_mean(logits: Tensor, y: Tensor) -> Tensor:
    return -torch.log(_picked(torch.softmax(logits, dim=1), y).mean())


@mistake("The logits themselves go under the logarithm, and a negative one has none. The softmax is missing.")
def no_softmax(logits: Tensor, y: Tensor) -> Tensor:
    return -_picked(torch.log(logits), y).mean()


@mistake("Only the first example counts. The mean over all rows is asked for.")
def first_row(logits: Tensor, y: Tensor) -> Tensor:
    return -torch.log_softmax(logits, dim=1)[0, y[0]]


@mistake("It takes the class with the largest logit for the label. The true labels are in y.")
def own_prediction(logits: Tensor, y: Tensor) -> Tensor:
    return -torch.log_softmax(logits, dim=1).amax(dim=1).mean()


@mistake(
    "NaN is replaced by a number. What overflowed is hidden then, and still wrong: subtract the maximum of each row."
)
def nan_replaced(logits: Tensor, y: Tensor) -> Tensor:
    P = torch.exp(logits) / torch.exp(logits).sum(dim=1, keepdim=True)
    return -_picked(torch.log(torch.nan_to_num(P)), y).mean()
