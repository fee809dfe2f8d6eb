"""`xavier_uniform`: the last hint, which holds the answer."""

LAST_HINT = "`a = math.sqrt(6 / (fan_in + fan_out))`, then `(2 * torch.rand(fan_in, fan_out) - 1) * a`."
