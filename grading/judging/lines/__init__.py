"""Where nothing has a name: which line of an answer to look at, found by trying single edits of it. An edit is never told."""

from grading.judging.lines.verdict_line import is_nameless, with_line

__all__ = ["is_nameless", "with_line"]
