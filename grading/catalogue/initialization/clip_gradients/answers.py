"""`clip_gradients`: the last hint, which holds the answer."""

LAST_HINT = "`norm = math.sqrt(sum(float((g * g).sum()) for g in grads))`; if norm > max_norm, `g.mul_(max_norm / norm)` for each g."
