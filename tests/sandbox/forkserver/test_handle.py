"""What a provisioner does with a kernel of the fork server."""

import signal
import socket
import subprocess

from grading.sandbox.forkserver.handle import ForkedKernel


def test_a_kernel_of_whose_end_there_is_no_news_yet_may_be_sent_signals() -> None:
    ours, parents = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, parents, subprocess.Popen(["sleep", "1000"]) as process:
        kernel = ForkedKernel(process.pid, ours)
        process.kill()
        process.wait()
        assert kernel.poll() is None
        kernel.send_signal(signal.SIGINT)
        kernel.kill()
        parents.send(b'{"ended": -9, "reason": ""}')
        assert kernel.wait(10) == -signal.SIGKILL
