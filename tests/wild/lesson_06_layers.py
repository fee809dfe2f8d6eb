"""Answers to the exercises of lesson 06 on layers: dropout and batch normalization, forwards and backwards; long because it is a list."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch import Generator, Tensor

from tests.wild.entries import right, wrong

Cache = dict[str, Tensor]


@right("dropout", "S454")
def dropout_mask_as_floats(X: Tensor, p: float, generator: Generator) -> Tensor:
    assert 0 <= p <= 1
    if p == 1:
        return torch.zeros_like(X)
    if p == 0:
        return X
    mask = (torch.rand(X.shape, generator=generator) > p).float()
    return mask * X / (1.0 - p)


@right("dropout", "S455")
def dropout_at_least_p_in_the_type_of_x(X: Tensor, p: float, generator: Generator) -> Tensor:
    uniform = torch.rand(X.shape, generator=generator, device=X.device)
    mask = (uniform >= p).to(X.dtype) / (1 - p)
    return X * mask


@right("dropout", "S456")
def dropout_floor_of_keep_plus_uniform(X: Tensor, p: float, generator: Generator) -> Tensor:
    keep = 1 - p
    m = torch.floor(torch.rand(X.shape, generator=generator, dtype=torch.float64) + keep) / keep
    return X * m.to(X.dtype)


@right("dropout", "S457")
def dropout_where_less_than_p(X: Tensor, p: float, generator: Generator) -> Tensor:
    rand_vals = torch.rand(*X.shape, generator=generator)
    scale = 1.0 / (1.0 - p)
    return torch.where(rand_vals < p, torch.zeros_like(X), X * scale)


@right("dropout", "S458")
def dropout_bernoulli_of_keep(X: Tensor, p: float, generator: Generator) -> Tensor:
    samples = torch.bernoulli(torch.full(X.shape, 1 - p, dtype=X.dtype), generator=generator)
    return (samples * X) / (1.0 - p)


@wrong(
    "dropout",
    "S459",
    fault="generator not used",
    says="rand without generator= draws from PyTorch's common source of chance. A run with the same generator cannot be "
    "repeated then.",
)
def dropout_common_source(X: Tensor, p: float, generator: Generator) -> Tensor:
    if p == 0:
        return X
    drop_matrix = torch.rand(X.shape)  # here
    mask = (drop_matrix > p).float()
    return X * mask * (1 / (1 - p))


@wrong(
    "dropout",
    "S460",
    fault="generator not used",
    says="NumPy's binomial knows nothing of the generator that you were given. Draw with torch, from that generator.",
)
def dropout_numpy_binomial(X: Tensor, p: float, generator: Generator) -> Tensor:
    mask = np.random.binomial(1, 1 - p, size=tuple(X.shape))  # here
    return X * torch.from_numpy(mask).to(X.dtype) / (1 - p)


@wrong(
    "dropout",
    "S461",
    fault="p taken for the share kept",
    says="In your course p was the probability to keep an element; here it is the probability of 0. At p = 0 you divide by "
    "0.",
)
def dropout_p_is_what_stays(X: Tensor, p: float, generator: Generator) -> Tensor:
    mask = (torch.rand(X.shape, generator=generator) < p) / p  # here
    return X * mask


@wrong(
    "dropout",
    "S462",
    fault="divides by p",
    says="The mask is right, but what stays is divided by p. The share that stays is 1 - p; with p = 0.1 your values come out "
    "ten times as large.",
)
def dropout_keeps_above_p_over_p(X: Tensor, p: float, generator: Generator) -> Tensor:
    mask = (torch.rand(X.shape, generator=generator) > p) / p  # here
    return X * mask


@wrong(
    "dropout",
    "S463",
    fault="not divided by 1 - p",
    says="What stays is not scaled up, so the mean falls to 1 - p of what it was. That is the older form, which scales in "
    "evaluation; asked for is the inverted one.",
)
def dropout_mask_only(X: Tensor, p: float, generator: Generator) -> Tensor:
    mask = torch.rand(X.shape, generator=generator) > p
    return X * mask  # here


@wrong(
    "dropout",
    "S464",
    fault="drops half whatever p",
    says="The scaling uses p, but the mask is drawn with 0.5. Both have to go by the same probability.",
)
def dropout_always_one_half(X: Tensor, p: float, generator: Generator) -> Tensor:
    scaled = X / (1 - p)
    mult = torch.bernoulli(torch.full_like(X, 0.5), generator=generator)  # here
    return scaled * mult


@wrong(
    "dropout",
    "S465",
    fault="changes X in place",
    says="*= and /= work on the tensor of the caller. X should stay as it is, so make a new one.",
)
def dropout_on_the_array_itself(X: Tensor, p: float, generator: Generator) -> Tensor:
    mask = torch.rand(X.shape, generator=generator) < 1 - p
    X.data *= mask  # here
    X.data /= 1 - p  # here
    return X


@wrong(
    "dropout",
    "S466",
    fault="one mask for all rows",
    says="One row of the mask is drawn and used for the whole batch. Each element is to be dropped by itself, so the mask "
    "needs the shape of X.",
)
def dropout_locked(X: Tensor, p: float, generator: Generator) -> Tensor:
    x = X.clone()
    mask = x.new_empty(1, *X.shape[1:]).bernoulli_(1 - p, generator=generator)  # here
    return x * mask.div_(1 - p).expand_as(x)


@wrong(
    "dropout",
    "S467",
    fault="seeds the generator",
    says="With the seed set inside, every call drops the same elements. The generator goes on by itself; leave its seed alone.",
)
def dropout_same_seed_each_time(X: Tensor, p: float, generator: Generator) -> Tensor:
    generator.manual_seed(1)  # here
    d1 = torch.rand(X.shape, generator=generator)
    d1 = d1 < 1 - p
    return X * d1 / (1 - p)


@wrong(
    "dropout",
    "S468",
    fault="exact number dropped",
    says="You choose a fixed number of elements. Then they are not dropped each by itself: the number that stays should vary "
    "from call to call.",
)
def dropout_exact_share(X: Tensor, p: float, generator: Generator) -> Tensor:
    num = round(X.numel() * (1 - p))
    idx = torch.randperm(X.numel(), generator=generator)[:num]  # here
    ym = torch.zeros(X.numel(), dtype=X.dtype)
    ym[idx] = 1 / (1 - p)
    return X * ym.reshape(X.shape)


@right("batch_norm", "S469")
def batch_norm_mean_of_squares(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> tuple[Tensor, Cache]:
    assert len(X.shape) in (2, 4)
    mean = X.mean(dim=0)
    var = ((X - mean) ** 2).mean(dim=0)
    std = torch.sqrt(var + eps)
    X_hat = (X - mean) / std
    Y = gamma * X_hat + beta
    return Y, {"X_hat": X_hat, "std": std, "gamma": gamma}


@right("batch_norm", "S470")
def batch_norm_nine_steps(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> tuple[Tensor, Cache]:
    N, _ = X.shape
    mu = 1.0 / N * torch.sum(X, axis=0)
    xmu = X - mu
    sq = xmu**2
    var = 1.0 / N * torch.sum(sq, axis=0)
    sqrtvar = torch.sqrt(var + eps)
    ivar = 1.0 / sqrtvar
    xhat = xmu * ivar
    gammax = gamma * xhat
    out = gammax + beta
    return out, {"X_hat": xhat, "gamma": gamma, "xmu": xmu, "ivar": ivar, "std": sqrtvar, "var": var}


@right("batch_norm", "S459")
def batch_norm_var_without_correction(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> tuple[Tensor, Cache]:
    batch_mean = X.mean(0)
    batch_var = X.var(0, correction=0)
    std = (batch_var + eps) ** 0.5
    x_norm = (X - batch_mean) / std
    return gamma * x_norm + beta, dict(X_hat=x_norm, std=std, gamma=gamma, mean=batch_mean)


@right("batch_norm", "S471")
def batch_norm_column_by_column(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> tuple[Tensor, Cache]:
    columns, stds = [], []
    for i in range(X.shape[1]):
        mean_temp = X[:, i].mean()
        var_temp = X[:, i].var(unbiased=False)
        stds.append(torch.sqrt(var_temp + eps))
        columns.append((X[:, i] - mean_temp) / stds[i])
    x = torch.stack(columns, dim=1)
    return x * gamma + beta, {"X_hat": x, "std": torch.stack(stds), "gamma": gamma}


@wrong(
    "batch_norm",
    "S472",
    fault="variance divided by n - 1",
    says="PyTorch's var divides by n - 1 unless told otherwise; here it is n. With few rows that shows, and with one row it is "
    "nan.",
)
def batch_norm_var_as_it_comes(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> tuple[Tensor, Cache]:
    xmean = X.mean(0, keepdim=True)
    xvar = X.var(0, keepdim=True)  # here
    std = torch.sqrt(xvar + eps)
    xhat = (X - xmean) / std
    return gamma * xhat + beta, {"X_hat": xhat, "std": std.squeeze(0), "gamma": gamma}


@wrong(
    "batch_norm",
    "S473",
    fault="eps added to the quotient",
    says="Look at the brackets: eps is added after the division, so it shifts the result and protects nothing. It belongs "
    "under the root. And var divides by n - 1.",
)
def batch_norm_eps_after_dividing(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> tuple[Tensor, Cache]:
    Ex = X.mean(dim=0)
    Varx = torch.sqrt(X.var(dim=0))  # here
    X_hat = (X - Ex) / Varx + eps  # here
    return X_hat * gamma + beta, {"X_hat": X_hat, "std": Varx, "gamma": gamma}


@wrong(
    "batch_norm",
    "S474",
    fault="one variance for all features",
    says="The mean is taken column by column, but the variance over all elements: the axis is missing there. Each feature has "
    "a variance of its own.",
)
def batch_norm_axis_forgotten(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> tuple[Tensor, Cache]:
    mean = torch.mean(X, axis=0)
    variance = torch.mean((X - mean) ** 2)  # here
    std = torch.sqrt(variance + eps)
    Z_norm = (X - mean) / std
    return gamma * Z_norm + beta, {"X_hat": Z_norm, "std": std, "gamma": gamma}


@wrong(
    "batch_norm",
    "S475",
    fault="eps left out",
    says="eps is never used. A feature that is the same in all rows has the deviation 0, and you divide 0 by 0.",
)
def batch_norm_bare_deviation(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> tuple[Tensor, Cache]:
    m = torch.mean(X, axis=0)
    s = torch.std(X, axis=0, unbiased=False)  # here
    x_hat = (X - m) / s
    return gamma * x_hat + beta, {"X_hat": x_hat, "std": s, "gamma": gamma}


@wrong(
    "batch_norm",
    "S476",
    fault="cache is a tuple",
    says="The output is right. The cache should be a dict with the keys X_hat, std and gamma, so that the backward pass can "
    "ask for them by name.",
)
def batch_norm_packs_a_tuple(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Any:
    x_mean = torch.mean(X, axis=0)
    x_var = torch.var(X, axis=0, correction=0)
    x_std = torch.sqrt(x_var + eps)
    x_norm = (X - x_mean) / x_std
    out = gamma * x_norm + beta
    cache = (gamma, x_norm, x_mean, x_var, x_std, X, eps)
    return out, cache  # here


@wrong(
    "batch_norm",
    "S459",
    fault="no cache returned",
    says="Only the output comes back. The backward pass needs what was computed on the way: return the cache beside it.",
)
def batch_norm_output_alone(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Any:
    mean = torch.mean(X, dim=0)
    var = torch.var(X, dim=0, unbiased=False)
    norm = (X - mean) / torch.sqrt(var + eps)
    return gamma * norm + beta  # here


@wrong(
    "batch_norm",
    "S477",
    fault="variance kept under std",
    says="What you keep as std is the variance plus eps, its root was only taken for the quotient. The backward pass would "
    "divide by the wrong number.",
)
def batch_norm_keeps_variance(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> tuple[Tensor, Cache]:
    mean = X.mean(axis=0)
    std = ((X - mean) ** 2).sum(0) / X.shape[0] + eps  # here
    x_hat = (X - mean) / std**0.5
    return gamma * x_hat + beta, {"gamma": gamma, "X_hat": x_hat, "std": std}


@wrong(
    "batch_norm",
    "S478",
    fault="std of shape (1, d)",
    says="keepdim leaves an axis of length 1 in std; the docstring asks for (d,). The output is right.",
)
def batch_norm_keeps_an_axis(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> tuple[Tensor, Cache]:
    sample_mean = torch.mean(X, axis=0, keepdims=True)
    sample_var = torch.var(X, axis=0, keepdims=True, unbiased=False)  # here
    std = torch.sqrt(sample_var + eps)
    x_normalized = (X - sample_mean) / std
    return gamma * x_normalized + beta, {"X_hat": x_normalized, "std": std, "gamma": gamma}


@wrong(
    "batch_norm",
    "S479",
    fault="math.sqrt of a tensor",
    says="math.sqrt takes one number, and v has one for each feature. Use the root of torch.",
    raises="ValueError",
)
def batch_norm_root_from_math(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> tuple[Tensor, Cache]:
    m = torch.mean(X, dim=0)
    v = torch.var(X, dim=0, unbiased=False)
    std = math.sqrt(v + eps)  # here
    z = (X - m) / std
    return z * gamma + beta, {"X_hat": z, "std": std, "gamma": gamma}


@wrong(
    "batch_norm",
    "S471",
    fault="changes X in place",
    says="Column by column you write into X itself, and then scale and shift it there. The caller's data is gone, and so is "
    "X_hat, which is the same tensor.",
)
def batch_norm_writes_into_x(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> tuple[Tensor, Cache]:
    X = X.data
    std = torch.sqrt(X.var(0, unbiased=False) + eps)
    for i in range(X.shape[1]):
        X[:, i] = (X[:, i] - X[:, i].mean()) / std[i]  # here
    X_hat = X
    X *= gamma  # here
    X += beta  # here
    return X, {"X_hat": X_hat, "std": std, "gamma": gamma}


@right("batch_norm_backward", "S481")
def batch_norm_backward_centred_in_two_parts(grad_O: Tensor, cache: Cache) -> tuple[Tensor, Tensor, Tensor]:
    xn, std, gamma = cache["X_hat"], cache["std"], cache["gamma"]
    N = grad_O.shape[0]
    xc = xn * std
    dbeta = grad_O.sum(axis=0)
    dgamma = torch.sum(xn * grad_O, axis=0)
    dxn = gamma * grad_O
    dxc = dxn / std
    dstd = -torch.sum((dxn * xc) / (std * std), axis=0)
    dvar = 0.5 * dstd / std
    dxc = dxc + (2.0 / N) * xc * dvar
    dmu = torch.sum(dxc, axis=0)
    return dxc - dmu / N, dgamma, dbeta


@right("batch_norm_backward", "S482")
def batch_norm_backward_short_sums(grad_O: Tensor, cache: Cache) -> tuple[Tensor, Tensor, Tensor]:
    def S(x: Tensor) -> Tensor:
        return x.sum(axis=0)

    x_hat = cache["X_hat"]
    dx = grad_O * cache["gamma"] / (len(grad_O) * cache["std"])
    dx = len(grad_O) * dx - S(dx * x_hat) * x_hat - S(dx)
    return dx, S(grad_O * x_hat), S(grad_O)


@right("batch_norm_backward", "S428")
def batch_norm_backward_one_fraction(grad_O: Tensor, cache: Cache) -> tuple[Tensor, Tensor, Tensor]:
    n_ex, _ = grad_O.shape
    N = cache["X_hat"]
    dIntercept = grad_O.sum(axis=0)
    dScaler = (grad_O * N).sum(axis=0)
    dN = grad_O * cache["gamma"]
    dX = (n_ex * dN - dN.sum(axis=0) - N * (dN * N).sum(axis=0)) / (n_ex * cache["std"])
    return dX, dScaler, dIntercept


@right("batch_norm_backward", "S477")
def batch_norm_backward_mean_without_variance(grad_O: Tensor, cache: Cache) -> tuple[Tensor, Tensor, Tensor]:
    x_hat, sigma, gamma = cache["X_hat"], cache["std"], cache["gamma"]
    m = grad_O.shape[0]
    var = sigma**2
    dx_hat = gamma * grad_O
    dvar = -0.5 * torch.sum(dx_hat * x_hat, axis=0) / var
    dmean = -1.0 * torch.sum(dx_hat, axis=0) / sigma
    dx = dx_hat / sigma + dvar * 2 * x_hat * sigma / m + dmean / m
    return dx, torch.sum(x_hat * grad_O, axis=0), torch.sum(grad_O, axis=0)


@right("batch_norm_backward", "S483")
def batch_norm_backward_with_a_term_that_vanishes(grad_O: Tensor, cache: Cache) -> tuple[Tensor, Tensor, Tensor]:
    Y, dEdY = cache["X_hat"], grad_O * cache["gamma"]
    a = dEdY.mean(0)
    b = (dEdY * Y).mean(0)
    dEdX = (dEdY - a - b * Y + b * Y.mean(0)) / cache["std"]
    return dEdX, torch.einsum("nd,nd->d", grad_O, Y), torch.einsum("nd->d", grad_O)


@wrong(
    "batch_norm_backward",
    "S481",
    fault="mean and std as constants",
    says="This is the gradient of evaluation, where mean and std are fixed. In training both depend on every row, and two "
    "more ways lead back to x.",
)
def batch_norm_backward_of_evaluation(grad_O: Tensor, cache: Cache) -> tuple[Tensor, Tensor, Tensor]:
    xn, gamma, std = cache["X_hat"], cache["gamma"], cache["std"]
    dbeta = grad_O.sum(axis=0)
    dgamma = torch.sum(xn * grad_O, axis=0)
    dxn = gamma * grad_O
    dx = dxn / std  # here
    return dx, dgamma, dbeta


@wrong(
    "batch_norm_backward",
    "S484",
    fault="way through the mean missing",
    says="The direct way and the one through the spread are there; the one through the mean is missing. Your grad_X does not "
    "sum to 0 over the rows.",
)
def batch_norm_backward_without_the_mean(grad_O: Tensor, cache: Cache) -> tuple[Tensor, Tensor, Tensor]:
    x_hat = cache["X_hat"]
    h = grad_O * cache["gamma"]
    bottom_diff = h - x_hat * (h * x_hat).mean(0)  # here
    return bottom_diff / cache["std"], (grad_O * x_hat).sum(0), grad_O.sum(0)


@wrong(
    "batch_norm_backward",
    "S485",
    fault="only the diagonal of the Jacobian",
    says="You have how each x changes its own output. But through mean and spread it changes the outputs of all rows, so "
    "their gradients have to be added up, too.",
)
def batch_norm_backward_own_row_only(grad_O: Tensor, cache: Cache) -> tuple[Tensor, Tensor, Tensor]:
    x_normalized, std = cache["X_hat"], cache["std"]
    N = grad_O.shape[0]
    x_mu = x_normalized * std
    dx1 = (N - 1.0) * std**2 - x_mu**2 * (1.0 - 1.0 / N)
    dx2 = (1.0 / std) ** 3
    dx = 1.0 / N * dx1 * dx2 * grad_O * cache["gamma"]  # here
    return dx, torch.sum(grad_O * x_normalized, axis=0), torch.sum(grad_O, axis=0)


@wrong(
    "batch_norm_backward",
    "S466",
    fault="gradient of gamma from scaled values",
    says="gamma multiplies X_hat, so its gradient is the sum of grad_O times X_hat. You take what comes after the scaling, "
    "which has gamma in it already.",
)
def batch_norm_backward_after_scaling(grad_O: Tensor, cache: Cache) -> tuple[Tensor, Tensor, Tensor]:
    NZ, BW, root = cache["X_hat"], cache["gamma"], cache["std"]
    N = len(grad_O)
    BZ = BW * NZ
    dLdBW = torch.sum(grad_O * BZ, axis=0)  # here
    dLdBb = torch.sum(grad_O, axis=0)
    dLdNZ = grad_O * BW
    dLdV = -1 / 2 * torch.sum(dLdNZ * NZ * root * root**-3, axis=0)
    dLdM = -torch.sum(dLdNZ / root, axis=0)
    dLdZ = dLdNZ / root + dLdV * 2 * NZ * root / N + dLdM / N
    return dLdZ, dLdBW, dLdBb


@wrong(
    "batch_norm_backward",
    "S486",
    fault="gradients of shape (1, d)",
    says="The numbers are right. keepdims leaves the gradients of gamma and beta with a shape (1, d), and they should have "
    "that of gamma and beta.",
)
def batch_norm_backward_keeps_dims(grad_O: Tensor, cache: Cache) -> tuple[Tensor, Tensor, Tensor]:
    N = grad_O.shape[0]
    x_hat, std_inv = cache["X_hat"], 1.0 / cache["std"]
    x_mu = x_hat * cache["std"]
    dx_hat = grad_O * cache["gamma"]
    dvar = torch.sum(dx_hat * x_mu * -0.5 * std_inv**3, axis=0, keepdims=True)
    dmean = torch.sum(dx_hat * -std_inv, axis=0, keepdims=True)
    dinputs = dx_hat * std_inv + dvar * 2 * x_mu / N + dmean / N
    dgamma = torch.sum(grad_O * x_hat, axis=0, keepdims=True)  # here
    dbeta = torch.sum(grad_O, axis=0, keepdims=True)  # here
    return dinputs, dgamma, dbeta


@wrong(
    "batch_norm_backward",
    "S411",
    fault="gamma missing in grad_X",
    says="gamma is multiplied in after its last use: the product that goes on to x was formed from grad_O before. The "
    "gradient of X_hat is gamma times grad_O.",
)
def batch_norm_backward_scale_too_late(grad_O: Tensor, cache: Cache) -> tuple[Tensor, Tensor, Tensor]:
    ivar = 1 / cache["std"]
    x_mu = cache["X_hat"] * cache["std"]
    dy = grad_O
    dyivar = dy * ivar  # here
    dg, db = (x_mu * dyivar).sum(0), dy.sum(0)
    m = len(dy)
    dsigma2 = -0.5 * (dyivar * x_mu * ivar**2).sum(0)
    dmu = -dyivar.sum(0) - 2 * dsigma2 * x_mu.sum(0) / m
    dx = dyivar + dsigma2 * 2 * x_mu / m + dmu / m
    return dx, dg, db


@wrong(
    "batch_norm_backward",
    "S480",
    fault="divides by the width",
    says="m is the number of features here; the means are over the examples, of which there are as many as rows.",
)
def batch_norm_backward_width_for_batch(grad_O: Tensor, cache: Cache) -> tuple[Tensor, Tensor, Tensor]:
    xHat, stdInv = cache["X_hat"], 1 / cache["std"]
    dXHat = grad_O * cache["gamma"]
    m = grad_O.shape[1]  # here
    dX = (dXHat * m - dXHat.sum(0) - xHat * (dXHat * xHat).sum(0)) * (stdInv / m)
    return dX, (grad_O * xHat).sum(0), grad_O.sum(0)


@wrong(
    "batch_norm_backward",
    "S476",
    fault="asks for what is not cached",
    says="There is no x in the cache, only X_hat, std and gamma. What you need of it is x minus the mean, and that follows from "
    "these.",
    raises="KeyError",
)
def batch_norm_backward_wants_x(grad_O: Tensor, cache: Cache) -> tuple[Tensor, Tensor, Tensor]:
    x = cache["x"]  # here
    x_std, N = cache["std"], len(grad_O)
    x_mean = torch.mean(x, axis=0)
    dx_norm = grad_O * cache["gamma"]
    dx_var = torch.sum(dx_norm * (x - x_mean) * -0.5 * x_std ** (-3), axis=0)
    dx_mean = torch.sum(dx_norm * -1.0 / x_std, axis=0) + dx_var * torch.sum(-2 * (x - x_mean)) / N
    dx = dx_norm * (1.0 / x_std) + dx_var * 2 * (x - x_mean) / N + dx_mean / N
    return dx, torch.sum(grad_O * cache["X_hat"], axis=0), torch.sum(grad_O, axis=0)
