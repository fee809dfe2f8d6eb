"""`build_mlp`: the last hint, which holds the answer."""

LAST_HINT = (
    "`nn.Flatten()`, `nn.Linear(784, 256)`, `nn.BatchNorm1d(256)`, `nn.ReLU()`, `nn.Linear(256, 10)`; lr 0.1, momentum 0.9, "
    "weight_decay 1e-3, batches of 100, six epochs."
)
