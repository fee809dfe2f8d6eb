"""`accuracy`: the last hint, which holds the answer."""

LAST_HINT = "`(logits.argmax(dim=1) == y).float().mean()`"
