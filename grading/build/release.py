"""What a class receives, made by nbgrader's own generator in this process: in a temporary folder, no gradebook."""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path

from grading.build import markers, render
from grading.build.diagnostic import BuildError


def release_text(lesson: str, source_text: str) -> str:
    """Return the released notebook of a lesson, byte for byte what `nbgrader generate_assignment` writes.

    source_text: the instructor version. Raises BuildError if nbgrader refuses it.
    """
    from nbgrader.converters import GenerateAssignment, NbGraderException
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config

    settings = {
        "ClearSolutions": {"code_stub": {"python": markers.CODE_STUB}, "text_stub": markers.TEXT_STUB},
        "GenerateAssignment": {"no_database": True},
        "SaveCells": {"enabled": False},
    }
    with tempfile.TemporaryDirectory(prefix="release-") as folder:
        source = Path(folder, render.source_path(lesson))
        source.parent.mkdir(parents=True)
        source.write_text(source_text, encoding="utf-8", newline="\n")
        config = Config({**settings, "CourseDirectory": {"root": str(Path(folder).resolve()), "assignment_id": lesson}})
        log = _Messages()
        converter = GenerateAssignment(coursedir=CourseDirectory(config=config), config=config, log=log.logger)
        try:
            converter.start()
        except NbGraderException as error:
            raise BuildError(f"nbgrader refuses source/{lesson}: {log.last() or error}") from error
        return Path(folder, render.release_path(lesson)).read_text(encoding="utf-8")


class _Messages(logging.Handler):
    """A logger that keeps what nbgrader complains about, to be said in one line."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []
        self.logger = logging.Logger("grading.build.release", logging.ERROR)
        self.logger.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())

    def last(self) -> str:
        """Return the last line of the first traceback, which names the cause; "" if there was none."""
        traces = [line for line in self.lines if "Traceback" in line]
        return traces[0].strip().splitlines()[-1] if traces else ""
