"""How fast a class is graded, beside nbgrader and otter-grader."""
