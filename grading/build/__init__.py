"""From the masters in `lessons/` to the notebooks that people open.

    lessons/NN-name.py  ──parse──▶ Master ──lint──▶ diagnostics
                                     │
                                     ├─▶ notebooks/NN-name.ipynb          self-study: no answers, checks, folded hints
                                     ├─▶ source/NN-name/NN-name.ipynb     nbgrader's instructor version
                                     │        └─▶ release/…               what nbgrader itself makes of it
                                     └─▶ solutions/NN-name.ipynb          solved and executed

Everything up to the text of a notebook is a pure function of the master, the declared exercises and the settings, so
that two builds give the same bytes wherever they run. Reading, writing and executing happen in `course`, `release` and
`execute`.
"""
