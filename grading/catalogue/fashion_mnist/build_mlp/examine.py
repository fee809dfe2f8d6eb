"""Judge a network by training it: within a budget, on the bundled images, scored by images that it has not seen.

The accuracy is computed here, from outputs; the labels of the unseen images go nowhere. It counts in steps that are far wider
than the luck of a draw, which `python -m benchmarks.build_mlp` measures. Where the images come from: `images`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from grading.catalogue.fashion_mnist.build_mlp.images import Images, images
from grading.judging.context import Context
from grading.judging.exercise import Exercise
from grading.judging.read import as_number, describe, nothing_returned
from grading.judging.trial import raised, untouched
from grading.judging.verdict import MISSING, Finding
from grading.probe.call import Observation, Step
from grading.probe.training import Inspection, Training

MOST_EPOCHS = 6
MOST_NUMBERS = 500_000
MOST_SECONDS = 120.0
# The accuracies from which on there is half of the points, all of them, and a word of praise.
HALF, ALL, HONOUR = 0.65, 0.75, 0.84
# So many images show whether a network is fit to be trained, and comes untrained. None of those that decide is among them.
_LOOKED_AT = 200
# A network that knows less than this share of its training images has not been trained enough.
_WELL_FITTED = 0.85
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


def level(accuracy: float) -> str:
    """Return the name of a part of the points: `accuracy 0.65`."""
    return f"accuracy {accuracy:.2f}"


PARTS = {level(HALF): 0.5, level(ALL): 0.5}


def examine(exercise: Exercise, context: Context) -> list[Finding]:
    """Inspect the network, train it, and return what stands between it and the full points."""
    known = {mistake.name: mistake.explanation for mistake in exercise.mistakes}
    data = images(context.seed)
    # Only the building is watched: a network's own work is not the exercise's business.
    finding = _forbidden(context.run(context.call({})))
    if finding is None:
        seen = _observe(context, Inspection(data.train[:_LOOKED_AT]))
        finding = _inspect(seen, data)
    if finding is not None:
        return [_explain(finding, known)]
    recipe = {name: float(as_number(seen.value["recipe"][name]) or 0.0) for name in RECIPE}
    trained = _observe(context, training(data, recipe))
    finding = _failed(trained)
    return [_explain(finding, known)] if finding is not None else _score(context, trained.value, data)


def _observe(context: Context, step: Step) -> Observation:
    return context.run(context.call({}, watch=False, step=step))


def training(data: Images, recipe: Mapping[str, float]) -> Training:
    """Return the training that a recipe describes."""
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
    looked_at, labels = data.train[:_LOOKED_AT], data.train_labels[:_LOOKED_AT]
    expected = f"({len(looked_at)}, 10)"
    if value["error"] is not None:
        facts = (("input", f"images {tuple(looked_at[:, None].shape)}"), ("error", value["error"]))
        flat = "shapes cannot be multiplied" in value["error"]
        return Finding("", "raised", "the network fails on images.", facts, mistake="no-flatten" if flat else None)
    if not isinstance(outputs, Tensor) or tuple(outputs.shape) != (len(looked_at), 10):
        got = str(tuple(outputs.shape)) if isinstance(outputs, Tensor) else describe(outputs)
        facts = (("expected", f"{expected}, ten logits for each image"), ("got", got))
        return Finding("", "shape", "the network's output has the wrong shape.", facts, mistake="wrong-outputs")
    if value["size"] > MOST_NUMBERS:
        sizes = (("allowed", f"{MOST_NUMBERS:,} parameters and buffers"), ("got", f"{value['size']:,}"))
        return Finding("", "size", "the network is too large.", sizes, mistake="too-large")
    if bool((outputs >= 0).all()) and bool(((outputs.sum(dim=1) - 1).abs() < 1e-3).all()):
        return Finding("", "values", "the network returns probabilities, not logits.", mistake="softmax")
    purity = _purity(outputs.argmax(dim=1), labels)
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


def _score(context: Context, result: Mapping[str, Any], data: Images) -> list[Finding]:
    accuracy = float((result["outputs"].argmax(dim=1) == data.unseen_labels).double().mean())
    if accuracy >= HONOUR:
        context.remarks.append(
            f"It is right about {accuracy:.3f} of the images: from {HONOUR:.2f} on, that is an honour."
        )
    unmet = [edge for edge in (HALF, ALL) if accuracy < edge - 1e-9]
    if not unmet:
        return []
    facts = (
        ("expected", f"{ALL:.2f} for all points, {HALF:.2f} for half of them"),
        ("got", f"{accuracy:.3f} of {len(data.unseen_labels):,} {data.origin}"),
        ("training", f"loss {_losses(result)}; {result['fitted']:.2f} of the training images right"),
    )
    title = f"an accuracy of {accuracy:.3f} is not yet {ALL:.2f}."
    first = Finding(level(unmet[0]), "accuracy", title, facts, _advice(result))
    return [first, *(Finding(level(edge), "accuracy", title) for edge in unmet[1:])]


def _advice(result: Mapping[str, Any]) -> str:
    """Say which way to go, from what the training itself looked like."""
    first, last = result["losses"][0], result["losses"][-1]
    if max(first, last) > 2 * math.log(10):
        return f"The loss went up to {max(first, last):.3g}; guessing has ln 10 = 2.3. The steps are too large: a smaller lr or momentum."
    if last > 0.95 * math.log(10):
        return "It learned nothing: the loss stays at ln 10. Look at the initialization, dead units and lr: 0.001 is for Adam."
    if result["fitted"] < _WELL_FITTED:
        longer = "more epochs, " if len(result["losses"]) < MOST_EPOCHS else "smaller batches, "
        return f"It does not fit its training images well yet: {longer}a larger learning rate, momentum, or a larger network."
    return "It knows its training images much better than unseen ones: it overfits. Regularize, or make it smaller."
