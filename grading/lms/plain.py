"""Plain tables: a column of points and one of the status for each lesson, or a row for each exercise of each student."""

from __future__ import annotations

from grading.lms.grades import Filled, Grades
from grading.lms.table import points

_WHO = ("student_id", "last_name", "first_name", "email", "lms_user_id")


def lessons_table(grades: Grades) -> Filled:
    """Return a row for each student: who they are, and for each lesson its points, its status and what lateness took."""
    columns = ("{}", "{} status", "{} late penalty")
    header = (*_WHO, *(column.format(one.lesson) for one in grades.lessons for column in columns))
    rows = []
    for student in grades.students:
        cells = [student.id, student.last_name, student.first_name, student.email, student.lms_user_id]
        for standing in (one.of(student.id) for one in grades.lessons):
            earned = "" if standing.earned is None else points(standing.earned)
            cells += [earned, str(standing), points(standing.penalty) if standing.penalty else ""]
        rows.append(tuple(cells))
    return Filled(header, tuple(rows))


def exercises_table(grades: Grades) -> Filled:
    """Return a row for each exercise of each student: its points, what it is worth, and how the lesson stands.

    The points of an exercise are without the penalty for lateness, which is of the lesson.
    """
    rows = []
    for lesson in grades.lessons:
        for student in grades.students:
            standing = lesson.of(student.id)
            for exercise in standing.exercises:
                earned = "" if exercise.earned is None else points(exercise.earned)
                rows.append(
                    (student.id, lesson.lesson, exercise.exercise, earned, points(exercise.worth), str(standing))
                )
    return Filled(("student_id", "lesson", "exercise", "points", "worth", "status"), tuple(rows))
