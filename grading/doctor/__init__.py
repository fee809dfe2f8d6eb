"""What is wrong with an installation of the course, and what to type: `mlp-course doctor`.

    finding        what is said of one thing
    examination    all things, in their order
    libraries      Python, torch and torchvision as a pair, d2l, what else is imported, Jupyter
    machine        device and threads, Graphviz, disk and folders, sandbox
    course         data, version, address, another package called grading
    requirements   versions and what is required of them, read without any library
    apart          runs `stages` in a process of its own, with a limit of time
    stages         what may hang, crash or fail; a program of its own, which uses the standard library alone

Nothing here needs a library that works: this process imports none.
"""
