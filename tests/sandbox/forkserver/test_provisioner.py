"""A kernel manager of the sandbox, as whatever speaks Jupyter uses it."""

import asyncio
from typing import Any

import pytest
from jupyter_client import manager as upstream

from grading.sandbox.forkserver.provisioner import SandboxKernelManager, SandboxProvisioner


def test_a_kernel_starts_and_ends_without_a_pause_and_says_when_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    sleep = asyncio.sleep

    async def noted(seconds: float, *result: Any) -> Any:
        pauses.append(seconds)
        return await sleep(seconds, *result)  # as it was asked to

    monkeypatch.setattr(upstream.asyncio, "sleep", noted)

    async def start_and_end() -> None:
        manager = SandboxKernelManager(kernel_name="python3")
        assert not manager.ready.done()
        await manager.start_kernel()
        assert manager.ready.done() and manager.ready.exception() is None
        assert await manager.is_alive()
        first = manager.ready
        await manager.shutdown_kernel(now=True)
        assert manager.ready is not first and manager.ready.done()
        assert not await manager.is_alive()

    asyncio.run(start_and_end())
    assert 0.01 not in pauses


def test_a_kernel_that_does_not_start_says_so_to_all_who_wait_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(self: SandboxProvisioner, cmd: list[str], **kwargs: Any) -> Any:
        raise RuntimeError("no room")

    monkeypatch.setattr(SandboxProvisioner, "launch_kernel", refuse)

    async def start() -> None:
        manager = SandboxKernelManager(kernel_name="python3")
        with pytest.raises(RuntimeError, match="no room"):
            await manager.start_kernel()
        assert str(manager.ready.exception()) == "no room"
        await manager.cleanup_resources()

    asyncio.run(start())
