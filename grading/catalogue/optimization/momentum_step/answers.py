"""`momentum_step`: the last hint, which holds the answer."""

LAST_HINT = (
    "`with torch.no_grad():`, then for every name `velocities[name].mul_(momentum).add_(grads[name])` and "
    "`params[name] -= lr * velocities[name]`."
)
