"""`sgd_step`: the last hint, which holds the answer."""

LAST_HINT = "`with torch.no_grad():`, then for every name `params[name] -= lr * grads[name]`."
