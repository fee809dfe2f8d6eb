"""`early_stopping`: the last hint, which holds the answer."""

LAST_HINT = "`best = losses.index(min(losses))`, then `return len(losses) - 1 - best >= patience, best`."
