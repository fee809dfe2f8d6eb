"""`dropout`: what it should do, how it is examined, and the mistakes that people make."""

from __future__ import annotations

import math

import torch
from torch import Generator, Tensor

from grading.catalogue.optimization.dropout.examine import RATE, SHARES, VALUES, examine
from grading.judging.exercise import Ban, Exercise, Mistakes

mistake = Mistakes()


def _kept(X: Tensor, p: float, generator: Generator) -> Tensor:
    return (torch.rand(X.shape, generator=generator) >= p).to(X.dtype)


@mistake("What is kept is not scaled. Divide it by 1 - p, so that the mean of each element stays what it was.")
def not_scaled(X: Tensor, p: float, generator: Generator) -> Tensor:
    return X * _kept(X, p, generator)


@mistake("What is kept is multiplied by 1 - p. It is divided by it, to make up for what is missing.")
def multiplied(X: Tensor, p: float, generator: Generator) -> Tensor:
    return X * _kept(X, p, generator) * (1 - p)


@mistake("What is kept is divided by p. The share that is kept is 1 - p.")
def divided_by_p(X: Tensor, p: float, generator: Generator) -> Tensor:
    return X * _kept(X, p, generator) / p if p else X.clone()


@mistake("What is kept is divided by p. The share that is kept is 1 - p.")
def divided_by_any_p(X: Tensor, p: float, generator: Generator) -> Tensor:
    return X * (_kept(X, p, generator) / torch.tensor(p, dtype=X.dtype))


@mistake("What is kept is divided by the root of 1 - p. That keeps the mean square; dropout keeps the mean.")
def divided_by_the_root(X: Tensor, p: float, generator: Generator) -> Tensor:
    return X * _kept(X, p, generator) / math.sqrt(1 - p)


@mistake("p is the share that is kept here. It is the probability of a zero: the comparison is the wrong way round.")
def p_kept(X: Tensor, p: float, generator: Generator) -> Tensor:
    return X * (torch.rand(X.shape, generator=generator) < p) / (1 - p)


@mistake("p is taken for the probability to be kept, in the mask and in the scale. It is that of a zero.")
def keep_probability(X: Tensor, p: float, generator: Generator) -> Tensor:
    return X * (torch.rand(X.shape, generator=generator) < p) / p if p else torch.zeros_like(X)


@mistake(
    "p is the share that is kept here, and what is kept is not scaled. p is the probability of a zero; divide by 1 - p."
)
def p_kept_not_scaled(X: Tensor, p: float, generator: Generator) -> Tensor:
    return X * (torch.rand(X.shape, generator=generator) < p)


@mistake("Half of the elements are dropped, whatever p says.")
def always_half(X: Tensor, p: float, generator: Generator) -> Tensor:
    return X * _kept(X, 0.5, generator) / (1 - p) if p else X.clone()


@mistake("The mask has one number for each row, so that an example is dropped as a whole. Draw one for each element.")
def row_mask(X: Tensor, p: float, generator: Generator) -> Tensor:
    return X * (torch.rand((len(X), *(1,) * (X.dim() - 1)), generator=generator) >= p) / (1 - p)


@mistake("The mask has one number for each column, the same for all examples. Draw one for each element.")
def column_mask(X: Tensor, p: float, generator: Generator) -> Tensor:
    return X * (torch.rand(X.shape[1:], generator=generator) >= p) / (1 - p)


@mistake("One number decides for the whole tensor. Draw one for each element.")
def one_number(X: Tensor, p: float, generator: Generator) -> Tensor:
    return X * (torch.rand((), generator=generator) >= p) / (1 - p)


@mistake(
    "Exactly the same number of elements is dropped each time. Each element is dropped by itself, so the number varies."
)
def exact_number(X: Tensor, p: float, generator: Generator) -> Tensor:
    order = torch.randperm(X.numel(), generator=generator).reshape(X.shape)
    return X * (order >= round(p * X.numel())) / (1 - p)


@mistake("The mask is drawn without `generator=generator`, from the generator of the whole session.")
def session_generator(X: Tensor, p: float, generator: Generator) -> Tensor:
    return X * (torch.rand(X.shape) >= p) / (1 - p)


@mistake(
    "A seed is set inside, so that every call drops the same elements. The generator comes seeded; draw from it as it is."
)
def seed_inside(X: Tensor, p: float, generator: Generator) -> Tensor:
    generator.manual_seed(0)
    return X * _kept(X, p, generator) / (1 - p)


@mistake("The session's generator is seeded from this one and then drawn from. Draw from `generator` itself.")
def seeds_the_session(X: Tensor, p: float, generator: Generator) -> Tensor:
    torch.manual_seed(int(torch.randint(2**31, (), generator=generator)))
    return X * (torch.rand(X.shape) >= p) / (1 - p)


@mistake("`*=` and `mul_` write into X, which belongs to the caller. Multiply into a new tensor.")
def in_place(X: Tensor, p: float, generator: Generator) -> Tensor:
    with torch.no_grad():
        return X.mul_(_kept(X, p, generator)).div_(1 - p)


@mistake("Nothing is dropped: X comes back as it is.")
def nothing(X: Tensor, p: float, generator: Generator) -> Tensor:
    return X.clone()


@mistake("Every element is scaled, and none is dropped.")
def scaled_only(X: Tensor, p: float, generator: Generator) -> Tensor:
    return X / (1 - p)


@mistake(
    "The random numbers themselves are multiplied by. They decide only whether an element is kept: compare them with p."
)
def random_weights(X: Tensor, p: float, generator: Generator) -> Tensor:
    return X * torch.rand(X.shape, generator=generator) / (1 - p)


@mistake(
    "The random numbers are normal. `torch.rand` is uniform from 0 to 1, so that it lies below p with probability p."
)
def normal_numbers(X: Tensor, p: float, generator: Generator) -> Tensor:
    return X * (torch.randn(X.shape, generator=generator) >= p) / (1 - p)


@mistake("The mask is returned. Multiply X by it.")
def mask_only(X: Tensor, p: float, generator: Generator) -> Tensor:
    return _kept(X, p, generator) / (1 - p)


EXERCISE = Exercise(
    name="dropout",
    points=1.5,
    parameters=("X", "p", "generator"),
    summary="Return X with each element by itself 0 with probability p and else divided by 1 - p; draw from `generator` only.",
    outputs=(VALUES, RATE),
    parts=SHARES,
    examine=examine,
    may_change=frozenset({"generator"}),
    mistakes=mistake.all,
    hints=(
        "One random number for each element decides whether it is kept. How often is a uniform number from 0 to 1 below p?",
        "`torch.rand(X.shape, generator=generator)` has the shape of X. Compare it with p: that is the mask.",
        "A mean stays if what is kept grows by as much as is missing: divide by the share that is kept.",
    ),
    ban=Ban(
        frozenset(
            {
                "dropout",
                "alpha_dropout",
                "feature_dropout",
                "feature_alpha_dropout",
                "fused_dropout",
                "dropout1d",
                "dropout2d",
                "dropout3d",
            }
        ),
        "Draw the mask yourself: one comparison and one division.",
    ),
)
