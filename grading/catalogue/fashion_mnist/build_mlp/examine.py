"""Judge a network by training it: within a budget, on the bundled images, scored by images that it has not seen.

The ten labels are renamed at random for each judgement. That is nothing to a network that learns, and everything to one that
knows the labels from elsewhere. The accuracy is computed here, from outputs; the labels of the unseen images go nowhere.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import torch
from torch import Tensor

from grading.judging.context import Context
from grading.judging.draw import Draw
from grading.judging.exercise import Exercise
from grading.judging.read import as_number, describe, nothing_returned
from grading.judging.trial import raised, untouched
from grading.judging.verdict import MISSING, Finding
from grading.probe.call import Observation, Step
from grading.probe.training import Inspection, Training

MOST_EPOCHS = 6
MOST_NUMBERS = 500_000
MOST_SECONDS = 120.0
LOWEST, HIGHEST, LEVELS = 0.84, 0.87, 6
# The random start and the order of the images are always the same, so that the score is not a matter of luck.
TRAINING_SEED = 1
# An untrained network puts images of one class into the same box here and there; a trained one nearly always.
SUSPICIOUS = 0.6

# Of each number in the recipe: the smallest and the largest value, whether it is whole, and what it means.
RECIPE: dict[str, tuple[float, float, bool]] = {
    "lr": (1e-6, 10.0, False),
    "momentum": (0.0, 0.999, False),
    "weight_decay": (0.0, 1.0, False),
    "batch_size": (16, 1000, True),
    "epochs": (1, MOST_EPOCHS, True),
}


def level(step: int) -> str:
    """Return the name of a part of the points: `accuracy 0.845`, the first of six, to `accuracy 0.870`."""
    return f"accuracy {LOWEST + (HIGHEST - LOWEST) * step / LEVELS:.3f}"


PARTS = {level(step): 1 / LEVELS for step in range(1, LEVELS + 1)}


@dataclass(frozen=True)
class Images:
    """The images of one judgement, their labels renamed."""

    train: Tensor
    train_labels: Tensor
    unseen: Tensor
    unseen_labels: Tensor


@cache
def _sample() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    from grading.data import fashion_mnist

    data = fashion_mnist(source="sample")
    return data.train_images, data.train_labels, data.test_images, data.test_labels


def images(seed: int) -> Images:
    """Return the bundled images, 5,000 to learn from and 1,000 to be asked about."""
    train, train_labels, unseen, unseen_labels = _sample()
    renamed = Draw("labels", seed).permutation(10)
    return Images(train, renamed[train_labels], unseen, renamed[unseen_labels])


def examine(exercise: Exercise, context: Context) -> list[Finding]:
    """Inspect the network, train it, and return what stands between it and the full points."""
    known = {mistake.name: mistake.explanation for mistake in exercise.mistakes}
    data = images(context.seed)
    # Only the building is watched: a network's own work is not the exercise's business.
    finding = _forbidden(context.run(context.call({})))
    if finding is None:
        seen = _observe(context, Inspection(data.unseen))
        finding = _inspect(seen, data)
    if finding is not None:
        return [_explain(finding, known)]
    recipe = {name: float(as_number(seen.value["recipe"][name]) or 0.0) for name in RECIPE}
    trained = _observe(context, _training(data, recipe))
    finding = _failed(trained)
    return [_explain(finding, known)] if finding is not None else _score(trained.value, data.unseen_labels)


def _observe(context: Context, step: Step) -> Observation:
    return context.run(context.call({}, watch=False, step=step))


def _training(data: Images, recipe: Mapping[str, float]) -> Training:
    return Training(
        data.train,
        data.train_labels,
        data.unseen,
        TRAINING_SEED,
        recipe["lr"],
        recipe["momentum"],
        recipe["weight_decay"],
        int(recipe["batch_size"]),
        int(recipe["epochs"]),
        MOST_SECONDS,
    )


def _explain(finding: Finding, known: Mapping[str, str]) -> Finding:
    if finding.mistake is None or finding.mistake not in known:
        return finding
    return replace(finding, advice=known[finding.mistake])


def _forbidden(built: Observation) -> Finding | None:
    if not built.used:
        return None
    facts = (("reason", f"it uses {', '.join(sorted(built.used))} while it builds"),)
    return Finding("", "forbidden", "the network should come untrained.", facts, mistake="trains-itself")


def _inspect(seen: Observation, data: Images) -> Finding | None:
    """Return the first thing that keeps the network from being trained."""
    if untouched(seen):
        return Finding("", MISSING, "not attempted.")
    if seen.failure is not None:
        return raised(seen.failure)
    value = seen.value
    if not isinstance(value, Mapping) or set(value) != {"recipe", "size", "outputs", "error"}:
        return nothing_returned(value) or _no_pair(value)
    return _recipe_fault(value["recipe"]) or _net_fault(value, data)


def _no_pair(value: Any) -> Finding:
    facts = (("expected", "(net, recipe): an nn.Module and a dict"), ("got", _describe_pair(value)))
    mistake = None
    if type(value).__name__ == "Unknown":
        mistake = "net-alone"
    elif isinstance(value, tuple | list) and len(value) == 2:
        mistake = "swapped" if isinstance(value[0], Mapping) else "class"
    return Finding("", "type", "it should return a network and a recipe.", facts, mistake=mistake)


def _describe_pair(value: Any) -> str:
    if isinstance(value, tuple | list) and len(value) <= 4:
        return "(" + ", ".join(describe(one) for one in value) + ")"
    return describe(value)


def _recipe_fault(recipe: Any) -> Finding | None:
    if not isinstance(recipe, Mapping):
        facts = (("expected", f"a dict with the keys {', '.join(RECIPE)}"), ("got", describe(recipe)))
        return Finding("", "type", "the recipe should be a dict.", facts)
    for name in RECIPE:
        if name not in recipe:
            facts = (("expected", ", ".join(RECIPE)), ("got", ", ".join(map(str, recipe)) or "an empty dict"))
            return Finding("", "recipe", f"the recipe has no {name!r}.", facts, mistake="missing-key")
    for name, (low, high, whole) in RECIPE.items():
        number = as_number(recipe[name])
        if number is None or isinstance(recipe[name], bool) or (whole and not number.is_integer()):
            kind = "a whole number" if whole else "a number"
            return Finding("", "recipe", f"{name!r} should be {kind}.", (("got", describe(recipe[name])),))
        if not low <= number <= high:
            facts = (("allowed", f"{low:g} to {high:g}"), ("got", f"{number:g}"))
            mistake = "too-many-epochs" if name == "epochs" and number > high else None
            return Finding("", "recipe", f"{name!r} is out of bounds.", facts, mistake=mistake)
    return None


def _net_fault(value: Mapping[str, Any], data: Images) -> Finding | None:
    outputs = value["outputs"]
    expected = f"({len(data.unseen)}, 10)"
    if value["error"] is not None:
        facts = (("input", f"images {tuple(data.unseen[:, None].shape)}"), ("error", value["error"]))
        flat = "shapes cannot be multiplied" in value["error"]
        return Finding("", "raised", "the network fails on images.", facts, mistake="no-flatten" if flat else None)
    if not isinstance(outputs, Tensor) or tuple(outputs.shape) != (len(data.unseen), 10):
        got = str(tuple(outputs.shape)) if isinstance(outputs, Tensor) else describe(outputs)
        facts = (("expected", f"{expected}, ten logits for each image"), ("got", got))
        return Finding("", "shape", "the network's output has the wrong shape.", facts, mistake="wrong-outputs")
    if value["size"] > MOST_NUMBERS:
        sizes = (("allowed", f"{MOST_NUMBERS:,} parameters and buffers"), ("got", f"{value['size']:,}"))
        return Finding("", "size", "the network is too large.", sizes, mistake="too-large")
    if bool((outputs >= 0).all()) and bool(((outputs.sum(dim=1) - 1).abs() < 1e-3).all()):
        return Finding("", "values", "the network returns probabilities, not logits.", mistake="softmax")
    purity = _purity(outputs.argmax(dim=1), data.unseen_labels)
    if purity > SUSPICIOUS:
        known = (("got", f"before training its outputs tell the classes apart ({purity:.2f} of the images)"),)
        return Finding("", "trained", "the network should come untrained.", known, mistake="comes-trained")
    return None


def _purity(predicted: Tensor, labels: Tensor) -> float:
    """Return the accuracy of predictions once each is renamed to the label that it mostly stands for."""
    table = torch.zeros(10, 10)
    table.index_put_((predicted, labels), torch.ones(len(labels)), accumulate=True)
    return float(table.max(dim=1).values.sum()) / len(labels)


def _failed(trained: Observation) -> Finding | None:
    if trained.failure is not None:
        return raised(trained.failure)
    value = trained.value
    if not isinstance(value, Mapping) or "stopped" not in value:
        return _no_pair(value)
    if value["stopped"] == "time":
        facts = (("allowed", f"{MOST_SECONDS:g} s of processor time"), ("epochs", f"{len(value['losses'])} done"))
        return Finding(
            "", "time", "the training takes too long.", facts, "Make the network smaller or the batches larger."
        )
    if value["stopped"] == "diverged" or not bool(torch.isfinite(value["outputs"]).all()):
        seen = (("loss", f"{_losses(value)}"),)
        return Finding("", "diverged", "the training diverges.", seen, "Try a smaller lr, or less momentum.")
    return None


def _losses(value: Mapping[str, Any]) -> str:
    losses = value["losses"]
    if len(losses) == 1:
        return f"{losses[0]:.2f} in its only epoch"
    return f"{losses[0]:.2f} in epoch 1, {losses[-1]:.2f} in epoch {len(losses)}"


def _score(result: Mapping[str, Any], labels: Tensor) -> list[Finding]:
    accuracy = float((result["outputs"].argmax(dim=1) == labels).double().mean())
    unmet = [step for step in range(1, LEVELS + 1) if accuracy < float(level(step).split()[1]) - 1e-9]
    if not unmet:
        return []
    facts = (
        ("expected", f"{HIGHEST:.2f} for all points, {LOWEST + (HIGHEST - LOWEST) / LEVELS:.3f} for the first"),
        ("got", f"{accuracy:.3f} of {len(labels):,} unseen images"),
        ("training", f"loss {_losses(result)}; {result['fitted']:.2f} of the training images right"),
    )
    title = f"an accuracy of {accuracy:.3f} is not yet {HIGHEST:.2f}."
    first = Finding(level(unmet[0]), "accuracy", title, facts, _advice(accuracy, result))
    return [first, *(Finding(level(step), "accuracy", title) for step in unmet[1:])]


def _advice(accuracy: float, result: Mapping[str, Any]) -> str:
    """Say which way to go, from what the training itself looked like."""
    if result["losses"][-1] > 0.95 * math.log(10):
        return "It learned nothing: the loss stays at ln 10. Look at the initialization, the learning rate, and dead units."
    if result["fitted"] - accuracy > 0.08:
        return "It knows its training images much better than unseen ones: it overfits. Regularize, or show it better inputs."
    if result["fitted"] < HIGHEST:
        longer = "more epochs, " if len(result["losses"]) < MOST_EPOCHS else "smaller batches, "
        return f"It does not fit its training images well yet: {longer}a larger learning rate, momentum, or a larger network."
    return (
        "It fits its training images well. What is missing is not more training, but better inputs than single pixels."
    )
