"""`dropout`: the last hint, which holds the answer."""

LAST_HINT = "`kept = torch.rand(X.shape, generator=generator, device=X.device) >= p`, then `return X * kept / (1 - p)`."
