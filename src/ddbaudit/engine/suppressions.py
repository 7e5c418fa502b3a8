"""Which findings are suppressed by comments in the source, and what is wrong with these comments.

A comment covers a finding of a rule that it names when the finding's place, or a module call that leads to it, begins
in what the comment is about. It may cover an UNKNOWN, which is counted apart; the crash of a rule is never covered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ddbaudit.engine.ignores import Demands, Ignore, read_comment
from ddbaudit.engine.judge import ActiveRule, RawFinding
from ddbaudit.engine.registry import Registry
from ddbaudit.foundation.diagnostic import Diagnostic, Level
from ddbaudit.foundation.text import join_names
from ddbaudit.ir.comment import Comment
from ddbaudit.sdk.report import Suppression


@dataclass(slots=True)
class _Use:
    """What a comment did for one of its rules: whether the rule ran where the comment holds, whether it hid anything,
    whether it would have, had it not expired or been forbidden."""

    ran: bool = False
    hid: bool = False
    expired: bool = False
    forbidden: bool = False


_Key = tuple[str, int, str]


def _key(comment: Comment) -> _Key:
    """The same for one comment that several plans of a directory have brought along."""
    return (comment.span.path, comment.span.start, comment.text)


class Suppressions:
    """The comments of a run and what became of each; `today` decides what has expired."""

    def __init__(self, registry: Registry, today: date, demands: Demands) -> None:
        self._registry = registry
        self._today = today
        self._demands = demands
        self._read: dict[_Key, tuple[Comment, Ignore | Diagnostic | None]] = {}
        self._uses: dict[tuple[_Key, str], _Use] = {}

    def apply(
        self, comments: Sequence[Comment], environment: str, rules: Sequence[ActiveRule], found: Iterable[RawFinding]
    ) -> list[RawFinding]:
        """The findings of one root module, those that a comment covers with the suppression."""
        ignores = [ignore for comment in comments if isinstance(ignore := self._known(comment), Ignore)]
        ignores = [ignore for ignore in ignores if ignore.holds_in(environment)]
        running = {active.rule.meta.id: active for active in rules}
        for ignore in ignores:
            for id in ignore.rules:
                self._use(ignore, id).ran |= id in running
        return [self._suppressed(raw, ignores, running[raw.rule.meta.id]) for raw in found]

    def _known(self, comment: Comment) -> Ignore | Diagnostic | None:
        key = _key(comment)
        if key not in self._read:
            self._read[key] = comment, read_comment(comment, self._registry, self._demands)
        first, read = self._read[key]
        if comment is first or not isinstance(read, Ignore):
            return read
        return replace(read, comment=comment)

    def _use(self, ignore: Ignore, id: str) -> _Use:
        return self._uses.setdefault((_key(ignore.comment), id), _Use())

    def _suppressed(self, raw: RawFinding, ignores: Sequence[Ignore], active: ActiveRule) -> RawFinding:
        id = raw.rule.meta.id
        places = (raw.problem.primary, *raw.callers)
        for ignore in ignores:
            if id not in ignore.rules or not any(ignore.comment.is_about(place) for place in places):
                continue
            use = self._use(ignore, id)
            if not active.suppressible:
                use.forbidden = True
            elif ignore.has_expired(self._today):
                use.expired = True
            else:
                use.hid = True
                until = ignore.until.isoformat() if ignore.until is not None else None
                return replace(raw, suppressed=Suppression("comment", ignore.reason, until, ignore.comment.span))
        return raw

    def diagnostics(self) -> Iterator[Diagnostic]:
        """What is wrong with the comments: not understood, expired, forbidden (errors), unused (warnings)."""
        for comment, read in self._read.values():
            if isinstance(read, Diagnostic):
                yield read
            elif read is not None:
                yield from self._of(comment, read)

    def _of(self, comment: Comment, ignore: Ignore) -> Iterator[Diagnostic]:
        uses = {id: self._use(ignore, id) for id in ignore.rules}
        forbidden = [id for id, use in uses.items() if use.forbidden]
        expired = [id for id, use in uses.items() if use.expired and not use.forbidden]
        if forbidden:
            detail = f"the pack does not allow {join_names(forbidden)} to be suppressed"
            help = "mend what is found, or change the pack"
            yield Diagnostic("SUP003", Level.ERROR, "Suppression not allowed", detail, comment.span, help=help)
        if expired:
            detail = f"the suppression of {join_names(expired)} ended on {ignore.until}"
            help = "mend what is found, or decide anew until when it may stay"
            yield Diagnostic("SUP002", Level.ERROR, "Expired suppression", detail, comment.span, help=help)
        idle = [id for id, use in uses.items() if use.ran and not (use.hid or use.expired or use.forbidden)]
        if idle:
            yield _unused(comment, ignore, idle)


def _unused(comment: Comment, ignore: Ignore, idle: Sequence[str]) -> Diagnostic:
    where = f" in {join_names(ignore.environments)}" if ignore.environments else ""
    if comment.covers.start == comment.covers.end:
        detail = f"nothing follows directly that {join_names(idle)} could be suppressed in"
        help = "put it on the line, or directly above the argument, block or module call that the finding is in"
    else:
        detail = f"{join_names(idle)} {'finds' if len(idle) == 1 else 'find'} nothing there{where}"
        help = "remove it" if len(idle) == len(ignore.rules) else f"remove {join_names(idle)} from it"
    return Diagnostic("SUP004", Level.WARNING, "Unused suppression", detail, comment.span, help=help)
