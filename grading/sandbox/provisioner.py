"""The name by which earlier versions mean what lives in `grading.sandbox.forkserver.provisioner`."""

from grading.sandbox.forkserver.provisioner import SandboxKernelManager, SandboxProvisioner

__all__ = ["SandboxKernelManager", "SandboxProvisioner"]
