"""`objective`: the last hint, which holds the answer."""

LAST_HINT = (
    "`((O - Y) ** 2).mean()`, and `weight_decay / 2` times `(params['W1'] ** 2).sum() + (params['W2'] ** 2).sum()`."
)
