"""Room for deep evaluation: more frames than Python's own 1,000, and a C stack that holds them.

Ordinary nesting of modules needs several thousand frames; the parser's depth caps bound them. Frames beyond the limit
are a RecursionError, which is reported; frames beyond the C stack would be the end of the process.
"""

from __future__ import annotations

import sys

FRAMES = 20_000
_BYTES_PER_FRAME = 2_000  # several times what calls through C code were measured to need
_USUAL_STACK = 1 << 20


def make_room() -> None:
    """Raises the limits of this process, as far as the system lets it."""
    frames = min(_stack() // _BYTES_PER_FRAME, FRAMES)
    if sys.getrecursionlimit() < frames:
        sys.setrecursionlimit(frames)


def _stack() -> int:
    """The size of the main thread's stack after raising it; Linux lets it grow at run time, others do not."""
    try:
        import resource
    except ImportError:
        return _USUAL_STACK
    wanted = FRAMES * _BYTES_PER_FRAME
    soft, hard = resource.getrlimit(resource.RLIMIT_STACK)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return wanted
    if sys.platform != "linux" or (hard != resource.RLIM_INFINITY and hard < wanted):
        return soft
    try:
        resource.setrlimit(resource.RLIMIT_STACK, (wanted, hard))
    except (OSError, ValueError):
        return soft
    return wanted
