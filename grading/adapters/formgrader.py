"""nbgrader's server, formgrader: what its request handlers do has no settings and is replaced in them. Importing it takes long."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from nbgrader.server_extensions.formgrader.handlers import BaseHandler as BaseHandler
from nbgrader.server_extensions.formgrader.handlers import FormgraderHandler as FormgraderHandler
from nbgrader.server_extensions.formgrader.handlers import SubmissionFilesHandler
from nbgrader.server_extensions.formgrader.handlers import web as web

from grading.adapters.names import Kind, Name, coroutine, function

_HANDLERS = "nbgrader.server_extensions.formgrader.handlers"
NAMES = (
    Name(f"{_HANDLERS}:BaseHandler.exporter", Kind.PROPERTY, "pages of submissions with the current settings"),
    Name(f"{_HANDLERS}:BaseHandler.content_security_policy", Kind.PROPERTY, "what a page may do"),
    Name(f"{_HANDLERS}:SubmissionFilesHandler", Kind.CLASS, "what is served of a submission's files"),
    Name(
        f"{_HANDLERS}:SubmissionFilesHandler.content_security_policy", Kind.PROPERTY, "files without rights of a page"
    ),
    function(f"{_HANDLERS}:SubmissionFilesHandler.set_extra_headers", "path", "files that are saved and not shown"),
    coroutine(f"{_HANDLERS}:FormgraderHandler.prepare", "", "refusing a course that a link has chosen"),
    function(f"{_HANDLERS}:FormgraderHandler.check_referer", "", "seeing where a request comes from"),
    Name(f"{_HANDLERS}:web", Kind.MODULE, "refusing a request"),
)


def content_security_policy(handler: BaseHandler) -> str:
    """Return what the server lets its own pages do."""
    return str(BaseHandler.content_security_policy.fget(handler))


async def prepare(handler: FormgraderHandler) -> None:
    """Do what the server does before it handles a request."""
    await super(FormgraderHandler, handler).prepare()


def replace(
    exporter: Callable[[BaseHandler], Any],
    policy_of_files: Callable[[BaseHandler], str],
    headers_of_files: Callable[[BaseHandler, str], None],
    before_opening: Callable[[FormgraderHandler], Awaitable[None]],
) -> None:
    """Put functions of ours into the handlers of this process.

    exporter: returns what makes pages of submissions. policy_of_files, headers_of_files: for what is served from a submission's
    folder. before_opening: may refuse to open formgrader.
    """
    BaseHandler.exporter = property(exporter)
    SubmissionFilesHandler.content_security_policy = property(policy_of_files)
    SubmissionFilesHandler.set_extra_headers = headers_of_files
    FormgraderHandler.prepare = before_opening
