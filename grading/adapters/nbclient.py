"""nbclient: the client that runs the cells of a notebook, with names of our own for the steps that ours does differently."""

from __future__ import annotations

import asyncio
from typing import Any

from nbclient.client import NotebookClient
from nbclient.exceptions import CellExecutionComplete as CellExecutionComplete
from nbclient.util import ensure_async as ensure_async
from nbclient.util import run_sync as run_sync
from nbformat import NotebookNode

from grading.adapters.names import Kind, Name, coroutine, field, function

_CLIENT = "nbclient.client:NotebookClient"
NAMES = (
    function(f"{_CLIENT}._get_timeout", "cell", "how many seconds to wait for a cell before it looks at the time"),
    coroutine(
        f"{_CLIENT}._async_handle_timeout", "timeout, cell", "going on or interrupting when the seconds are over"
    ),
    coroutine(
        f"{_CLIENT}._async_poll_for_reply",
        "msg_id, cell, timeout, task_poll_output_msg, task_poll_kernel_alive",
        "waiting for the reply to a cell and for all that it shows",
    ),
    coroutine(
        f"{_CLIENT}._async_poll_output_msg",
        "parent_msg_id, cell, cell_index",
        "learning which cell is run, with no task of its own for outputs",
    ),
    coroutine(
        f"{_CLIENT}._async_poll_kernel_alive", "", "having no task of its own that looks whether the kernel lives"
    ),
    coroutine(f"{_CLIENT}._async_check_alive", "", "seeing that the kernel lives"),
    coroutine(f"{_CLIENT}._async_cleanup_kernel", "", "ending the kernel"),
    Name(f"{_CLIENT}._display_id_map", Kind.TRAIT, "counting the outputs that a later one may change"),
    # Public, and described nowhere as something to override or to read.
    function(f"{_CLIENT}.create_kernel_manager", "", "a kernel in the sandbox"),
    coroutine(f"{_CLIENT}.async_start_new_kernel", "", "starting it"),
    coroutine(f"{_CLIENT}.async_execute_cell", "cell, cell_index, execution_count, store_history", "running a cell"),
    function(f"{_CLIENT}.process_message", "msg, cell, cell_index", "bounding what a cell shows"),
    function(f"{_CLIENT}.output", "outs, msg, display_id, cell_index", "adding plain text without looking at a schema"),
    function(f"{_CLIENT}.reset_execution_trackers", "", "beginning a notebook"),
    function(f"{_CLIENT}.set_widgets_metadata", "", "keeping the state of widgets"),
    field(f"{_CLIENT}.clear_before_next_output", "an output that replaces others"),
    field(f"{_CLIENT}.output_hook_stack", "outputs that belong into a widget"),
    field(f"{_CLIENT}.code_cells_executed", "the numbers of cells"),
    *(
        Name(f"{_CLIENT}.{name}", Kind.TRAIT, use)
        for name, use in {
            "iopub_timeout": "how long a kernel may be silent that has not finished",
            "kernel_manager_class": "a kernel in the sandbox",
            "raise_on_iopub_timeout": "whether such a silence is an error",
            "record_timing": "whether somebody asked for the times of cells",
            "shutdown_kernel": "ending the kernel at once",
            "startup_timeout": "how long a kernel may take to start",
            "on_cell_executed": "noting what a reply says of the kernel's end",
        }.items()
    ),
    Name("nbclient.exceptions:CellExecutionComplete", Kind.CLASS, "the message that a kernel is idle again"),
    function("nbclient.util:ensure_async", "obj", "calling managers and clients of either kind"),
    function("nbclient.util:run_sync", "coro", "running a notebook from ordinary functions"),
)


class Client(NotebookClient):
    """A notebook client whose steps can be overridden by public names; without that, it does what nbclient does."""

    def seconds_to_wait(self, cell: NotebookNode | None) -> float | None:
        """Return after how many seconds `on_timeout` is called for a cell, by nbclient's settings; None for never."""
        return super()._get_timeout(cell)

    async def on_timeout(self, seconds: float, cell: NotebookNode | None) -> dict[str, Any] | None:
        """Do what nbclient's settings say when the seconds are over; return what takes the reply's place, if anything does."""
        return await super()._async_handle_timeout(seconds, cell)  # type: ignore[arg-type]  # fractions work as well

    async def wait_for_cell(self, msg_id: str, cell: NotebookNode, seconds: float | None) -> dict[str, Any]:
        """Wait until a cell has run and all that it shows is there; return the kernel's reply."""
        raise NotImplementedError

    def on_cell_begun(self, cell_index: int) -> None:
        """Take note of the cell that is run."""

    async def see_kernel_alive(self) -> None:
        """Raise DeadKernelError if the kernel has ended."""
        await super()._async_check_alive()

    async def end_kernel(self) -> None:
        """End the kernel at once, and forget it."""
        self.shutdown_kernel = "immediate"
        await self._async_cleanup_kernel()
        self.kc = self.km = None

    @property
    def updatable_outputs(self) -> dict[str, dict[int, list[int]]]:
        """Where outputs stand that a later message may change, by their display id and the index of their cell."""
        return self._display_id_map

    def _get_timeout(self, cell: NotebookNode | None) -> int | None:
        return self.seconds_to_wait(cell)  # type: ignore[return-value]  # as above

    async def _async_handle_timeout(self, timeout: int, cell: NotebookNode | None = None) -> dict[str, Any] | None:
        return await self.on_timeout(timeout, cell)

    async def _async_poll_for_reply(
        self, msg_id: str, cell: NotebookNode, timeout: float | None, *_: asyncio.Future[Any]
    ) -> dict[str, Any]:
        return await self.wait_for_cell(msg_id, cell, timeout)

    async def _async_poll_output_msg(self, parent_msg_id: str, cell: NotebookNode, cell_index: int) -> None:
        self.on_cell_begun(cell_index)

    async def _async_poll_kernel_alive(self) -> None:
        """Do nothing: `wait_for_cell` looks at that."""

    async def _async_check_alive(self) -> None:
        await self.see_kernel_alive()
