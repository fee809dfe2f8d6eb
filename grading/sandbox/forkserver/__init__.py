"""The process that imports everything once and whose forks the kernels are, and how it is asked for one."""
