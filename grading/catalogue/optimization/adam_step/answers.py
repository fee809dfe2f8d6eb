"""`adam_step`: the last hint, which holds the answer."""

LAST_HINT = (
    "Under `torch.no_grad()`, for every name: `m.mul_(b1).add_((1 - b1) * g)`, `v.mul_(b2).add_((1 - b2) * g**2)`, then "
    "`params[name] -= lr * (m / (1 - b1**step)) / ((v / (1 - b2**step)).sqrt() + eps)`."
)
