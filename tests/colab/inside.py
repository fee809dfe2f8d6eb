"""Run a notebook from top to bottom with this interpreter: `python inside.py NOTEBOOK RESULT`.

Runs in the environment with Colab's versions, where nothing of the course is installed, and so imports nothing of it.
The working folder is the notebook's. An error in a cell is kept as its output, and the next cells run.
"""

import sys

import nbformat
from nbclient import NotebookClient

SECONDS_FOR_A_CELL = 900

if __name__ == "__main__":
    notebook = nbformat.read(sys.argv[1], as_version=4)
    NotebookClient(notebook, timeout=SECONDS_FOR_A_CELL, kernel_name="python3", allow_errors=True).execute()
    nbformat.write(notebook, sys.argv[2])
