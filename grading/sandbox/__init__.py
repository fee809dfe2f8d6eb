"""Running somebody else's code so that it can neither see nor change anything but itself: kernels in a sandbox, started warm.

    available       which kind of isolation works here: kernel primitives, bubblewrap, or none  the grader's process
    provisioner     two jupyter kernel provisioners, and a kernel manager that uses them        the grader's process
    bubblewrap      the second way: a cold kernel, where only bubblewrap may make namespaces    the grader's process
    warm, handle    the warm parent and its kernels, as seen from outside                       the grader's process
    preload, fonts  what the parent imports, and what saves it time in that                     the grader's process
    parent          imports once, then forks a kernel for each order and watches it             a process of its own
    entrance, jail  how the parent leaves all namespaces, and what it sees from then on         within the parent
    confine         what a fork gives up before it becomes a kernel: files, rights, network     within the fork
    system_calls    which system calls it may not make                                          within the fork
    kernel          starting ipykernel in a process that has it in memory                       within the fork
    linux           the system calls that Python has no names for

The student's code runs in the fork. None of the modules that run there hold anything that a student must not know.
"""
