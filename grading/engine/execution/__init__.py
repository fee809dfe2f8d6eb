"""From a clean notebook to the executed one: a kernel in the sandbox, its messages, its time, and the judge outside of it."""
