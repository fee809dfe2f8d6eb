"""Whether anything of an answer or of a hidden test has come through to what learners open.

This looks at the finished notebooks and does not trust the way they were made.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nbformat import NotebookNode

from grading.build.declared import DeclaredExercise
from grading.build.diagnostic import Diagnostic
from grading.build.markers import model_answer_id
from grading.build.master import Master, Role
from grading.build.nodes import label
from grading.cells import HIDDEN_TESTS, SOLUTION, Place, hints_id, with_hidden_twin

_DELIMITERS = ("BEGIN SOLUTION", "END SOLUTION", "HIDDEN TEST", "MARK SCHEME")
_LETTERS_OF_A_PHRASE = 8
_LETTERS_OF_AN_ANSWER = 20


@dataclass(frozen=True)
class Secret:
    """A line that learners must not get, and where it comes from."""

    text: str
    origin: str

    def stands_in(self, text: str) -> bool:
        """Return whether the line is in a text: a long one anywhere, a short one as a whole line."""
        if _weight(self.text) >= _LETTERS_OF_A_PHRASE:
            return self.text in text
        return any(line.strip() == self.text for line in text.split("\n"))


def secrets(master: Master) -> list[Secret]:
    """Return the lines of answers and hidden tests that stand nowhere else in the master."""
    public = "\n".join(line for cell in master.cells for line in SOLUTION.split(cell.source)[0])
    found: dict[str, Secret] = {}
    for cell in master.cells:
        lines = [line for region in SOLUTION.split(cell.source)[1] for line in region]
        origin = f"the answer to {cell.exercise}"
        if cell.role is Role.CHECK:
            lines = HIDDEN_TESTS.split(with_hidden_twin(cell.source))[1][0]
            origin = f"the hidden test of {cell.exercise}"
        for line in lines:
            secret = Secret(line.strip(), origin)
            # Brackets, `else:` and the like give nothing away.
            if _weight(secret.text) > 4 and not secret.stands_in(public):
                found.setdefault(secret.text, secret)
    return list(found.values())


def leaks(
    master: Master, exercises: Mapping[str, DeclaredExercise], path: str, notebook: NotebookNode
) -> list[Diagnostic]:
    """Return what a notebook for learners gives away.

    The last hint of each exercise may give its answer away, and so may the model of a written answer: a class gets neither.
    """
    hidden = secrets(master)
    alone = path.startswith("notebooks/")
    written = [cell.exercise for cell in master.with_role(Role.WRITTEN)] if alone else []
    models = {model_answer_id(exercise): f"the answer to {exercise}" for exercise in written}
    last_hints = {hints_id(name): e.hints[-1].strip() for name, e in exercises.items() if e.hints}
    found: list[Diagnostic] = []
    for number, cell in enumerate(notebook.cells, start=1):
        place = label(number, cell)
        text = cell.source.replace(last_hints.get(cell.get("id", ""), "\0"), "")
        # Everything else that a cell can carry: metadata, attachments.
        rest = json.dumps({k: v for k, v in cell.items() if k not in ("source", "outputs")}, ensure_ascii=False)
        if cell.get("outputs") or cell.get("execution_count"):
            found.append(Diagnostic(path, "carries outputs; learners get none", cell=place))
        for words in _DELIMITERS:
            if words in text.upper() or words in rest.upper():
                found.append(Diagnostic(path, f"the marker {words!r} has come through", cell=place))
        for secret in hidden:
            if secret.origin == models.get(cell.get("id", "")):
                continue
            escaped = json.dumps(secret.text, ensure_ascii=False)[1:-1]
            if secret.stands_in(text) or (_weight(secret.text) >= _LETTERS_OF_A_PHRASE and escaped in rest):
                line = _line_of(secret.text, text)
                facts = (("line", f"{line}" if line else "in the metadata"), ("text", secret.text))
                found.append(Diagnostic(path, f"gives away {secret.origin}", cell=place, facts=facts))
    return found


def answers_given_away(master: Master) -> Iterator[Diagnostic]:
    """Yield a problem for each whole answer that a code cell of the master shows to everyone."""
    for cell in master.with_role(Role.TODO):
        for region in SOLUTION.split(cell.source)[1]:
            answer = [line.strip() for line in region if _is_code(line)]
            if sum(map(_weight, answer)) < _LETTERS_OF_AN_ANSWER:
                continue
            for other in master.cells:
                line = _found_at(answer, other.source) if other.kind == "code" else -1
                if line >= 0:
                    yield master.diagnostic(other, f"shows the whole answer to {cell.exercise}", line)


def _found_at(answer: list[str], source: str) -> int:
    """Return the line, from 0, at which the lines of an answer stand in a row outside of solution regions, else -1."""
    numbered = [(number, line.strip()) for number, line in _public_lines(source) if _is_code(line)]
    for start in range(len(numbered) - len(answer) + 1):
        if [text for _, text in numbered[start : start + len(answer)]] == answer:
            return numbered[start][0]
    return -1


def _public_lines(source: str) -> Iterator[tuple[int, str]]:
    for number, (line, place) in enumerate(SOLUTION.places(source)):
        if place is Place.OUTSIDE:
            yield number, line


def _is_code(line: str) -> bool:
    return bool(line.strip()) and not line.strip().startswith("#")


def _weight(text: str) -> int:
    """Return how many letters and digits a line has."""
    return len(re.findall(r"\w", text))


def _line_of(needle: str, text: str) -> int:
    return next((number for number, line in enumerate(text.split("\n"), start=1) if needle in line), 0)
