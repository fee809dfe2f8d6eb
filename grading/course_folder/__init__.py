"""The folder of an instructor's course, apart from the package: its settings, its lessons with the points of that course, its dates."""
