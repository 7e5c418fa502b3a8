"""The order in which locals are evaluated, however long their chain is, and the cycles among them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ddbaudit.frontends.hcl.scope import EvalError
from ddbaudit.frontends.hcl.source import LocalDecl


def in_order(
    name: str,
    done: Callable[[str], bool],
    needs: Callable[[str], Sequence[str]],
    make: Callable[[str], object],
    refuse: Callable[[str], object],
) -> None:
    """Calls `make` for `name` and all that it needs and that is not done, deepest first, without recursion; `refuse`
    for one that needs itself. `needs` gives what is not done yet."""
    pending = [name]
    visiting: set[str] = set()
    while pending:
        here = pending[-1]
        if done(here):
            pending.pop()
            continue
        unmet = needs(here)
        inner = [n for n in unmet if n not in visiting]
        visiting.add(here)
        if inner:
            pending.extend(inner)
            continue
        pending.pop()
        # What was visited and is not done yet waits for this one.
        (refuse if unmet else make)(here)


def cycle_through(
    name: str, needs: Callable[[str], Sequence[str]], declared: Mapping[str, LocalDecl], prefix: str
) -> EvalError:
    """The error for a local that needs itself: the shortest way back to it, from the declaration that comes first."""
    before: dict[str, str] = {}
    reached = [name]
    for here in reached:
        for inner in needs(here):
            if inner not in before:
                before[inner] = here
                reached.append(inner)
    chain = [before[name]]
    while chain[-1] != name:
        chain.append(before[chain[-1]])
    chain.reverse()
    first = min(range(len(chain)), key=lambda i: declared[chain[i]].span.start)
    names = [*chain[first:], *chain[: first + 1]]
    text = " → ".join(prefix + n for n in names)
    return EvalError(f"cycle: {text}", declared[names[0]].span, help="break the cycle", cycle=True)
