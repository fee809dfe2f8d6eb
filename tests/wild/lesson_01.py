"""Answers to the exercises of lesson 01: the neuron, the line, the two maps and XOR; long because it is a list."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from tests.wild.entries import right, wrong


@right("neuron", "S100")
def neuron_nested_sums(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    sums = []
    for row in x:
        total = 0.0
        for element, weight in zip(row, w, strict=True):
            total = total + element * weight
        sums.append(total + b)
    probabilities = []
    for total in sums:
        probabilities.append(1.0 / (1.0 + torch.exp(-total)))
    return torch.stack(probabilities)


@right("neuron", "S101")
def neuron_in_columns(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    W, columns = w.reshape(1, -1), x.T
    z = torch.matmul(W, columns) + b
    A = 1 / (1 + torch.exp(-z))
    return A[0]


@right("neuron", "S102")
def neuron_cutoffs_row_by_row(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    def squash(total: float) -> float:
        if total < -700:
            return 0.0
        if total > 700:
            return 1.0
        return 1 / (1 + math.exp(-total))

    activations = []
    for i in range(x.shape[0]):
        total = 0.0
        for j in range(len(w)):
            total += float(x[i, j]) * float(w[j])
        activations.append(squash(total + float(b)))
    return torch.tensor(activations, dtype=x.dtype)


@right("neuron", "S103")
def neuron_sum_of_weighted_columns(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    z = sum(feature * weight for weight, feature in zip(w, x.T, strict=True)) + b
    return torch.sigmoid(z)


@right("neuron", "S104")
def neuron_power_of_e(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    output = torch.sum(x * w, dim=1) + b
    return 1 / (1 + math.e**-output)


@right("neuron", "S105")
def neuron_clipped_sum(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    z = torch.clip(torch.einsum("ij,j->i", x, w) + b, -500, 500)
    return 1.0 / (1.0 + torch.exp(-z))


@right("neuron", "S159")
def neuron_bias_as_last_weight(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    weights = torch.cat((w, b.reshape(1)))
    outputs = []
    for row in x:
        with_bias = torch.cat((row, torch.ones_like(row[:1])))
        outputs.append(torch.sigmoid(torch.dot(weights, with_bias)))
    return torch.stack(outputs)


@wrong(
    "neuron",
    "S106",
    fault="multiplies without summing",
    says="The star multiplies every feature by its weight but adds nothing up, so you squash n times d numbers. "
    "A neuron squashes one weighted sum per row.",
)
def neuron_elementwise_only(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    z = x * w + b  # here
    return 1 / (1 + torch.exp(-z))


@wrong(
    "neuron",
    "S107",
    fault="sums over the whole batch",
    says="Without an axis the sum runs over all rows as well, so the batch gets a single output. "
    "Add up the features of each row separately.",
)
def neuron_sum_over_everything(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    z = torch.sum(w * x) + b  # here
    return torch.sigmoid(z)


@wrong(
    "neuron",
    "S108",
    fault="product in the wrong order",
    says="With examples in rows the weights (d,) cannot stand to the left of x (n, d): the inner sizes d and n differ.",
    raises="ValueError",
)
def neuron_weights_first_np_dot(x: Tensor, w: Tensor, b: Tensor) -> Any:
    total = np.dot(w, x) + b  # here
    return 1 / (1 + np.exp(-total))


@wrong(
    "neuron",
    "S109",
    fault="product in the wrong order",
    says="W @ x is the formula for examples in columns. Here they are in rows, and the inner sizes do not agree.",
    raises="RuntimeError",
)
def neuron_weights_first_matmul(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    output = w @ x + b  # here
    return 1.0 / (1.0 + torch.exp(-output))


@wrong(
    "neuron",
    "S110",
    fault="no activation function",
    says="This is the weighted sum itself, which can be any real number. The sigmoid is still missing.",
)
def neuron_weighted_sum_only(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    output = b
    for feature, weight in zip(x.T, w, strict=True):
        output = output + weight * feature
    return output  # here


@wrong(
    "neuron",
    "S110",
    fault="accumulates in the bias",
    says="total is the same tensor as b, and += works in place: the caller's bias changes, and every row starts "
    "from the sums of the rows before it.",
)
def neuron_accumulates_in_bias(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    outputs = []
    for row in x:
        total = b
        for i, feature in enumerate(row):
            total += w[i] * feature  # here
        outputs.append(1 / (1 + torch.exp(-total)))
    return torch.stack(outputs)


@wrong(
    "neuron",
    "S107",
    fault="step instead of sigmoid",
    says="You return the hard decision 0 or 1 of a perceptron. The sigmoid gives every value in between.",
)
def neuron_step_of_sum(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    z = (x * w).sum(dim=1) + b
    return torch.where(z <= 0, 0.0, 1.0)  # here


@wrong(
    "neuron",
    "S102",
    fault="thresholds the sigmoid",
    says="The probability is right, and then it is thrown away: the last line turns it into 0 or 1. "
    "Return the sigmoid itself.",
)
def neuron_decides_at_half(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    p = torch.sigmoid(torch.mv(x, w) + b)
    return torch.tensor([1.0 if value > 0.5 else 0.0 for value in p], dtype=x.dtype)  # here


@wrong(
    "neuron",
    "S115",
    fault="subtracts the bias",
    says="You treat b as a threshold and subtract it. In this course the bias is added to the weighted sum.",
)
def neuron_subtracts_threshold(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    net = x @ w - b  # here
    return torch.sigmoid(net)


@wrong(
    "neuron",
    "S159",
    fault="bias missing",
    says="b is never used. Your original may have carried the bias as a last weight beside a constant input 1; "
    "here it comes as its own argument.",
)
def neuron_without_bias(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    def dot(v: Tensor, u: Tensor) -> Any:
        return sum(v_i * u_i for v_i, u_i in zip(v, u, strict=True))

    return torch.stack([torch.sigmoid(dot(w, row)) for row in x])  # here


@wrong(
    "neuron",
    "S117",
    fault="parentheses missing in the sigmoid",
    says="Division binds stronger than addition: 1/1 + exp(-z) is 1 plus an exponential, so your outputs are above 1.",
)
def neuron_one_over_one_plus(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    z = x @ w + b
    return 1 / 1 + torch.exp(-z)  # here


@wrong(
    "neuron",
    "S118",
    fault="rounds the output",
    says="Rounding to four decimals loses the small differences between outputs, and outputs near 0 become exactly 0. "
    "Return the number as it is.",
)
def neuron_rounded_to_four(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    probabilities = []
    for features in x:
        z = float(torch.dot(features, w) + b)
        z = max(-60.0, min(60.0, z))
        probabilities.append(round(1 / (1 + math.exp(-z)), 4))  # here
    return torch.tensor(probabilities, dtype=x.dtype)


@wrong(
    "neuron",
    "S119",
    fault="math.exp on a whole tensor",
    says="math.exp takes one number, and you hand it the sums of all rows. Use an exponential that works on tensors.",
    raises="ValueError",
)
def neuron_math_exp_of_tensor(x: Tensor, w: Tensor, b: Tensor) -> Any:
    z = x @ w + b
    return 1 / (1 + math.exp(-z))  # here


@wrong(
    "neuron",
    "S120",
    fault="multiplies the weights by themselves",
    says="x does not occur in your sum: you multiply w by w. Every row gets the same output.",
)
def neuron_weights_times_weights(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    total = torch.sum(w * w) + b  # here
    return torch.sigmoid(total).repeat(len(x))


@wrong(
    "neuron",
    "S121",
    fault="returns a column",
    says="With the weights as a column of shape (d, 1) the outputs are a column too, (n, 1). "
    "Asked for is one number per row, (n,).",
)
def neuron_column_of_weights(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    z = torch.matmul(x, w.reshape(-1, 1)) + b
    return 1 / (1 + torch.exp(-z))  # here


@wrong(
    "neuron",
    "S122",
    fault="overflows at large sums",
    says="exp(z) is infinite for a large positive sum, and infinity over infinity is NaN. "
    "Choose the form of the sigmoid whose exponential may become infinite without harm.",
)
def neuron_exp_over_one_plus_exp(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    z = x @ w + b
    return torch.exp(z) / (1 + torch.exp(z))  # here


@wrong(
    "neuron",
    "S123",
    fault="overflows at very negative sums",
    says="math.exp raises OverflowError above about 709, so one strongly negative row stops the whole batch.",
)
def neuron_math_exp_per_row(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    outputs = []
    for features in x:
        z = sum(float(f) * float(weight) for f, weight in zip(features, w, strict=True)) + float(b)
        outputs.append(1 / (1 + math.exp(-z)))  # here
    return torch.tensor(outputs, dtype=x.dtype)


@right("linear_accuracy", "S124")
def linear_accuracy_counts_in_a_loop(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> float:
    predicted = [1 if score > 0 else 0 for score in X @ w + b]
    hits = 0
    for i in range(len(y)):
        if predicted[i] == y[i]:
            hits += 1
    return hits / len(y)


@right("linear_accuracy", "S118")
def linear_accuracy_confusion_counts(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> float:
    says_one = (X @ w + b) > 0
    is_one = y == 1
    TP = int((says_one & is_one).sum())
    TN = int((~says_one & ~is_one).sum())
    FP = int((says_one & ~is_one).sum())
    FN = int((~says_one & is_one).sum())
    return (TP + TN) / (TP + TN + FP + FN)


@right("linear_accuracy", "S100")
def linear_accuracy_zero_differences(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Tensor:
    predicted = torch.where(torch.mv(X, w) + b > 0, 1, 0)
    matches = torch.sum(torch.where(y - predicted == 0, 1, 0))
    return matches / y.shape[0]


@right("linear_accuracy", "S127")
def linear_accuracy_two_dot_products(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Tensor:
    Y = y.double()
    predictions = (X @ w + b > 0).double()
    agreeing = torch.dot(Y, predictions) + torch.dot(1 - Y, 1 - predictions)
    return agreeing / Y.numel()


@right("linear_accuracy", "S128")
def linear_accuracy_mean_item(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> float:
    y_pred = torch.zeros_like(y)
    y_pred[X.matmul(w) + b > 0] = 1
    return (y_pred == y).to(torch.float32).mean().item()


@right("linear_accuracy", "S129")
def linear_accuracy_one_minus_mean_error(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Tensor:
    prediction = torch.zeros(X.shape[0])
    scores = torch.mm(X, w.unsqueeze(1)).squeeze(1) + b
    for i in range(scores.shape[0]):
        prediction[i] = 1 if scores[i] > 0 else 0
    return 1 - torch.mean(torch.abs(prediction - y))


@right("linear_accuracy", "S142")
def linear_accuracy_compares_booleans(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Tensor:
    predictions = torch.matmul(X, w) + b
    return torch.eq(predictions > 0, y > 0.5).double().mean()


@right("linear_accuracy", "S118")
def linear_accuracy_in_numpy(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    points, labels = X.detach().numpy(), y.numpy()
    y_pred = np.where(points @ w.detach().numpy() + b.item() > 0, 1, 0)
    return np.mean(labels == y_pred)


@right("linear_accuracy", "S135")
def linear_accuracy_ones_in_front(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> float:
    inputs = torch.cat((torch.ones(len(X), 1, dtype=X.dtype), X), dim=1)
    weights = torch.cat((b.reshape(1), w))
    count = 0
    for mu in range(len(inputs)):
        activation = 1 if torch.dot(inputs[mu], weights) > 0 else 0
        if activation != y[mu]:
            count += 1
    return 1 - count / len(inputs)


@wrong(
    "linear_accuracy",
    "S130",
    fault="counts the line itself as 1",
    says="The rule says 1 where the score is greater than 0. A point exactly on the line belongs to class 0, "
    "and you give it 1.",
)
def linear_accuracy_step_at_zero(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Tensor:
    def step(scores: Tensor) -> Tensor:
        return torch.where(scores >= 0, 1, 0)  # here

    return (step(X @ w + b) == y).float().mean()


@wrong(
    "linear_accuracy",
    "S131",
    fault="counts the line itself as 1",
    says="A score of exactly 0 is not greater than 0, so that row is a 0. Your comparison lets it through as 1.",
)
def linear_accuracy_predict_row_at_zero(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> float:
    def predict(row: Tensor) -> float:
        activation = b.clone()
        for i in range(len(row)):
            activation = activation + w[i] * row[i]
        return 1.0 if activation >= 0.0 else 0.0  # here

    correct = 0
    for row, label in zip(X, y, strict=True):
        if predict(row) == label:
            correct += 1
    return correct / float(len(y))


@wrong(
    "linear_accuracy",
    "S132",
    fault="counts the line itself as 1",
    says="You make 0 the exception for negative scores only; a score of 0 then counts as class 1. "
    "The boundary belongs to class 0.",
)
def linear_accuracy_zero_only_if_negative(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Tensor:
    z = X @ w + b
    z = torch.where(z < 0, 0, 1)  # here
    return torch.sum(z == y) / len(y)


@wrong(
    "linear_accuracy",
    "S101",
    fault="counts the line itself as 1",
    says="The sigmoid is exactly one half on the line, and your comparison counts that as class 1. "
    "The rule is strict: only positive scores are 1.",
)
def linear_accuracy_probability_at_least_half(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Tensor:
    A = torch.sigmoid(X @ w + b)
    prediction = torch.where(A >= 0.5, 1, 0)  # here
    return (prediction == y).double().mean()


@wrong(
    "linear_accuracy",
    "S134",
    fault="labels minus one and one",
    says="Your predictions are -1 and 1, the labels are 0 and 1. No row of class 0 can ever be counted as right.",
)
def linear_accuracy_plus_minus_one(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Tensor:
    predicted = torch.where(X @ w + b > 0, 1, -1)  # here
    return (predicted == y).float().mean()


@wrong(
    "linear_accuracy",
    "S135",
    fault="labels minus one and one",
    says="Your activation answers -1 where the rule says 0, so every right 0 is counted as an error. "
    "Speak the language of the labels: 0 and 1.",
)
def linear_accuracy_sign_activation(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> float:
    def activation(excitement: Tensor) -> int:
        return 1 if excitement > 0 else -1  # here

    count = 0
    for mu in range(len(X)):
        if activation(torch.dot(X[mu], w) + b) != y[mu]:
            count += 1
    return 1 - count / len(X)


@wrong(
    "linear_accuracy",
    "S136",
    fault="returns a percentage",
    says="This is a percentage between 0 and 100. Asked for is the share, between 0 and 1.",
)
def linear_accuracy_in_percent(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> float:
    predictions = (X @ w + b > 0).long()
    return 100.0 * (predictions == y).sum().item() / y.size(0)  # here


@wrong(
    "linear_accuracy",
    "S129",
    fault="returns a percentage",
    says="100 minus the mean error in percent is an accuracy in percent. The share itself lies between 0 and 1.",
)
def linear_accuracy_hundred_minus_error(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Tensor:
    prediction = (X @ w + b > 0).double()
    return 100 - torch.mean(torch.abs(prediction - y)) * 100  # here


@wrong(
    "linear_accuracy",
    "S130",
    fault="counts the mistakes",
    says="You return how many rows are wrong. Asked for is the share of rows that are right.",
)
def linear_accuracy_number_of_errors(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Tensor:
    predicted = (X @ w + b > 0).long()
    error = torch.abs(y - predicted)
    return error.sum()  # here


@wrong(
    "linear_accuracy",
    "S137",
    fault="returns a count",
    says="This is the number of right rows; nothing divides it by the number of rows.",
)
def linear_accuracy_number_of_hits(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> int:
    results = [(int(score > 0), int(label)) for score, label in zip(X @ w + b, y, strict=True)]
    return sum(int(guess == label) for guess, label in results)  # here


@wrong(
    "linear_accuracy",
    "S121",
    fault="column against row",
    says="The predictions have shape (n, 1) and the labels (n,), so == compares every prediction with every label. "
    "Look at the shape of the comparison.",
)
def linear_accuracy_column_of_weights(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Tensor:
    z = X @ w.reshape(-1, 1) + b
    y_pred = (z > 0).long()
    return (y_pred == y).float().mean()  # here


@wrong(
    "linear_accuracy",
    "S138",
    fault="column against row",
    says="Labels of shape (n, 1) beside predictions of shape (n,) broadcast to n times n comparisons. "
    "Your figure is the agreement of all pairs, not of the rows.",
)
def linear_accuracy_column_of_labels(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Tensor:
    labels = y.view(-1, 1)
    predictions = (torch.mv(X, w) + b > 0).to(y.dtype)
    return torch.eq(predictions, labels).double().mean()  # here


@wrong(
    "linear_accuracy",
    "S139",
    fault="mean of booleans",
    says="Torch does not average booleans; NumPy does. Turn the comparison into numbers first.",
    raises="RuntimeError",
)
def linear_accuracy_mean_of_booleans(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Tensor:
    y_pred = (X @ w + b > 0).long()
    return (y_pred == y).mean()  # here


@wrong(
    "linear_accuracy",
    "S140",
    fault="bias missing",
    says="b is never used, so all your lines pass through the origin.",
)
def linear_accuracy_forgets_bias(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Tensor:
    classified = torch.zeros(len(X), dtype=y.dtype)
    for i, row in enumerate(X):
        classified[i] = 1 if torch.dot(w, row) > 0 else 0  # here
    return (classified == y).sum() / len(y)


@wrong(
    "linear_accuracy",
    "S109",
    fault="product in the wrong order",
    says="w (d,) times X (n, d) has inner sizes d and n. With one example per row the batch stands on the left.",
    raises="RuntimeError",
)
def linear_accuracy_weights_first(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Tensor:
    activation = torch.matmul(w, X) + b  # here
    return ((activation > 0).long() == y).float().mean()


@wrong(
    "linear_accuracy",
    "S142",
    fault="share of ones among predicted zeros",
    says="You average the labels of the rows that are predicted as 0. That is the error rate among those rows, "
    "not the accuracy over all of them.",
)
def linear_accuracy_labels_of_negatives(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Tensor:
    predictions = (X @ w + b > 0).float()
    return y[predictions < 0.5].float().mean()  # here


@wrong(
    "linear_accuracy",
    "S131",
    fault="recall instead of accuracy",
    says="True positives over all ones is the recall. The rows of class 0 that are classified right count, too.",
)
def linear_accuracy_is_recall(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> float:
    TP, FN = 0.0, 0.0
    for score, label in zip(X @ w + b, y, strict=True):
        if label == 1 and score > 0:
            TP += 1
        if label == 1 and score <= 0:
            FN += 1
    return TP / (TP + FN) if TP + FN else 0.0  # here


@right("collapse", "S143")
def collapse_layer_by_layer(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> tuple[Tensor, Tensor]:
    W_eff = torch.eye(W1.shape[0], dtype=W1.dtype)
    b_eff = torch.zeros(W1.shape[0], dtype=W1.dtype)
    for W, b in ((W1, b1), (W2, b2)):
        W_eff = W_eff @ W
        b_eff = b_eff @ W + b
    return W_eff, b_eff


@right("collapse", "S144")
def collapse_through_transposes(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> tuple[Tensor, Tensor]:
    first, second = W1.T, W2.T
    weight = second @ first
    bias = second @ b1 + b2
    return weight.T, bias


@right("collapse", "S145")
def collapse_mm_and_mv(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> tuple[Tensor, Tensor]:
    joint_weight = torch.mm(W1, W2)
    joint_bias = b2 + torch.mv(W2.t(), b1)
    return joint_weight, joint_bias


@right("collapse", "S146")
def collapse_bias_first(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> list[Tensor]:
    b = torch.matmul(b1.reshape(1, -1), W2).reshape(-1) + b2
    W = torch.einsum("dh,hq->dq", W1, W2)
    return [W, b]


@wrong(
    "collapse",
    "S144",
    fault="drops the first bias",
    says="b1 passes through the second layer as well; you keep only b2. Multiply (X W1 + b1) W2 out and see what "
    "becomes of b1.",
)
def collapse_keeps_last_bias(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> tuple[Tensor, Tensor]:
    W = W1 @ W2
    b = b2  # here
    return W, b


@wrong(
    "collapse",
    "S144",
    fault="adds the biases as they are",
    says="b1 has h entries and b2 has q. Before they can be added, b1 has to go through the second layer like "
    "everything else.",
    raises="RuntimeError",
)
def collapse_adds_biases(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> tuple[Tensor, Tensor]:
    W = torch.matmul(W1, W2)
    b = b1 + b2  # here
    return W, b


@wrong(
    "collapse",
    "S148",
    fault="no bias at all",
    says="You combine the matrices and forget both biases. Their sum, with the first carried through W2, "
    "is the bias of the single map.",
)
def collapse_weights_only(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> tuple[Tensor, Tensor]:
    combined = (W2.T @ W1.T).T
    return combined, torch.zeros(combined.shape[1], dtype=combined.dtype)  # here


@wrong(
    "collapse",
    "S149",
    fault="product in the wrong order",
    says="W2 W1 is the order for examples in columns. Here X stands on the left, meets W1 first, and then W2.",
    raises="RuntimeError",
)
def collapse_second_times_first(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> tuple[Tensor, Tensor]:
    W = W2 @ W1  # here
    b = W2 @ b1 + b2  # here
    return W, b


@wrong(
    "collapse",
    "S149",
    fault="bias product in the wrong order",
    says="The matrices are in the right order, but W2 b1 is the column form: W2 is (h, q) and b1 has h entries. "
    "The row b1 stands on the left of W2.",
    raises="RuntimeError",
)
def collapse_bias_in_column_form(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> tuple[Tensor, Tensor]:
    W = torch.mm(W1, W2)
    b = torch.mv(W2, b1) + b2  # here
    return W, b


@wrong(
    "collapse",
    "S150",
    fault="layers in the wrong roles",
    says="Your bias is that of a network whose second layer comes first. It is b1 that goes through a layer, namely "
    "through W2.",
    raises="RuntimeError",
)
def collapse_roles_exchanged(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> tuple[Tensor, Tensor]:
    slope = W1 @ W2
    intercept = W1 @ b2 + b1  # here
    return slope, intercept


@wrong(
    "collapse",
    "S145",
    fault="returns the transposed weight",
    says="This is the layout of nn.Linear, outputs in rows: (q, d). Asked for is the W that stands to the right of X, "
    "(d, q).",
)
def collapse_in_linear_layout(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> tuple[Tensor, Tensor]:
    weight = torch.mm(W2.T, W1.T)  # here
    bias = b2 + torch.mv(W2.T, b1)
    return weight, bias


@wrong(
    "collapse",
    "S151",
    fault="bias as a row matrix",
    says="Your bias has shape (1, q). The numbers are right, but asked for is a vector (q,).",
)
def collapse_bias_as_row(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> tuple[Tensor, Tensor]:
    W = W1 @ W2
    b = b1.reshape(1, -1) @ W2 + b2.reshape(1, -1)  # here
    return W, b


@wrong(
    "collapse",
    "S145",
    fault="loses precision in a layer",
    says="A fresh nn.Linear is in single precision, so copying float64 weights into it cuts off half of their digits. "
    "Keep the dtype of the inputs.",
)
def collapse_copies_into_linear(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> tuple[Tensor, Tensor]:
    with torch.random.fork_rng():
        joint = nn.Linear(W1.shape[0], W2.shape[1])  # here
    with torch.no_grad():
        joint.weight.copy_((W1 @ W2).T)
        joint.bias.copy_(b1 @ W2 + b2)
    return joint.weight.detach().T, joint.bias.detach()


@right("xor_network", "S152")
def xor_network_sum_minus_twice_and() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    W1 = torch.ones(2, 2)
    b1 = torch.tensor([0.0, -1.0])
    W2 = torch.tensor([[1.0], [-2.0]])
    return W1, b1, W2, torch.zeros(1)


@right("xor_network", "S153")
def xor_network_absolute_difference() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    W = np.array([[1, -1], [-1, 1]], dtype=float)
    v = np.array([[1], [1]], dtype=float)
    return torch.from_numpy(W.T), torch.zeros(2).double(), torch.from_numpy(v), torch.zeros(1).double()


@right("xor_network", "S154")
def xor_network_two_ridges() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    W1 = torch.tensor([[2.0, -2.0], [-2.0, 2.0]])
    b1 = torch.tensor([-1.0, -1.0])
    return W1, b1, torch.ones(2, 1), torch.tensor([0.0])


@right("xor_network", "S155")
def xor_network_one_minus_distance() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    hidden = torch.tensor([[1.0, -1.0], [1.0, -1.0]])
    shift = torch.tensor([-1.0, 1.0])
    return hidden, shift, torch.full((2, 1), -1.0), torch.ones(1)


@right("xor_network", "S156")
def xor_network_lopsided() -> list[Tensor]:
    top, bottom = [-1.0, 1.0], [3.0, -1.0]
    W1 = torch.tensor([top, bottom], dtype=torch.float64).T.contiguous()
    b1 = torch.tensor([0.0, -2.0], dtype=torch.float64)
    W2 = torch.ones((2, 1), dtype=torch.float64)
    return [W1, b1, W2, torch.zeros(1, dtype=torch.float64)]


@wrong(
    "xor_network",
    "S107",
    fault="gates made for a step function",
    says="NAND, OR and AND with these thresholds need a step after every sum. After a ReLU the hidden values are not "
    "0 and 1, and the output is not squashed at all.",
)
def xor_network_step_gates() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    nand_weights, nand_bias = [-0.5, -0.5], 0.7
    or_weights, or_bias = [0.5, 0.5], -0.2
    W1 = torch.tensor([nand_weights, or_weights]).T  # here
    b1 = torch.tensor([nand_bias, or_bias])  # here
    W2 = torch.tensor([[0.5], [0.5]])
    b2 = torch.tensor([-0.7])
    return W1, b1, W2, b2


@wrong(
    "xor_network",
    "S157",
    fault="gates made for a step function",
    says="These weights make two half planes and intersect them, which works if every unit answers 0 or 1. "
    "A ReLU passes 3 and 1 on as they are, and nothing rounds the output.",
)
def xor_network_half_planes() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    w1, bias1 = np.array([-2.0, -2.0]), 3.0
    w2, bias2 = np.array([2.0, 2.0]), -1.0
    w3, bias3 = np.array([1.0, 1.0]), -1.0  # here
    W1 = torch.from_numpy(np.stack((w1, w2), axis=1))
    b1 = torch.tensor([bias1, bias2], dtype=torch.float64)
    return W1, b1, torch.from_numpy(w3)[:, None], torch.tensor([bias3], dtype=torch.float64)


@wrong(
    "xor_network",
    "S158",
    fault="gates made for a step function",
    says="NAND and OR feed an AND, each with its threshold between the cases. With ReLU units three outputs are 0 and the "
    "one at (1, 1) is 1/2.",
)
def xor_network_thresholds_in_the_middle() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    W1 = torch.tensor([[-1.0, 1.0], [-1.0, 1.0]])
    b1 = torch.tensor([1.5, 0.0])
    W2 = torch.tensor([[1.0], [1.0]])
    b2 = torch.tensor([-1.5])  # here
    return W1, b1, W2, b2


@wrong(
    "xor_network",
    "S159",
    fault="weights made for a sigmoid",
    says="Weights of 20, -30 and 60 push a sigmoid towards 0 or 1. A ReLU does not saturate, so your outputs run "
    "from -30 to over a thousand.",
)
def xor_network_saturated_sigmoids() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    and_neuron, or_neuron = [20.0, 20.0, -30.0], [20.0, 20.0, -10.0]
    output_neuron = [-60.0, 60.0, -30.0]  # here
    hidden = torch.tensor([and_neuron, or_neuron])
    W2 = torch.tensor(output_neuron[:2]).reshape(2, 1)
    return hidden[:, :2].T, hidden[:, 2], W2, torch.tensor(output_neuron[2:])


@wrong(
    "xor_network",
    "S160",
    fault="thresholds of a step function",
    says="The units are meant to fire from 1 and from 2 upwards. As ReLUs they give only what exceeds that: at a "
    "single 1 both are 0.",
)
def xor_network_fires_from_one_and_two() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    W1 = torch.ones((2, 2))
    b1 = torch.tensor([-1.0, -2.0])  # here
    W2 = torch.tensor([[1.0], [-1.0]])
    return W1, b1, W2, torch.zeros(1)


@wrong(
    "xor_network",
    "S153",
    fault="output weights as a vector",
    says="The numbers solve XOR, but W2 has shape (2,). A layer with one output still has a matrix of weights, (2, 1).",
)
def xor_network_output_vector() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    W1 = torch.tensor([[1.0, -1.0], [-1.0, 1.0]])
    b1 = torch.tensor([0.0, 0.0])
    v = torch.tensor([1.0, 1.0])  # here
    return W1, b1, v, torch.zeros(1)


@wrong(
    "xor_network",
    "S127",
    fault="output weights as a row",
    says="W2 is written for examples in columns, (1, 2). With examples in rows it has as many rows as there are hidden "
    "units: (2, 1).",
)
def xor_network_output_row() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    W1 = torch.tensor([[1.0, 1.0], [1.0, 1.0]])
    b1 = torch.tensor([0.0, -1.0])
    W2 = torch.tensor([[1.0, -2.0]])  # here
    b2 = torch.tensor([0.0])
    return W1, b1, W2, b2


@wrong(
    "xor_network",
    "S152",
    fault="integer tensors",
    says="Without decimal points torch makes integer tensors, and those cannot be multiplied by floating-point inputs. "
    "Asked for are floating-point weights.",
)
def xor_network_in_integers() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    W1 = torch.tensor([[1, -1], [-1, 1]])  # here
    b1 = torch.tensor([0, 0])  # here
    W2 = torch.tensor([[1], [1]])  # here
    b2 = torch.tensor([0])  # here
    return W1, b1, W2, b2


@wrong(
    "xor_network",
    "S162",
    fault="computes the opposite",
    says="Your network is 1 where both inputs are equal. XOR is 1 where they differ.",
)
def xor_network_is_xnor() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    W1 = torch.tensor([[1.0, -1.0], [-1.0, 1.0]])
    b1 = torch.zeros(2)
    W2 = torch.tensor([[-1.0], [-1.0]])
    b2 = torch.tensor([1.0])  # here
    return W1, b1, W2, b2


@wrong(
    "xor_network",
    "S164",
    fault="combines the wrong cases",
    says="One hidden unit finds that both inputs are 1, the other that both are 0. XOR needs the two cases in which "
    "they differ, and they never occur together, so an AND of them is no help either.",
)
def xor_network_and_of_equal_cases() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    W1 = torch.tensor([[1.0, -1.0], [1.0, -1.0]])  # here
    b1 = torch.tensor([-1.0, 1.0])
    W2 = torch.tensor([[1.0], [1.0]])
    b2 = torch.tensor([-1.0])  # here
    return W1, b1, W2, b2


@wrong(
    "xor_network",
    "S165",
    fault="more than two hidden units",
    says="A trained network with eight hidden units may well solve XOR, but asked for is one with two: W1 is (2, 2) "
    "and W2 is (2, 1).",
)
def xor_network_trained_with_eight() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
    with torch.random.fork_rng():
        torch.manual_seed(3)
        net = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1))  # here
    optimizer = torch.optim.Adam(net.parameters(), lr=0.02)
    for _ in range(400):
        optimizer.zero_grad()
        nn.functional.mse_loss(net(X), y).backward()
        optimizer.step()
    W1, b1, W2, b2 = (parameter.detach() for parameter in net.parameters())
    return W1.T, b1, W2.T, b2


@wrong(
    "xor_network",
    "S166",
    fault="training got stuck",
    says="With two ReLU units gradient descent often ends with a dead unit, and this start is such a case: the loss "
    "stays far from 0. Choose the weights by thinking instead.",
)
def xor_network_trained_and_stuck() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
    generator = torch.Generator().manual_seed(0)
    W1 = torch.randn(2, 2, generator=generator)
    W2 = torch.randn(2, 1, generator=generator)
    b1, b2 = torch.zeros(2), torch.zeros(1)
    for _ in range(2000):  # here
        hidden = torch.clamp(X @ W1 + b1, min=0)
        delta = hidden @ W2 + b2 - y
        back = (delta @ W2.T) * (hidden > 0)
        W2 = W2 - 0.01 * hidden.T @ delta
        W1 = W1 - 0.01 * X.T @ back
        b2 = b2 - 0.01 * delta.sum(dim=0)
        b1 = b1 - 0.01 * back.sum(dim=0)
    return W1, b1, W2, b2


@wrong(
    "xor_network",
    "S154",
    fault="biases missing",
    says="Without biases your two units both see x1 + x2, so (1, 1) gives twice as much as (0, 1). The second one has "
    "to start later.",
)
def xor_network_without_biases() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    W1 = torch.ones(2, 2)
    b1 = torch.zeros(2)  # here
    W2 = torch.tensor([[1.0], [-2.0]])
    b2 = torch.zeros(1)
    return W1, b1, W2, b2


@wrong(
    "xor_network",
    "S168",
    fault="two outputs, one-hot",
    says="You have one output for each of the two answers. Asked for is a single output that is 0 or 1: W2 is (2, 1) "
    "and b2 is (1,).",
)
def xor_network_one_hot_outputs() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    W1 = torch.tensor([[1.0, 1.0], [1.0, 1.0]])
    b1 = torch.tensor([0.0, -1.0])
    W2 = torch.tensor([[-1.0, 1.0], [2.0, -2.0]])  # here
    b2 = torch.tensor([1.0, 0.0])  # here
    return W1, b1, W2, b2
