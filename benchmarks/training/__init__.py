"""How long an epoch takes, with d2l's trainer, with ours, with other libraries, and at the least."""
