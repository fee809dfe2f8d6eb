"""`train_epoch`: the last hint, which holds the answer."""

LAST_HINT = (
    "`optimizer = torch.optim.SGD(model.parameters(), lr=lr)`; in the loop `value = loss(model(X), y)`, "
    "`optimizer.zero_grad()`, `value.backward()`, `optimizer.step()`, and `total += value.item() * len(y)`."
)
