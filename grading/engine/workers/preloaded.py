"""What every worker process needs, imported once: the others are forks of the process that has imported this module.

Nothing here computes or starts a thread, and no submission's code ever runs in a worker.
"""

import gc
from importlib import import_module

import grading

_MODULES = (
    "ipykernel.kernelspec",
    "IPython.core.interactiveshell",  # what makes ipykernel's own classes
    "torch",
    "grading.engine.workers.worker",
    "grading.judging.judge",
    "grading.probe.wire",
)

gc.disable()  # garbage collection takes an eighth of the time of importing
for name in _MODULES:
    import_module(name)
grading.exercises()
# A collector that visits what was imported would write to it, and a worker would no longer share it; the little garbage among
# it is not worth a look at everything.
gc.freeze()
gc.enable()
