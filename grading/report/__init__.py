"""What became of a class: a table for the terminal and a page to read in a browser, both from the same summary.

summary     results of a lesson  ->  who got what, and how each exercise went wrong    pure
terminal    a summary            ->  rich tables
page        a summary            ->  one self-contained HTML file
"""
