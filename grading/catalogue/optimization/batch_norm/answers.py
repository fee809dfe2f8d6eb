"""`batch_norm`: the last hint, which holds the answer."""

LAST_HINT = (
    "`std = (X.var(0, correction=0) + eps).sqrt()`, `X_hat = (X - X.mean(0)) / std`, then "
    '`return gamma * X_hat + beta, {"X_hat": X_hat, "std": std, "gamma": gamma}`.'
)
