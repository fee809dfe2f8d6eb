"""The class of lesson 04. Only two of them hand in a network that is trained: that is what takes time."""

from __future__ import annotations

from grading.demo.answers import Mistaken, Untouched, Written
from grading.demo.pupil import Pupil

_SLOW_NETWORK = Written("""
    def build_mlp():
        net = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
        return net, {"lr": 0.1, "momentum": 0.0, "weight_decay": 1e-4, "batch_size": 100, "epochs": 4}
""")
_FORGOT_SELF = Written("""
    @d2l.add_to_class(MLPScratch)
    def forward(self, X):
        H = relu(X.flatten(1) @ W1 + b1)
        return H @ W2 + b2
""")

PUPILS: tuple[Pupil, ...] = (
    Pupil("s01", "everything right"),
    Pupil(
        "s02",
        "a network that learns too slowly for all points, and gradients never reset",
        {"train_epoch": Mistaken("accumulates"), "build_mlp": _SLOW_NETWORK},
    ),
    Pupil(
        "s03",
        "a softmax that overflows, a count for a share, a network that ends in a softmax",
        {
            "cross_entropy": Mistaken("overflows"),
            "accuracy": Mistaken("count"),
            "build_mlp": Mistaken("softmax"),
        },
    ),
    Pupil(
        "s04",
        "self forgotten, biases not counted, the mean over batches of unequal size",
        {
            "num_parameters": Mistaken("no-biases"),
            "MLPScratch.forward": _FORGOT_SELF,
            "train_epoch": Mistaken("mean-of-batches"),
            "build_mlp": Mistaken("too-large"),
        },
    ),
    Pupil("s05", "stopped half-way", {"train_epoch": Untouched(), "build_mlp": Untouched()}),
    Pupil("s06", "nothing attempted", otherwise=Untouched()),
)
