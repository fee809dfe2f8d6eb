"""`sigmoid`: the last hint, which holds the answer."""

LAST_HINT = "`e = torch.exp(-X.abs())`, then `torch.where(X >= 0, 1 / (1 + e), e / (1 + e))`."
