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
