"""Where nothing has a name: which line of an answer to look at, found by trying single edits of it. An edit is never told."""
