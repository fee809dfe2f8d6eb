"""Which language a submitted notebook is for, by what its program wrote into it; every program writes something else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from grading.engine.intake.template import Template
from grading.engine.problems import Problem, one_line

# What a language is called, in lower case, beside its own name. Only what is listed here is known to be another language.
_OTHER_NAMES = {
    "Bash": "sh shell zsh",
    "C": "",
    "C#": "csharp dotnet-csharp",
    "C++": "cpp c++11 c++14 c++17 c++20 c++23",
    "Clojure": "clojurescript",
    "Elixir": "",
    "F#": "fsharp",
    "Fortran": "",
    "Go": "golang",
    "Groovy": "",
    "Haskell": "",
    "Java": "",
    "JavaScript": "js node nodejs",
    "Julia": "",
    "Kotlin": "",
    "Lua": "",
    "MATLAB": "",
    "Maxima": "",
    "OCaml": "",
    "Octave": "",
    "Perl": "",
    "PHP": "",
    "PowerShell": "pwsh",
    "Prolog": "",
    "Python": "ipython py",
    "R": "",
    "Racket": "",
    "Ruby": "",
    "Rust": "",
    "SAS": "",
    "Scala": "",
    "Scheme": "",
    "Scilab": "",
    "SQL": "",
    "Stata": "",
    "Swift": "",
    "TypeScript": "ts deno",
    "Wolfram Language": "wolfram mathematica",
}
_LANGUAGES = {
    name: language for language, others in _OTHER_NAMES.items() for name in (language.lower(), *others.split())
}
# Kernels whose names do not say their language as it is spelt above.
_KERNELS = {
    "ir": "R",
    "irkernel": "R",
    "sparkrkernel": "R",
    "xr": "R",
    "ijulia": "Julia",
    "iruby": "Ruby",
    "irust": "Rust",
    "evcxr": "Rust",
    "ijava": "Java",
    "iphp": "PHP",
    "iperl": "Perl",
    "ihaskell": "Haskell",
    "ijavascript": "JavaScript",
    "jslab": "JavaScript",
    "tslab": "TypeScript",
    "itypescript": "TypeScript",
    "gophernotes": "Go",
    "gonb": "Go",
    "almond": "Scala",
    "spylon-kernel": "Scala",
    "sparkkernel": "Scala",
    "xcpp": "C++",
    "cling-cpp": "C++",
    "xsqlite": "SQL",
    "imatlab": "MATLAB",
    "xoctave": "Octave",
    ".net-csharp": "C#",
    ".net-fsharp": "F#",
    ".net-powershell": "PowerShell",
}
_VERSION = re.compile(r"[-_ ]*v?\d+([._-]\d+)*$")


def kernel_problem(metadata: object, template: Template) -> Problem | None:
    """Say what is odd about a notebook's kernel. One of another language is not run; one of another name is replaced.

    metadata: the notebook's own, of any shape. A language that is not known to be another one is taken for the lesson's.
    """
    said = metadata if isinstance(metadata, dict) else {}
    spec, info = _mapping(said.get("kernelspec")), _mapping(said.get("language_info"))
    name = _text(spec.get("name"))
    due = _language(template.language) or template.language
    found = list(_languages(name, spec, info))
    if found and due not in found:
        shown = one_line(name or _text(spec.get("display_name")) or found[0])
        sentence = f"the notebook is for the kernel '{shown}' ({found[0]}), not for {due}; not run"
        return Problem("wrong-kernel", sentence, graded=False)
    if name and name != template.kernel_name:
        sentence = f"the kernel '{one_line(name)}' was replaced by '{template.kernel_name}'"
        return Problem("other-kernel", sentence, worth_telling=False)
    return None


def _languages(name: str, spec: Mapping[str, Any], info: Mapping[str, Any]) -> Iterator[str]:
    """Yield the languages that a notebook names, as far as they are known."""
    said = (spec.get("language"), info.get("name"), info.get("pygments_lexer"))
    for language in (*map(_language, map(_text, said)), _language_of_kernel(name)):
        if language:
            yield language


def _language(text: str) -> str | None:
    """Return the language that a text names in whatever spelling: "python3" and "Python 3.11" are Python."""
    plain = text.strip().lower()
    return _LANGUAGES.get(plain) or _LANGUAGES.get(_VERSION.sub("", plain))


def _language_of_kernel(name: str) -> str | None:
    plain = name.strip().lower()
    if "python" in plain or plain.endswith("-py"):
        return "Python"
    plain = _VERSION.sub("", plain)
    # What conda writes for the kernels of its environments: conda-env-NAME-r.
    of_conda = re.fullmatch(r"conda-env-.*-(\w+)", plain)
    if of_conda:
        return _LANGUAGES.get(of_conda[1])
    # Short names are rather those of somebody's environment: sql, go.
    return _KERNELS.get(plain) or (_LANGUAGES.get(plain) if len(plain) > 3 else None)


def _mapping(found: object) -> Mapping[str, Any]:
    return found if isinstance(found, dict) else {}


def _text(found: object) -> str:
    return found if isinstance(found, str) else ""
