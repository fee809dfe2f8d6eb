"""Running somebody else's code so that it can neither see nor change anything but itself: kernels that are forks, in a sandbox.

    forkserver/     client, handle    the fork server and its kernels, as seen from outside            the grader's processes
                    provisioner       two jupyter kernel provisioners, and a kernel manager with them  the grader's processes
                    available         which isolation works here: the kernel's own, bubblewrap, none   the grader's processes
                    preload, fonts    what the fork server imports, and what saves it time in that     the grader's processes
                    environment       what it is started with                                          the grader's processes
                    server, usage     imports once, then forks a kernel for each order and watches it  a process of its own
    confinement/    bubblewrap        the second way, where only bubblewrap may make namespaces        the grader's processes
                    entrance, jail    how the server leaves all namespaces, and what it sees then      within the server
                    visible           which files of this package that are, each by its name           within the server
                    confine           what a fork gives up before it is a kernel: files, rights        within the fork
                    system_calls      which system calls it may not make                               within the fork
                    linux             the system calls that Python has no names for
    kernel/         launch            starts ipykernel in a process that has it in memory              within the fork
                    application       the kernel itself: quick, and known to the grader                within the fork
                    publishing        what cells show, on its way out                                  within the fork
                    ending            what a kernel tells of its end                                   within the fork
                    surroundings      what a cell may take away, put back                              within the fork

The student's code runs in the fork. None of the modules that run there hold anything that a student must not know.
"""
