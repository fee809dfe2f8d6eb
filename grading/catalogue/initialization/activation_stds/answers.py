"""`activation_stds`: the last hint, which holds the answer."""

LAST_HINT = (
    "Within `torch.no_grad()`: `stds = []`, then for each layer `X = layer(X)` and `stds.append(X.std().item())`."
)
