"""A small class that hands in real notebooks, to show what the grader does with them.

pupil     what one student of it hands in
sample    who hands in what, by lesson: data, with a module for each lesson
answers   an entry of that data  ->  the source of an answer cell
school    a course folder with everyone's submission in it
overview  the table over all lessons
"""
