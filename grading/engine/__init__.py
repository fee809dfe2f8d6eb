"""Grading a class: from folders of submitted notebooks to points in nbgrader's gradebook.

    intake      bytes of a submitted notebook  ->  a clean notebook, or the problem with it          pure
    worker      a clean notebook               ->  the executed notebook, its verdicts, its problems  pure
    pool        runs workers: processes here; `cluster` has the same for other machines
    recorder    executed notebooks             ->  gradebook and autograded/                          the one writer
    classroom   a lesson of a course           ->  all of the above, for everyone who handed in
    feedback    autograded/ and the gradebook  ->  pages to read, in which nothing of a submission runs

`grading.engine.preprocessors` plugs the executor into stock nbgrader, so that `nbgrader autograde` and formgrader's
button run submissions in the same way.
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
