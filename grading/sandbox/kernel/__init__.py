"""The kernel's own application: how it starts, publishes what cells show, and tells of its end."""
