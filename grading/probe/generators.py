"""A generator of random numbers as an argument, and what a call has drawn from it and from the session's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch


@dataclass(frozen=True)
class SeededGenerator:
    """Blueprint of a `torch.Generator` with this seed.

    After the call, `read` tells whether numbers were drawn from it (`used`), and whether the session's own generator is as its
    seed left it (`alone`), with that seed (`session_seed`): an answer that draws from there has changed it.
    """

    seed: int

    def build(self, device: torch.device) -> torch.Generator:
        """Make the generator on the device."""
        return torch.Generator(device=device).manual_seed(self.seed)

    def read(self, made: Any) -> dict[str, Any]:
        """Return what there is to see of the two generators; {} if the argument is no longer a generator."""
        if not isinstance(made, torch.Generator):
            return {}
        own = torch.default_generator
        untouched = torch.Generator().manual_seed(own.initial_seed())
        fresh = torch.Generator(device=made.device).manual_seed(self.seed)
        return {
            "used": not torch.equal(made.get_state(), fresh.get_state()),
            "alone": torch.equal(own.get_state(), untouched.get_state()),
            "session_seed": own.initial_seed(),
        }

    def __str__(self) -> str:
        return f"a generator with seed {self.seed}"
