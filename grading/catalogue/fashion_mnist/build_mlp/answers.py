"""`build_mlp`: the last hint, which holds the answer."""

LAST_HINT = (
    "Differences of neighbouring pixels in x and y, projected on eight directions, the positive part kept, "
    "`F.avg_pool2d(..., 4)`, square root, flatten; then BatchNorm1d, Linear, BatchNorm1d, ReLU, Linear."
)
