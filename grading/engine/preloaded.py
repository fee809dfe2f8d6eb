"""What every worker process needs, imported once: the others are forks of the process that has imported this module.

Nothing here computes or starts a thread, and no submission's code ever runs in a worker.
"""

import gc

import ipykernel.kernelspec  # noqa: F401
import IPython.core.interactiveshell  # noqa: F401  # what makes ipykernel's own classes
import torch  # noqa: F401

import grading
import grading.engine.worker
import grading.judging.judge
import grading.probe.wire

grading.exercises()

# A collector that visits what was imported would write to it, and a worker would no longer share it.
gc.collect()
gc.freeze()
