"""Pages for students, in which nothing of a submission runs."""
