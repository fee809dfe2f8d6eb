"""`init_xavier`: the last hint, which holds the answer."""

LAST_HINT = (
    "For every linear layer: `nn.init.xavier_uniform_(layer.weight)`, and `nn.init.zeros_(layer.bias)` if it has one."
)
