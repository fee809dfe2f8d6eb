"""What runs beside the learner's function: it calls the function and writes down what happened.

This package holds no reference, no expected value and no hidden case, so it may be read by anyone whose code is graded.
"""
