"""`he_normal`: the last hint, which holds the answer."""

LAST_HINT = "`torch.randn(fan_in, fan_out) * math.sqrt(2 / fan_in)`."
