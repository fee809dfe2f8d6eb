"""Inputs that nobody thought of, drawn and bent without end, for whatever a grader reads from people and kernels it does not know."""
