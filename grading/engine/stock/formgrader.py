"""What nbgrader has no settings for in formgrader's server, done by `nbgrader_config.py`, which formgrader reads there.

- The settings of a course that is opened from JupyterLab's menu do not reach the pages of submissions, which would not be
  cleaned. Here they do.
- A file below a course's folder is served as a page of formgrader. Here the browser saves it, and shows it, if at all,
  without scripts, forms and the rights of the server's pages.
- `/formgrader?path=FOLDER` runs the settings in any folder. Here only JupyterLab's menu or a person can give one, no link.
"""

from __future__ import annotations

import copy
from typing import Any

from nbconvert.exporters import HTMLExporter

from grading.adapters import formgrader
from grading.adapters.formgrader import BaseHandler, FormgraderHandler, web


def confine_submissions() -> None:
    """Let nothing of a submission run in formgrader, in this process; again and again does no harm."""
    formgrader.replace(_exporter, _sandboxed, _saved, _from_here)


def _exporter(handler: BaseHandler) -> Any:
    """Return what makes pages of submissions with the current settings; nbgrader keeps those of the server's start."""
    config = handler.settings["nbgrader_formgrader"].config
    made_for, exporter = handler.settings.get("mlp_course_exporter", (None, None))
    if made_for != config:
        exporter = HTMLExporter(config=config)  # type: ignore[no-untyped-call]  # nbconvert has no annotation here
        handler.settings["mlp_course_exporter"] = (copy.deepcopy(config), exporter)
    return exporter


def _sandboxed(handler: BaseHandler) -> str:
    return f"{formgrader.content_security_policy(handler)}; sandbox"


def _saved(handler: BaseHandler, path: str) -> None:
    handler.set_header("Content-Disposition", "attachment")


async def _from_here(handler: FormgraderHandler) -> None:
    """Refuse a folder that neither a page of this server names nor a person types.

    Links of submissions tell no referrer, and what a page in a sandbox opens counts as coming from elsewhere.
    """
    await formgrader.prepare(handler)
    site = handler.request.headers.get("Sec-Fetch-Site", "same-origin")
    named_here = site == "same-origin" and handler.check_referer()
    if handler.get_argument("path", "") and site != "none" and not named_here:
        raise web.HTTPError(403, "a link may not choose the course; open it with JupyterLab's menu")
