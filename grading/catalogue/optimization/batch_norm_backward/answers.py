"""`batch_norm_backward`: the last hint, which holds the answer."""

LAST_HINT = (
    '`X_hat, std, gamma = cache["X_hat"], cache["std"], cache["gamma"]`, `G = gamma * grad_O`, then '
    "`return (G - G.mean(0) - X_hat * (G * X_hat).mean(0)) / std, (grad_O * X_hat).sum(0), grad_O.sum(0)`."
)
