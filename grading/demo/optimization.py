"""The class of lesson 06."""

from __future__ import annotations

from grading.demo.answers import Mistaken, Untouched, Written
from grading.demo.pupil import Damage, Pupil

_AS_PYTORCH_DOES = Written("""
    @torch.no_grad()
    def adam_step(params, grads, state, step, lr, betas, eps):
        for name, p in params.items():
            g, m, v = grads[name], state["m"][name], state["v"][name]
            m.lerp_(g, 1 - betas[0])
            v.mul_(betas[1]).addcmul_(g, g, value=1 - betas[1])
            root = (v.sqrt() / math.sqrt(1 - betas[1] ** step)).add_(eps)
            p.addcdiv_(m, root, value=-lr / (1 - betas[0] ** step))
""")
_BERNOULLI = Written("""
    def dropout(X, p, generator):
        kept = torch.empty_like(X).bernoulli_(1 - p, generator=generator)
        return X * kept / (1 - p)
""")
_COUNTED = Written("""
    def early_stopping(losses, patience):
        best, waited = 0, 0
        for i, loss in enumerate(losses[1:], start=1):
            if loss < losses[best]:
                best, waited = i, 0
            else:
                waited += 1
        return waited >= patience, best
""")

_RUNNING_MEAN = Written("""
    def momentum_step(params, grads, velocities, lr, momentum):
        with torch.no_grad():
            for name in params:
                velocities[name].mul_(momentum).add_((1 - momentum) * grads[name])
                params[name] -= lr * velocities[name]
""")
_WITHOUT_CORRECTION = Written("""
    def adam_step(params, grads, state, step, lr, betas, eps):
        with torch.no_grad():
            for name, g in grads.items():
                m, v = state["m"][name], state["v"][name]
                m.mul_(betas[0]).add_((1 - betas[0]) * g)
                v.mul_(betas[1]).add_((1 - betas[1]) * g**2)
                params[name] -= lr * m / (v.sqrt() + eps)
""")

PUPILS: tuple[Pupil, ...] = (
    Pupil("s01", "everything right"),
    Pupil(
        "s02",
        "everything right, in another style",
        {"adam_step": _AS_PYTORCH_DOES, "dropout": _BERNOULLI, "early_stopping": _COUNTED},
    ),
    Pupil(
        "s03",
        "running means for sums, no bias correction, nothing scaled, a variance that divides by n - 1",
        {
            "momentum_step": _RUNNING_MEAN,
            "adam_step": _WITHOUT_CORRECTION,
            "dropout": Mistaken("not-scaled"),
            "batch_norm": Mistaken("unbiased"),
        },
    ),
    Pupil(
        "s04",
        "parameters changed while autograd records, a cosine that comes up again, chance from elsewhere",
        {
            "momentum_step": Mistaken("recorded"),
            "cosine_schedule": Mistaken("not-held"),
            "dropout": Mistaken("session-generator"),
            "batch_norm_backward": Mistaken("means"),
            "early_stopping": Mistaken("last-of-equals"),
        },
    ),
    Pupil(
        "s05",
        "stopped half-way; a file with another name",
        {"batch_norm": Untouched(), "batch_norm_backward": Untouched(), "early_stopping": Untouched()},
        damage=Damage.RENAMED,
    ),
)
