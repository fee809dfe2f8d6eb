from __future__ import annotations

from tests.study.conftest import kept

__all__ = ["kept"]
