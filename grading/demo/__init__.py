"""A small class that hands in real notebooks, to show what the grader does with them.

sample    who hands in what: data
answers   an entry of that data  ->  the source of an answer cell
school    a course folder with everyone's submission in it
"""
