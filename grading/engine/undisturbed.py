"""Imported before all else by the process whose forks the workers are: Ctrl-C is for the grader, which then ends this one too."""

import signal

signal.signal(signal.SIGINT, signal.SIG_IGN)
# Whoever started this process held the signal back until here; one that came meanwhile is gone now.
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
