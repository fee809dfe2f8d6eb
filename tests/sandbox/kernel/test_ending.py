"""A kernel knows who asked it to end and what is left running in it, and it still ends by itself for whoever only waits."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient

from grading.sandbox.forkserver.provisioner import SandboxKernelManager
from grading.sandbox.kernel.ending import ASKED, BESIDE, EARLIER, HERE, RUNNING, WITHIN, Ending


def cell(ending: Ending, *actions: Callable[[], object]) -> dict[str, Any]:
    """Let the actions happen in a cell; return what is told with the reply to it."""
    ending.begin()
    for action in actions:
        action()
    return ending.end()


def in_a_thread(action: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=action)
    thread.start()
    return thread


def test_a_cell_that_asks_is_told_from_what_it_started_and_from_what_was_there_before() -> None:
    assert cell(Ending())[ASKED] == ""
    here = Ending()
    assert cell(here, here.asked)[ASKED] == HERE
    beside = Ending()
    assert cell(beside, lambda: in_a_thread(beside.asked).join())[ASKED] == BESIDE
    earlier, wanted = Ending(), threading.Event()
    threads: list[threading.Thread] = []
    assert cell(earlier, lambda: threads.append(in_a_thread(lambda: (wanted.wait(), earlier.asked()))))[ASKED] == ""
    assert cell(earlier, wanted.set, lambda: threads[0].join())[ASKED] == EARLIER


def test_between_two_cells_nobody_asks_but_what_an_earlier_one_has_left() -> None:
    ending = Ending()
    cell(ending)
    assert ending.asked() is False
    assert cell(ending)[ASKED] == EARLIER


def test_the_first_who_asks_counts_and_is_asked_to_wait_for_the_reply() -> None:
    ending = Ending()
    ending.begin()
    assert ending.asked() is True
    in_a_thread(ending.asked).join()
    assert ending.end()[ASKED] == HERE


def test_the_functions_of_the_notebook_that_asked_are_named() -> None:
    ending = Ending()
    names: dict[str, Any] = {"__name__": "__main__", "ask": ending.asked}
    exec("def inner():\n    ask()\ndef outer():\n    inner()", names)
    assert cell(ending, names["outer"])[WITHIN][:2] == ["inner", "outer"]


def test_a_loop_that_was_stopped_ends_the_kernel() -> None:
    async def stops() -> object:
        ending = Ending()
        ending.begin()
        asyncio.get_running_loop().stop()
        return ending.end()[ASKED]

    loop = asyncio.new_event_loop()
    task = loop.create_task(stops())
    loop.run_forever()
    loop.close()
    assert task.result() == BESIDE


def test_what_may_act_when_no_cell_does_is_counted() -> None:
    async def counted() -> list[bool]:
        ending, loop = Ending(), asyncio.get_running_loop()

        def runs() -> bool:
            return bool(cell(ending)[RUNNING])

        found = [runs()]
        call = loop.call_later(1000, print)
        found.append(runs())
        call.cancel()
        found.append(runs())
        signal.setitimer(signal.ITIMER_REAL, 1000)
        found.append(runs())
        signal.setitimer(signal.ITIMER_REAL, 0)
        task = loop.create_task(asyncio.sleep(1000))  # nobody waits for it: it only has to be there
        found.append(runs())
        task.cancel()
        return found

    assert asyncio.run(counted()) == [False, True, False, True, True]


@pytest.mark.parametrize("source", ["quit()", "get_ipython().kernel.do_shutdown(False)"])
def test_a_kernel_that_is_asked_to_end_replies_and_ends_by_itself(source: str) -> None:
    async def ended() -> str:
        manager = SandboxKernelManager(kernel_name="python3")
        await manager.start_kernel()
        client = BlockingKernelClient(**manager.get_connection_info(session=True))
        client.start_channels(stdin=False, hb=False)
        try:
            client.wait_for_ready(timeout=60)
            status = client.execute(source, reply=True, timeout=60)["content"]["status"]
            provisioner = manager.provisioner
            assert provisioner is not None
            await asyncio.wait_for(provisioner.wait(), 60)
        finally:
            client.stop_channels()
            await manager.shutdown_kernel(now=True)
        return str(status)

    assert asyncio.run(ended()) == "ok"
