"""What the grader uses of libraries that they do not promise to keep, one module for each library.

    names           how a module here says what it uses
    modules         modules that are imported early, by name; imports none of them
    nbclient        the client that runs notebooks                    the grader's processes
    jupyter_client  kernel managers, and messages as bytes            the grader's processes, the sandbox
    nbconvert       exporters and executors                           the grader's processes
    nbgrader        converters, and what writes points                the grader's processes
    formgrader      the server that nbgrader shows submissions with   JupyterLab's process
    ipykernel       the kernel                                        the sandbox
    ipython         its shell                                         the sandbox
    torch           what is seen of operations and modules            the sandbox, the judge, a learner's notebook

Private names of these libraries stand here and nowhere else. Each module has classes and functions under names of our own,
for the rest of the package to extend and to call, and `NAMES`: the names behind them, with public ones that no document
describes. A test holds these against what is installed and says in a sentence which one is gone. A module imports its own
library and no other; none is imported before it is needed.
"""
