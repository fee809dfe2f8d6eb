"""What an answer printed in the call that a verdict shows, as much of it as helps; a verdict shows the first lines and folds the rest."""

from __future__ import annotations

_MOST_LINES = 20
_MOST_CHARACTERS = 1200
_LONGEST_LINE = 200
# What is kept of a call's prints ends here: how much more there was is not known.
_KEPT = 2000


def excerpt(printed: str) -> tuple[str, ...]:
    """Return the first lines of what was printed, and how many more there are, as in "… and 20 lines more"; none if it is blank."""
    lines = printed.rstrip().split("\n") if printed.strip() else []
    shown, room = [], _MOST_CHARACTERS
    for line in lines[:_MOST_LINES]:
        most = min(room, _LONGEST_LINE)
        shown.append(line if len(line) <= most else f"{line[:most]}…")
        room -= min(len(line), most)
        if room <= 0:
            break
    left = len(lines) - len(shown)
    if len(printed) >= _KEPT:
        shown.append("… and more")
    elif left:
        shown.append(f"… and {left} {'line' if left == 1 else 'lines'} more")
    return tuple(shown)
