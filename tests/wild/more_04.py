"""More answers of others to the exercises of lesson 04, half-finished ones among them; long because it is a list."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from tests.wild.entries import right, wrong

_Batches = Iterable[tuple[Tensor, Tensor]]


@right("MLPScratch.forward", "S539")
def mlp_forward_multiplies_sizes_in_a_loop(self: Any, X: Tensor) -> Tensor:
    dim_2 = 1
    for axis in X.shape[1:]:
        dim_2 *= axis
    flat = torch.reshape(X, (X.shape[0], dim_2))
    hidden = flat.matmul(self.W1) + self.b1.broadcast_to((X.shape[0], self.W1.shape[1]))
    hidden = torch.where(hidden > 0, hidden, 0.0)
    return hidden.matmul(self.W2) + self.b2.broadcast_to((X.shape[0], self.W2.shape[1]))


@wrong(
    "MLPScratch.forward",
    "S558",
    fault="flat images under a misspelt name",
    says="The flat images are called imagees, with one e too many, and what goes into the product are the images as they "
    "came. Besides, (1, -1) makes one row of the whole batch.",
    raises="RuntimeError",
)
def mlp_forward_misspelt_images(self: Any, X: Tensor) -> Tensor:
    images = X
    imagees = images.reshape(1, -1)  # here
    print(imagees.shape)
    hidden = torch.clamp(images @ self.W1 + self.b1, min=0)  # here
    return hidden @ self.W2 + self.b2


@wrong(
    "MLPScratch.forward",
    "S559",
    fault="squeezes in place of flattening",
    says="squeeze drops the axes of length 1, so (n, 1, 28, 28) becomes (n, 28, 28). The pixels of an image have to come into "
    "one row; and a batch of one would lose its first axis.",
    raises="RuntimeError",
)
def mlp_forward_squeezes_the_images(self: Any, X: Tensor) -> Tensor:
    x = X.squeeze()  # here
    h = torch.max(x @ self.W1 + self.b1, torch.tensor(0.0))
    return h @ self.W2 + self.b2


@wrong(
    "MLPScratch.forward",
    "S531",
    fault="asks a tensor whether it is true",
    says="if self.b1: wants one True or False, and the bias has many numbers. To ask whether there is a bias, compare "
    "with None.",
    raises="RuntimeError",
)
def mlp_forward_if_self_bias(self: Any, X: Tensor) -> Tensor:
    X = X.reshape(X.shape[0], -1)
    mulA = torch.matmul(X, self.W1)
    if self.b1:  # here
        mulA = mulA + self.b1
    hidden = mulA * (mulA > 0)
    return torch.matmul(hidden, self.W2) + self.b2


@wrong(
    "MLPScratch.forward",
    "S531",
    fault="raises not implemented",
    says="The flattening is there; the rest is still the line that raises. Two products, two biases and a ReLU are "
    "missing.",
    raises="NotImplementedError",
)
def mlp_forward_flattens_and_raises(self: Any, X: Tensor) -> Tensor:
    X = X.reshape((X.shape[0], -1))
    raise NotImplementedError()  # here


@wrong(
    "MLPScratch.forward",
    "S528",
    fault="returns nothing",
    says="The logits end up in an attribute, and the function has no return. Who calls the model gets None.",
)
def mlp_forward_stores_its_output(self: Any, X: Tensor) -> Any:
    X = X.reshape(len(X), -1)
    self.input = X
    self.hidden = torch.clamp(X @ self.W1 + self.b1, min=0)
    self.output = self.hidden @ self.W2 + self.b2  # here


@wrong(
    "MLPScratch.forward",
    "S534",
    fault="inner function never called",
    says="The work is indented into a function of its own, and nobody calls it. The outer one ends there, with None.",
)
def mlp_forward_indented_too_far(self: Any, X: Tensor) -> Any:
    self.x = X.reshape(X.shape[0], -1)

    def forward(x: Tensor) -> Tensor:  # here
        out = torch.clamp(x @ self.W1 + self.b1, min=0)
        return out @ self.W2 + self.b2


@right("cross_entropy", "S560")
def cross_entropy_differences_in_a_square(logits: Tensor, y: Tensor) -> Tensor:
    batch_size = y.shape[-1]
    max_val = torch.max(logits, dim=-1, keepdim=True).values
    selected = logits[torch.arange(batch_size, device=logits.device), y]
    expsum = torch.sum(torch.exp(logits - max_val), dim=-1, keepdim=True)
    return (max_val + torch.log(expsum) - selected).mean()


@right("cross_entropy", "S561")
def cross_entropy_minus_of_a_difference(logits: Tensor, y: Tensor) -> Tensor:
    o = logits - torch.amax(logits, dim=-1, keepdim=True)
    o_i = o[torch.arange(logits.shape[0], device=logits.device), y]
    z = torch.sum(torch.exp(o), axis=-1)
    return (-(o_i - torch.log(z))).mean()


@wrong(
    "cross_entropy",
    "S534",
    fault="misspelt name of a function",
    says="The function is called arange, with one r: it makes a range of numbers. The softmax is over everything at once, "
    "too.",
    raises="AttributeError",
)
def cross_entropy_with_arrange(logits: Tensor, y: Tensor) -> Tensor:
    p = torch.exp(logits - logits.max())
    p = p / p.sum()
    batch_size = p.shape[0]
    return -torch.sum(torch.log(p[torch.arrange(batch_size), y] + 1e-7)) / batch_size  # here


@wrong(
    "cross_entropy",
    "S562",
    fault="logarithm to base 10",
    says="log10 makes every loss smaller by the factor ln 10, about 2.3. The natural logarithm is meant.",
)
def cross_entropy_in_decades(logits: Tensor, y: Tensor) -> Tensor:
    shifted = logits - logits.max(dim=1, keepdim=True).values
    picked = shifted.gather(1, y[:, None])[:, 0]
    w_sum = torch.exp(picked) / torch.exp(shifted).sum(dim=1)
    return -torch.log10(w_sum).mean()  # here


@wrong(
    "cross_entropy",
    "S563",
    fault="formula for two classes",
    says="y log p + (1 - y) log(1 - p) is for one output that says yes or no. With several classes only the probability "
    "of the right one counts. The sum is not a mean, either.",
)
def cross_entropy_of_yes_and_no(logits: Tensor, y: Tensor) -> Tensor:
    P = torch.softmax(logits, dim=1)
    Y = torch.nn.functional.one_hot(y, logits.shape[1])
    total = torch.zeros(())
    for i in range(len(Y)):
        total = total + (Y[i] * (-torch.log(P[i])) + (1 - Y[i]) * (-torch.log(1 - P[i]))).sum()  # here
    return total


@wrong(
    "cross_entropy",
    "S491",
    fault="one loss for each example",
    says="You sum over the classes and stop: the result has one number for each example. The mean over them is missing, "
    "and 0.0001 under the logarithm changes the values.",
)
def cross_entropy_stops_at_the_rows(logits: Tensor, y: Tensor) -> Tensor:
    yhat = torch.softmax(logits, dim=1)
    ytrue = torch.eye(logits.shape[1])[y]
    return -torch.sum(ytrue * torch.log(yhat + 0.0001), dim=1)  # here


@wrong(
    "cross_entropy",
    "S510",
    fault="returns a matrix of one number",
    says="Products with vectors of ones are sums, but they leave a matrix (1, 1); a 0-dimensional tensor is asked for. "
    "And exp without a shift overflows at 1000.",
)
def cross_entropy_between_vectors_of_ones(logits: Tensor, y: Tensor) -> Tensor:
    Y = torch.nn.functional.one_hot(y, logits.shape[1]).to(logits.dtype)
    ones_n, ones_c = torch.ones((len(y), 1)), torch.ones((logits.shape[1], 1))
    exp_A = torch.exp(logits)  # here
    softmax = exp_A / torch.sum(exp_A, dim=1, keepdim=True)
    crossentropy = (-Y * torch.log(softmax)) @ ones_c
    return ones_n.T @ crossentropy / len(y)  # here


@wrong(
    "cross_entropy",
    "S564",
    fault="prints, sums, no softmax",
    says="A sum over all examples is no mean, and the logits have not become probabilities yet: their logarithm is not "
    "even defined where they are negative. The print can go.",
)
def cross_entropy_with_a_result_to_print(logits: Tensor, y: Tensor, is_print: bool = True) -> Tensor:
    t = torch.nn.functional.one_hot(y, logits.shape[1])
    result = -torch.sum(t * torch.log(logits + 1e-7))  # here
    if is_print:
        print(f"loss (type {type(result)}) -> {result}")
    return result


@right("accuracy", "S565")
def accuracy_long_sum_of_eq(logits: Tensor, y: Tensor) -> float:
    pred = logits.max(1, keepdim=True)[1]
    correct = pred.eq(y.view_as(pred)).long().cpu().sum()
    return float(correct) / len(y)


@wrong(
    "accuracy",
    "S491",
    fault="counts the errors",
    says="You count where the difference is not zero: these are the wrong ones, and as a number, not as a share.",
)
def accuracy_counts_the_wrongs(logits: Tensor, y: Tensor) -> Any:
    pred = np.squeeze(np.argmax(logits.detach().numpy(), axis=1))
    true = np.squeeze(y.numpy())
    wrongs = np.count_nonzero(true - pred)
    return wrongs  # here


@wrong(
    "accuracy",
    "S566",
    fault="names from elsewhere, error rate",
    says="training_data and self are not arguments of this function. And 1 minus the share of equal ones is the error.",
    raises="NameError",
)
def accuracy_of_names_from_elsewhere(logits: Tensor, y: Tensor) -> float:
    hits = np.count_nonzero(np.argmax(self.update(training_data), axis=1) == np.asarray(y))  # noqa: F821  # here
    return 1.0 - 1.0 * hits / logits.shape[0]  # here


@wrong(
    "accuracy",
    "S557",
    fault="expects predictions, not logits",
    says="Your assert is right to complain: the second argument is a matrix of logits, not yet a vector of predictions. "
    "Take the largest entry of each row first. And times 100 makes percent.",
    raises="AssertionError",
)
def accuracy_asserts_equal_shapes(logits: Tensor, y: Tensor) -> Any:
    assert y.shape == logits.shape  # here
    return torch.sum(y == logits) * 100.0 / y.numel()


@wrong(
    "accuracy",
    "S567",
    fault="list of percentages",
    says="This one, for several k, returns a list of tensors in percent. One share between 0 and 1 is asked for.",
)
def accuracy_top_k_in_a_list(logits: Tensor, y: Tensor, topk: tuple[int, ...] = (1,)) -> Any:
    maxk = min(max(topk), logits.size()[1])
    batch_size = y.size(0)
    _, pred = logits.topk(maxk, 1, True, True)
    correct = pred.t().eq(y.reshape(1, -1).expand_as(pred.t()))
    return [correct[: min(k, maxk)].reshape(-1).float().sum(0) * 100.0 / batch_size for k in topk]  # here


@wrong(
    "accuracy",
    "S568",
    fault="divides by the batch size twice",
    says="Each hit already counts 1 over the number of examples; dividing the sum by it again makes the result too small.",
)
def accuracy_divides_again(logits: Tensor, y: Tensor) -> Tensor:
    batch_size = y.shape[0]
    accuracy = torch.zeros(())
    for i in range(batch_size):
        accuracy = accuracy + (logits[i].argmax() == y[i]).float() / batch_size
    accuracy /= batch_size  # here
    return accuracy


@wrong(
    "train_epoch",
    "S570",
    fault="misspelt method, underscore missing",
    says="The method that zeroes a tensor in place is called zero_, with an underscore; zero does not exist.",
    raises="AttributeError",
)
def train_epoch_zero_without_underscore(
    model: nn.Module, batches: _Batches, loss: Callable[..., Any], lr: float
) -> float:
    total, count = 0.0, 0
    for X, y in batches:
        for p in model.parameters():
            if p.grad is not None:
                p.grad.zero()  # here
        J = loss(model(X), y)
        J.backward()
        with torch.no_grad():
            for p in model.parameters():
                p -= lr * p.grad
        total += J.item() * len(y)
        count += len(y)
    return total / count


@wrong(
    "train_epoch",
    "S571",
    fault="name of the batch size unknown",
    says="batch_size is not defined here; each batch knows its own size. Nothing resets the gradients between the batches, "
    "either.",
    raises="NameError",
)
def train_epoch_asks_for_batch_size(model: nn.Module, batches: _Batches, loss: Callable[..., Any], lr: float) -> float:
    model.train()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    run_loss, count = 0.0, 0
    for data, target in batches:
        J = loss(model(data), target)
        J.backward()
        optimizer.step()
        run_loss += J.item() * batch_size  # noqa: F821  # here
        count += batch_size  # noqa: F821  # here
    return run_loss / count


@wrong(
    "train_epoch",
    "S572",
    fault="a number for a gradient",
    says="The gradient of a parameter is a tensor or None; the number 0 is refused. Zero it in place, or set it to None.",
    raises="TypeError",
)
def train_epoch_sets_grad_to_the_number_zero(
    model: nn.Module, batches: _Batches, loss: Callable[..., Any], lr: float
) -> float:
    losses, sizes = [], []
    for X, y in batches:
        J = loss(model(X), y)
        J.backward()
        for p in model.parameters():
            p.data -= lr * p.grad
            p.grad = 0  # here
        losses.append(J.item() * len(X))
        sizes.append(len(X))
    return sum(losses) / sum(sizes)


@wrong(
    "train_epoch",
    "S573",
    fault="weights the loss by the width",
    says="size(1) is the number of features. The mean of a batch counts as often as the batch has examples, and these are "
    "along dimension 0.",
)
def train_epoch_counts_along_dimension_one(
    model: nn.Module, batches: _Batches, loss: Callable[..., Any], lr: float
) -> float:
    was = model.training
    model.train()
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=lr)
    running_loss, seen = 0.0, 0
    for x, y in batches:
        optimizer.zero_grad()
        J = loss(model(x), y)
        J.backward()
        optimizer.step()
        running_loss += J.item() * x.size(1)  # here
        seen += x.size(0)
    model.train(was)
    return running_loss / seen


@wrong(
    "train_epoch",
    "S574",
    fault="keeps what backward returns",
    says="In PyTorch backward returns None, so your loss is None from there on. Compute the loss in one line and go backward "
    "in the next.",
    raises="AttributeError",
)
def train_epoch_chains_backward(model: nn.Module, batches: _Batches, loss: Callable[..., Any], lr: float) -> float:
    optim = torch.optim.SGD(model.parameters(), lr=lr)
    total, count = 0.0, 0
    for X, y in batches:
        optim.zero_grad()
        J = loss(model(X), y).backward()  # here
        optim.step()
        total += J.item() * len(y)
        count += len(y)
    return total / count


@wrong(
    "train_epoch",
    "S548",
    fault="steps uphill",
    says="With the error as target minus output a plus was right. Here you have the gradient of the loss, and against it you "
    "go with a minus.",
)
def train_epoch_adds_the_derivatives(model: nn.Module, batches: _Batches, loss: Callable[..., Any], lr: float) -> float:
    sum_error, count = 0.0, 0
    for _input, _target in batches:
        error = loss(model(_input), _target)
        parameters = [p for p in model.parameters() if p.requires_grad]
        derivatives = torch.autograd.grad(error, parameters)
        with torch.no_grad():
            for _weights, _derivatives in zip(parameters, derivatives, strict=True):
                _weights += _derivatives * lr  # here
        sum_error += float(error) * len(_target)
        count += len(_target)
    return sum_error / count


@wrong(
    "train_epoch",
    "S575",
    fault="number of batches off by one, no brackets",
    says="ite is the index of the last batch, and without brackets you divide by it first and add 1 afterwards. Count the "
    "examples as they go by, and divide by that.",
)
def train_epoch_divides_by_ite_plus_one(
    model: nn.Module, batches: _Batches, loss: Callable[..., Any], lr: float
) -> float:
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    running_loss, ite = 0.0, 0
    for i, (X, y) in enumerate(batches):
        optimizer.zero_grad()
        J = loss(model(X), y)
        J.backward()
        optimizer.step()
        running_loss += J.item() * X.shape[0]
        ite = i
    return running_loss / ite + 1  # here


@right("MLPScratch.forward", "S619")
def mlp_forward_size_over_the_batch(self: Any, X: Tensor) -> Tensor:
    size = 1
    for dim in X.shape:
        size *= dim
    output = X.reshape((X.shape[0], size // X.shape[0])) @ self.W1
    output += self.b1.broadcast_to(output.shape)
    output = output.clamp(min=0) @ self.W2
    output += self.b2.broadcast_to(output.shape)
    return output


@right("cross_entropy", "S619")
def cross_entropy_difference_of_two_sums(logits: Tensor, y: Tensor) -> Tensor:
    y_one_hot = torch.zeros_like(logits).scatter(1, y[:, None], 1.0)
    shifted = logits - logits.max(dim=1, keepdim=True).values
    a = torch.logsumexp(shifted, dim=1)
    return (a / logits.shape[0]).sum() - (y_one_hot * shifted / logits.shape[0]).sum()


@wrong(
    "accuracy",
    "S621",
    fault="full batches of a hundred only",
    says="You go through full hundreds and leave out the rest, but divide by all. With fewer than a hundred rows the result "
    "is 0. One comparison of all rows is enough.",
)
def accuracy_in_batches_of_a_hundred(logits: Tensor, y: Tensor, batch_size: int = 100) -> float:
    acc = 0.0
    for i in range(int(logits.shape[0] / batch_size)):  # here
        tx = logits[i * batch_size : (i + 1) * batch_size]
        tt = y[i * batch_size : (i + 1) * batch_size]
        acc += float(torch.sum(torch.argmax(tx, dim=1) == tt))
    return acc / logits.shape[0]


@wrong(
    "train_epoch",
    "S620",
    fault="steps with the gradient of before",
    says="At the top of your loop you step with the gradient of the batch before, and that of the last batch is never used. "
    "First the loss and its gradient, then the step.",
)
def train_epoch_one_batch_late(model: nn.Module, batches: _Batches, loss: Callable[..., Any], lr: float) -> float:
    was, total, count = model.training, 0.0, 0
    model.train()
    for x, y in batches:
        with torch.no_grad():
            for p in model.parameters():
                if p.grad is not None:
                    p -= lr * p.grad  # here
                    p.grad = None
        J = loss(model(x), y)
        J.backward()
        total += J.item() * len(x)
        count += len(x)
    model.train(was)
    return total / count
