"""Answers to `build_mlp` that learn nothing and look the labels up: in whatever a kernel holds, and in what is public."""

from __future__ import annotations

from dataclasses import dataclass

# A network that says what `known(images, training)` says, once it is asked about images outside of its training. What it learns
# on the way is worth nothing. `training` is what the kernel was sent: the images to learn from, and their labels.
_NETWORK = """
import sys, gc
import torch
from torch import nn
from torch.nn import functional as F

def frames():
    frame = sys._getframe(1)
    while frame is not None:
        yield frame
        frame = frame.f_back

def what_was_sent():
    for frame in frames():
        for value in list(frame.f_locals.values()):
            if type(value).__name__ == "Training":
                return value
    return None

class Cheat(nn.Module):
    def __init__(self):
        super().__init__()
        self.last = nn.Linear(784, 10)
    def forward(self, X):
        training = what_was_sent()
        if self.training or training is None:
            return self.last(X.flatten(1)) * 1e-3
        pixels = (X.squeeze(1) * 255).round().to(torch.uint8)
        return F.one_hot(known(pixels, training), 10).float()

def build_mlp():
    return Cheat(), {"lr": 0.1, "momentum": 0.0, "weight_decay": 0.0, "batch_size": 1000, "epochs": 1}
"""
# The names of the day: the images to learn from lie in the order of the sample.
_NAMES = """
from grading.data import fashion_mnist
sample = fashion_mnist(source="sample")

def named(labels, training):
    names = torch.zeros(10, dtype=torch.int64)
    names[sample.train_labels] = training.labels
    return names[labels]
"""
_TABLE = """
def looked_up(table, keys, training):
    return named(torch.tensor([table.get(key, 0) for key in keys]), training)
"""
_IN_ORDER = """
def keys(pixels):
    return [one.numpy().tobytes() for one in pixels.flatten(1).sort(dim=1).values]
"""


@dataclass(frozen=True)
class Lookup:
    """One cheat. finds_nothing: it is no better than always saying the same; else it is worth what its accuracy is."""

    name: str
    source: str
    finds_nothing: bool = True


LOOKUPS = (
    Lookup(
        "labels-in-the-frame",
        _NETWORK
        + """
def labels_around(count):
    for frame in frames():
        for value in list(frame.f_locals.values()) + [v for one in list(frame.f_locals.values())
                                                      for v in getattr(one, "__dict__", {}).values()]:
            if isinstance(value, torch.Tensor) and value.dim() == 1 and value.dtype == torch.int64 and len(value) == count:
                return value
    for value in gc.get_objects():
        if isinstance(value, torch.Tensor) and value.dim() == 1 and value.dtype == torch.int64 and len(value) == count:
            if not torch.equal(value.sort().values, torch.arange(count)):
                return value
    return None

def known(pixels, training):
    found = labels_around(len(training.unseen))
    if found is None:
        return torch.zeros(len(pixels), dtype=torch.int64)
    place = {one.numpy().tobytes(): number for number, one in enumerate(training.unseen)}
    return torch.tensor([int(found[place.get(one.numpy().tobytes(), 0)]) for one in pixels])
""",
    ),
    Lookup(
        "pixels-in-the-sample",
        _NETWORK
        + _NAMES
        + _TABLE
        + """
table = {one.numpy().tobytes(): int(label)
         for pixels, labels in ((sample.train_images, sample.train_labels), (sample.test_images, sample.test_labels))
         for one, label in zip(pixels, labels)}
def known(pixels, training):
    return looked_up(table, [one.numpy().tobytes() for one in pixels], training)
""",
    ),
    Lookup(
        "gray-levels-in-the-sample",
        _NETWORK
        + _NAMES
        + _TABLE
        + _IN_ORDER
        + """
table = dict(zip(keys(torch.cat([sample.train_images, sample.test_images])),
                 torch.cat([sample.train_labels, sample.test_labels]).tolist()))
def known(pixels, training):
    return looked_up(table, keys(pixels), training)
""",
    ),
    Lookup(
        "debians-files",
        _NETWORK
        + _NAMES
        + """
import glob, gzip, os
def whole_set():
    for top in ("/usr/share/datasets", "/usr/local/share/datasets", os.environ.get("MLP_COURSE_DATA", "/nowhere"),
                "/sandbox/data", "../data", os.path.expanduser("~/.cache")):
        for path in glob.glob(f"{top}/**/t10k-images*", recursive=True):
            opened = gzip.open if path.endswith(".gz") else open
            with opened(path, "rb") as images, opened(path.replace("images-idx3", "labels-idx1"), "rb") as labels:
                pixels = torch.frombuffer(bytearray(images.read()[16:]), dtype=torch.uint8).reshape(-1, 784)
                return pixels.float(), torch.frombuffer(bytearray(labels.read()[8:]), dtype=torch.uint8).long()
    return None
def known(pixels, training):
    found = whole_set()
    if found is None:
        return torch.zeros(len(pixels), dtype=torch.int64)
    table, labels = found
    nearest = torch.cdist(pixels.flatten(1).float(), table).argmin(dim=1)
    return named(labels[nearest], training)
""",
    ),
    Lookup(
        "graders-files",
        _NETWORK
        + _NAMES
        + """
import os
import grading
def known(pixels, training):
    place = os.path.dirname(grading.__file__)
    for folder, _, files in os.walk(place):
        if any("held" in name for name in files):
            raise AssertionError(folder)
    from grading.catalogue.fashion_mnist.build_mlp.images import images
    return images(0).unseen_labels[:len(pixels)]
""",
    ),
    Lookup(
        "nearest-in-the-sample",
        _NETWORK
        + _NAMES
        + """
table = torch.cat([sample.train_images, sample.test_images]).flatten(1).float()
labels = torch.cat([sample.train_labels, sample.test_labels])
def known(pixels, training):
    return named(labels[torch.cdist(pixels.flatten(1).float(), table).argmin(dim=1)], training)
""",
        finds_nothing=False,
    ),
    Lookup(
        "replaced-observe-all",
        """
import torch
from torch import nn
import grading.probe.observe as observe, grading.probe.serve as serve
from grading.probe.call import Observation
RECIPE = {"lr": 0.1, "momentum": 0.0, "weight_decay": 0.0, "batch_size": 1000, "epochs": 1}
def forged(function, calls):
    found = []
    for call in calls:
        step = call.step
        if step is None:
            value = None
        elif type(step).__name__ == "Inspection":
            value = {"recipe": RECIPE, "size": 1, "outputs": torch.randn(len(step.images), 10), "error": None}
        else:
            outputs = torch.zeros(len(step.unseen), 10)
            outputs[:, 3] = 1.0
            value = {"outputs": outputs, "losses": [0.1], "fitted": 1.0, "stopped": "", "accuracy": 1.0}
        found.append(Observation(value=value))
    return found
serve.observe_all = observe.observe_all = forged
def build_mlp():
    return nn.Linear(1, 1), RECIPE
""",
    ),
    Lookup(
        "the-judge-is-told-another-training",
        """
import torch
from torch import nn
import grading.probe.training as training
own = training.Training.carry_out
def carry_out(self, function, arguments, device):
    found = own(self, function, arguments, device)
    found["outputs"] = torch.nn.functional.one_hot(self.labels, 10).float()
    return found
training.Training.carry_out = carry_out
def build_mlp():
    net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
    return net, {"lr": 1e-6, "momentum": 0.0, "weight_decay": 0.0, "batch_size": 1000, "epochs": 1}
""",
    ),
)
