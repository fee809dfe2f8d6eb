"""`relu`: the last hint, which holds the answer."""

LAST_HINT = "`torch.clamp(X, min=0)` does it; so do `X * (X > 0)` and `torch.where`."
