"""The worked example of CONTRIBUTING.md is followed here, word for word."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from grading import judge

TEXT = (Path(__file__).parent.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    names: dict[str, Any] = {}
    code = "\n\n".join(re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL))
    exec(compile(code, "CONTRIBUTING.md", "exec"), names)
    return names


def test_its_right_answer_is_accepted(example: dict[str, Any]) -> None:
    assert judge(example["SOFTPLUS"], example["right"]).passed


def test_its_wrong_answer_is_rejected(example: dict[str, Any]) -> None:
    assert not judge(example["SOFTPLUS"], example["without_its_tail"]).passed


def test_its_mistakes_are_named_as_themselves(example: dict[str, Any]) -> None:
    for mistake in example["SOFTPLUS"].mistakes:
        verdict = judge(example["SOFTPLUS"], mistake.wrong)
        assert verdict.findings[0].mistake == mistake.name, str(verdict)
