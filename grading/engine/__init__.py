"""Grading a class: from folders of submitted notebooks to points in nbgrader's gradebook, in the stages that a submission goes through.

intake/     a folder that was handed in    ->  clean notebooks, and what was wrong with it           pure
execution/  a clean notebook               ->  the executed one, its verdicts, what went wrong        pure
workers/    run the execution: processes here, or other machines
gradebook/  executed notebooks             ->  nbgrader's tables and autograded/, and the journal     the one writer
feedback/   autograded/ and the gradebook  ->  pages to read, in which nothing of a submission runs
turns/      whose turn it is to write
seeding/    what the inputs of checks are drawn from: the course's secret, and until when
stock/      what nbgrader's own commands and formgrader run in place of their own parts
classroom   a lesson of a course           ->  all of the above, for everyone who handed in
"""

import sys

# Asked for the formats that it knows, jsonschema compiles a grammar for addresses, which takes a second in every process;
# no schema of a notebook has one. It does without as where that package is not installed.
if "jsonschema" not in sys.modules and "rfc3987_syntax" not in sys.modules:
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]  # Python's way to say that there is none
    try:
        import nbformat  # noqa: F401  # which imports jsonschema
    finally:
        del sys.modules["rfc3987_syntax"]
