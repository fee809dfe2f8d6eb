"""A plugin of `nbgrader export` that writes what `python -m grading grades --for csv` writes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.plugins import ExportPlugin
from traitlets import Unicode

from grading.engine.course import Course
from grading.engine.lessons import lesson_of
from grading.errors import CourseError
from grading.lms.grades import read_grades
from grading.lms.plain import exercises_table, lessons_table
from grading.lms.table import write_table


class GradesExporter(ExportPlugin):
    """Writes points and status of each lesson, `--to` a file (default: grades.csv), of the assignments and students that are named."""

    exercises = Unicode("", help="also write a row for each exercise of each student into this file").tag(config=True)

    def export(self, gradebook: Gradebook) -> None:
        """Write the table of the lessons, and that of the exercises if it is wanted."""
        directories = self.parent.coursedir
        course = Course(Path(directories.root), self.parent.config, directories)
        try:
            words = [str(word) for word in self.assignment]
            lessons = [lesson_of(course, word) for word in words] or [each.name for each in gradebook.assignments]
            grades = read_grades(course, gradebook, lessons)
        except CourseError as error:
            self.parent.fail(str(error))
        if self.student:
            wanted = {str(student) for student in self.student}
            grades = replace(grades, students=tuple(each for each in grades.students if each.id in wanted))
        for table, target in ((lessons_table, self.to or "grades.csv"), (exercises_table, self.exercises)):
            if target:
                filled = table(grades)
                write_table(Path(target), filled.header, filled.rows)
                self.log.info("Written: %s", target)
