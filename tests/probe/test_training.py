"""A network is trained as PyTorch's own optimizer and scheduler would train it."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from grading.probe.training import Training

CPU = torch.device("cpu")
N, EPOCHS, BATCH, SEED = 60, 3, 16, 4
_draws = torch.Generator().manual_seed(7)
IMAGES = torch.randint(0, 256, (N, 6, 6), generator=_draws, dtype=torch.uint8)
LABELS = torch.randint(0, 10, (N,), generator=_draws)
UNSEEN = torch.randint(0, 256, (20, 6, 6), generator=_draws, dtype=torch.uint8)


def trained(make: Callable[[], nn.Module], momentum: float = 0.9, weight_decay: float = 0.0, lr: float = 0.1) -> Any:
    training = Training(IMAGES, LABELS, UNSEEN, SEED, lr, momentum, weight_decay, BATCH, EPOCHS, 60.0)
    return training.carry_out(lambda: (make(), {}), {}, CPU)


def trained_by_pytorch(make: Callable[[], nn.Module], momentum: float, weight_decay: float) -> Tensor:
    """Return what the network says of the unseen images, with the classes that a textbook uses."""
    torch.manual_seed(SEED)
    net = make()
    X, unseen = IMAGES[:, None] / 255, UNSEEN[:, None] / 255
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=momentum, weight_decay=weight_decay)
    steps = EPOCHS * -(-N // BATCH)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    generator = torch.Generator().manual_seed(SEED)
    for _ in range(EPOCHS):
        net.train()
        for chosen in torch.randperm(N, generator=generator).split(BATCH):
            optimizer.zero_grad()
            F.cross_entropy(net(X[chosen]), LABELS[chosen]).backward()
            optimizer.step()
            schedule.step()
    with torch.no_grad():
        outputs: Tensor = net.eval()(unseen)
    return outputs


def plain() -> nn.Module:
    return nn.Sequential(nn.Flatten(), nn.Linear(36, 12), nn.ReLU(), nn.Linear(12, 10))


def normalized() -> nn.Module:
    hidden = nn.Linear(36, 12)
    return nn.Sequential(nn.Flatten(), hidden, nn.BatchNorm1d(12), nn.Sigmoid(), nn.Linear(12, 10))


def partly_frozen() -> nn.Module:
    net = plain()
    for parameter in net[1].parameters():  # type: ignore[index]  # a Sequential
        parameter.requires_grad_(False)
    return net


class PartlyUnused(nn.Module):
    """Has a parameter that takes no part in what it computes, and so never gets a gradient."""

    def __init__(self) -> None:
        super().__init__()
        self.idle = nn.Parameter(torch.ones(3))
        self.net = plain()

    def forward(self, X: Tensor) -> Any:
        return self.net(X)


@pytest.mark.parametrize("make", [plain, normalized, partly_frozen, PartlyUnused])
@pytest.mark.parametrize(("momentum", "weight_decay"), [(0.0, 0.0), (0.9, 0.0), (0.0, 0.01), (0.5, 0.01)])
def test_the_steps_are_those_of_pytorchs_optimizer(
    make: Callable[[], nn.Module], momentum: float, weight_decay: float
) -> None:
    found = trained(make, momentum, weight_decay)
    torch.testing.assert_close(found["outputs"], trained_by_pytorch(make, momentum, weight_decay))
    assert found["stopped"] == "" and len(found["losses"]) == EPOCHS


def test_a_network_with_nothing_to_train_is_told_so() -> None:
    with pytest.raises(ValueError, match="no parameter that can be trained"):
        trained(lambda: nn.Sequential(nn.Flatten(), nn.Linear(36, 10).requires_grad_(False)))


def test_training_that_diverges_stops() -> None:
    found = trained(plain, lr=1e20)
    assert found["stopped"] == "diverged" and len(found["losses"]) < EPOCHS


def test_the_network_that_was_built_is_left_as_it_was() -> None:
    net = plain()
    before = [parameter.clone() for parameter in net.parameters()]
    trained(lambda: net)
    assert all(torch.equal(a, b) for a, b in zip(before, net.parameters(), strict=True))
    assert all(parameter.grad is None for parameter in net.parameters())
