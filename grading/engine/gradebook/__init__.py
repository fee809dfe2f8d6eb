"""What was graded, and where it is kept: nbgrader's gradebook and folders, and the journal of a run."""
