"""Running somebody else's code so that it can neither see nor change anything but itself: kernels in a sandbox, started warm.

    available     which kind of isolation works here: kernel primitives, bubblewrap, or none          the grader's process
    provisioner   a jupyter kernel provisioner and a kernel manager that use it                       the grader's process
    warm          starts the warm parent and orders kernels from it                                   the grader's process
    parent        the warm parent: everything imported, jailed, it forks a kernel for each order      a process of its own
    jail          what the file system looks like from inside: read-only, nothing of the grader's     within the parent
    confine       what a forked kernel gives up before it starts: files, rights, system calls         within the fork
    linux         the system calls that Python has no names for

The student's code runs in the fork. None of the modules that run there hold anything that a student must not know.
"""
