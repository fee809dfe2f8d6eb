"""A kernel's name and language, as every program writes them: only another language that is known is not run."""

from typing import Any

import pytest

from grading.engine.intake.kernels import kernel_problem
from tests.engine.intake.test_intake import TEMPLATE

SPEC = "kernelspec"
INFO = "language_info"
PYTHON: list[Any] = [
    None,
    [],
    "python",
    {},
    {SPEC: None},
    {SPEC: "python3"},
    {SPEC: {"name": "mlp"}},
    {SPEC: {"name": "mlp", "display_name": "MLP course"}},
    {SPEC: {"name": "python3", "language": "python3"}},
    {SPEC: {"name": "python3", "language": "Python 3"}},
    {SPEC: {"name": "py312", "language": "Python 3.12.1"}},
    {SPEC: {"name": "", "display_name": ""}},
    {SPEC: {"name": None, "display_name": None, "language": None}},
    {SPEC: {"name": 3, "language": ["python"]}},
    {SPEC: {"name": "pyspark"}},
    {SPEC: {"name": "pysparkkernel", "language": "python"}, INFO: {"name": "pyspark", "pygments_lexer": "python3"}},
    {SPEC: {"name": "synapse_pyspark", "display_name": "Synapse PySpark"}, INFO: {"name": "python"}},
    {SPEC: {"name": "conda-env-r-stuff-py", "display_name": "Python [conda env:r-stuff]"}},
    {SPEC: {"name": "conda-base-py"}},
    {SPEC: {"name": "xpython", "language": "python"}},
    {SPEC: {"name": "python", "display_name": "Python (Pyodide)", "language": "python"}},
    {SPEC: {"name": "julia", "display_name": "Julia's environment"}, INFO: {"name": "python"}},
    {SPEC: {"name": "sagemath", "language": "sage"}},
    {SPEC: {"name": "sos", "language": "sos"}},
    {SPEC: {"name": "rl-course"}},
    {SPEC: {"name": "go-env"}},
    {SPEC: {"name": "sql"}},
    {SPEC: {"name": "c"}},
    {SPEC: {"name": "python3", "language": "R"}},
    {SPEC: {"language": "klingon"}},
    {INFO: {"name": "ipython", "version": 3}},
    {INFO: "python"},
]
OTHER: list[tuple[dict[str, Any], str]] = [
    ({SPEC: {"name": "ir", "language": "R"}}, "R"),
    ({SPEC: {"name": "ir", "display_name": "R"}}, "R"),
    ({SPEC: {"name": "ir44"}}, "R"),
    ({SPEC: {"name": "conda-env-r-r", "display_name": "R [conda env:r]"}}, "R"),
    ({INFO: {"name": "R", "pygments_lexer": "r"}}, "R"),
    ({SPEC: {"name": "julia-1.11"}}, "Julia"),
    ({SPEC: {"name": "julia", "display_name": "Julia"}, INFO: {"name": "julia"}}, "Julia"),
    ({SPEC: {"name": ".net-csharp", "language": "C#"}, INFO: {"name": "polyglot-notebook"}}, "C#"),
    ({SPEC: {"name": "csharp"}}, "C#"),
    ({SPEC: {"name": ".net-fsharp"}}, "F#"),
    ({SPEC: {"name": "xcpp17", "language": "C++17"}}, "C++"),
    ({SPEC: {"name": "javascript", "language": "javascript"}}, "JavaScript"),
    ({SPEC: {"name": "deno", "language": "typescript"}}, "TypeScript"),
    ({SPEC: {"name": "octave", "language": "octave"}}, "Octave"),
    ({SPEC: {"name": "gophernotes"}}, "Go"),
    ({SPEC: {"name": "bash", "language": "bash"}}, "Bash"),
    ({SPEC: {"name": "sparkkernel", "language": "scala"}}, "Scala"),
]


@pytest.mark.parametrize("metadata", PYTHON, ids=str)
def test_what_is_not_known_to_be_another_language_is_run_without_a_line(metadata: Any) -> None:
    problem = kernel_problem(metadata, TEMPLATE)
    assert problem is None or (problem.graded and not problem.worth_telling)


@pytest.mark.parametrize(("metadata", "language"), OTHER, ids=str)
def test_another_language_is_not_run_and_is_named(metadata: dict[str, Any], language: str) -> None:
    problem = kernel_problem(metadata, TEMPLATE)
    assert problem is not None
    assert (problem.kind, problem.graded) == ("wrong-kernel", False)
    assert f"({language}), not for Python" in problem.sentence
