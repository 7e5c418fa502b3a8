"""The environments of a run."""

from __future__ import annotations

from ddbaudit.sdk.rule import RuleContext
from ddbaudit_rules._support.table_names import UNNAMED


def environments_of(context: RuleContext) -> tuple[str, ...]:
    """The names of the environments of all roots, that of the one judged first; none where nothing gives it one."""
    if context.environment == UNNAMED:
        return ()
    names = (context.environment, *(estate.environment for estate in context.estates))
    return tuple(name for name in dict.fromkeys(names) if name != UNNAMED)
