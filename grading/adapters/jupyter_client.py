"""jupyter_client: a kernel manager that loses no time, a provisioner with a process of ours, and messages as bytes."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from functools import wraps
from typing import Any

from jupyter_client.connect import KernelConnectionInfo as KernelConnectionInfo
from jupyter_client.jsonutil import extract_dates as extract_dates
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner as LocalProvisioner
from jupyter_client.session import DELIM as DELIM
from jupyter_client.session import json_packer as json_packer

from grading.adapters.names import Kind, Name, coroutine, field, function

_MANAGER = "jupyter_client.manager:KernelManager"
_PROVISIONER = "jupyter_client.provisioning.local_provisioner:LocalProvisioner"
_SESSION = "jupyter_client.session:Session"
NAMES = (
    coroutine(f"{_MANAGER}._async_start_kernel", "", "starting a kernel"),
    coroutine(f"{_MANAGER}._async_shutdown_kernel", "now, restart", "ending a kernel"),
    Name(f"{_MANAGER}._async_start_kernel.__wrapped__", Kind.COROUTINE, "starting a kernel without a sleep at the end"),
    Name(f"{_MANAGER}._async_shutdown_kernel.__wrapped__", Kind.COROUTINE, "ending one without a sleep at the end"),
    coroutine(f"{_MANAGER}._async_pre_start_kernel", "", "choosing the sandbox before a kernel is started"),
    coroutine(f"{_MANAGER}._async_wait", "pollinterval", "looking often whether a kernel has ended"),
    field(f"{_MANAGER}._ready", "telling those who wait for a kernel that it is started"),
    Name(f"{_MANAGER}.provisioner", Kind.VALUE, "having kernels started in the sandbox"),
    coroutine(f"{_PROVISIONER}.pre_launch", "", "putting a kernel's sockets where the sandbox shows them"),
    coroutine(f"{_PROVISIONER}.launch_kernel", "cmd", "starting a kernel in the sandbox"),
    coroutine(f"{_PROVISIONER}.poll", "", "seeing whether a kernel has ended"),
    coroutine(f"{_PROVISIONER}.wait", "", "waiting until a kernel has ended"),
    coroutine(f"{_PROVISIONER}.cleanup", "restart", "removing what is left of a kernel"),
    Name(f"{_PROVISIONER}.process", Kind.VALUE, "a process that is a fork of the fork server"),
    Name(f"{_PROVISIONER}.pid", Kind.VALUE, "the number of that process"),
    Name(f"{_PROVISIONER}.pgid", Kind.VALUE, "the number of that process"),
    Name(f"{_PROVISIONER}.connection_info", Kind.VALUE, "the sockets that a kernel is to use"),
    Name(f"{_PROVISIONER}.kernel_spec", Kind.TRAIT, "which kernel is wanted"),
    Name("jupyter_client.connect:KernelConnectionInfo", Kind.VALUE, "the type of the sockets that a kernel is to use"),
    Name("jupyter_client.session:DELIM", Kind.VALUE, "where a message begins"),
    function("jupyter_client.session:json_packer", "obj", "the parts of a message as bytes"),
    function(f"{_SESSION}.sign", "msg_list", "seeing that a kernel signed what it says"),
    Name(f"{_SESSION}.auth", Kind.TRAIT, "seeing whether messages are signed"),
    Name(f"{_SESSION}.key", Kind.TRAIT, "leaving signatures out where nobody else can send anything"),
    Name(f"{_SESSION}.packer", Kind.TRAIT, "messages that are text whatever a cell prints"),
    function("jupyter_client.jsonutil:extract_dates", "obj", "the times of cells, where they are recorded"),
)

_Method = Callable[..., Coroutine[Any, Any, None]]


def _at_once(method: _Method) -> _Method:
    """Return a manager's method without the hundredth of a second that it sleeps at its end.

    jupyter_client does that for its own tests, which look at the manager while the future `ready` is not there yet.
    """
    plain: _Method = getattr(method, "__wrapped__", method)

    @wraps(plain)
    async def done(self: Any, *args: Any, **named: Any) -> None:
        self._ready = Future()
        try:
            await plain(self, *args, **named)
        except Exception as error:
            self._ready.set_exception(error)
            raise
        self._ready.set_result(None)

    return done


class KernelManager(AsyncKernelManager):
    """A manager of one kernel that sleeps as little as possible, and can be prepared before the kernel is started."""

    _async_start_kernel = start_kernel = _at_once(AsyncKernelManager._async_start_kernel)
    _async_shutdown_kernel = shutdown_kernel = _at_once(AsyncKernelManager._async_shutdown_kernel)

    def before_start(self) -> None:
        """Do what has to be done before a kernel is started."""

    async def _async_pre_start_kernel(self, **kw: Any) -> Any:
        self.before_start()
        return await super()._async_pre_start_kernel(**kw)

    async def _async_wait(self, pollinterval: float = 0.002) -> None:
        await super()._async_wait(pollinterval)
