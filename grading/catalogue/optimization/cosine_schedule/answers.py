"""`cosine_schedule`: the last hint, which holds the answer."""

LAST_HINT = "`return lr / 2 * (1 + math.cos(math.pi * min(step, steps) / steps))`."
