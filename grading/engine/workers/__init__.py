"""Where notebooks run: one job, processes of this machine, a cluster."""
