"""`cross_entropy`: the last hint, which holds the answer."""

LAST_HINT = "`(torch.logsumexp(logits, dim=1) - logits[torch.arange(len(y)), y]).mean()`"
