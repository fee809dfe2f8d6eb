"""Where the seeds of a class come from: a secret that no submission sees, and out of it a number for every name."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets

from grading.errors import CourseError

# The seed that somebody wants to be used, for `check(..., hidden=True)` and under `nbgrader autograde`.
SEED_VARIABLE = "MLP_COURSE_SEED"
# Of a seed that is drawn or derived for one check; the ones of notebooks are longer.
_BITS, _BITS_OF_A_NOTEBOOK = 31, 63


def number_from(text: str, bits: int = 63) -> int:
    """Return a number of this many bits, 63 at most, that looks random and is always the same for a text."""
    digest = hashlib.sha256(text.encode(errors="surrogateescape")).digest()
    return int.from_bytes(digest[:8], "big") >> (64 - bits)


def new_seed() -> int:
    """Return a seed that nobody can guess."""
    return secrets.randbits(_BITS)


def seed_from_environment() -> int | None:
    """Return the seed of `$MLP_COURSE_SEED`; None if that is not set or empty. Raises CourseError if it is not a whole number."""
    wanted = os.environ.get(SEED_VARIABLE)
    try:
        return int(wanted) if wanted else None
    except ValueError:
        raise CourseError(f"${SEED_VARIABLE} is {wanted!r}; set it to a whole number, or not at all") from None


def secret_of_lesson(secret: str, lesson: str, epoch: str) -> str:
    """Return the secret of a lesson in an epoch, which tells nothing of the course's, nor of another lesson's or epoch's."""
    return hmac.new(secret.encode(), f"{lesson}\0{epoch}".encode(errors="surrogateescape"), hashlib.sha256).hexdigest()


def seed_of_notebook(secret: str, notebook: str) -> int:
    """Return the seed of a notebook, which nobody can tell who does not know the secret of its lesson."""
    return number_from(f"{secret}\0{notebook}", _BITS_OF_A_NOTEBOOK)


def seed_of_check(notebook_seed: int, exercise: str) -> int:
    """Return the seed of one check in a notebook: another for each exercise, not to be guessed without the notebook's."""
    return number_from(f"{notebook_seed}\0{exercise}", _BITS)
