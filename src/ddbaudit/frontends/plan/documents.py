"""Which policy documents of a plan are subjects of their own: those that no policy is made of.

Where a policy's text is known, the statements of its documents are found in it. Where it is not, the references of the
configuration tell, as far as they go: a document that reaches a policy through a local is then judged on its own too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ddbaudit.frontends.plan.references import References, without_keys
from ddbaudit.ir.plan import Change, Plan
from ddbaudit.ir.value import Absent, Known, Unknown, Value
from ddbaudit.model.documents import DOCUMENT
from ddbaudit.model.policies import is_policy_holder

_MOST_TEXT = 1 << 20
_TEXTS = frozenset({"policy", "assume_role_policy", "inline_policy", "json"})
_OVERRIDES = ("override_policy_documents", "override_json", "source_json")


def loose_documents(plan: Plan, references: References | None) -> list[Change]:
    """The policy documents that no policy and no other document is made of, in the plan's order.

    A document that was read before planning and also waits to be read again counts as the latter.
    """
    documents: dict[str, Change] = {}
    for change in (*plan.data, *plan.changes):
        if change.mode == "data" and change.type == DOCUMENT and change.remains:
            documents[change.address] = change
    if not documents:
        return []
    holders = [c for c in plan.changes if c.mode == "managed" and c.remains and is_policy_holder(c.type)]
    referred = _used_by_reference(holders, list(documents.values()), references)
    texts = [set(found) for holder in holders if (found := list(_texts(holder.after)))]
    known = {address: frozenset(_texts(change.after)) for address, change in documents.items()}
    return [
        change
        for address, change in documents.items()
        if without_keys(change.declaration) not in referred and not _is_within(address, known, texts)
    ]


def _used_by_reference(
    holders: Sequence[Change], documents: Sequence[Change], references: References | None
) -> set[str]:
    """The documents, by declaration, that a policy refers to, or another document that keeps a statement of theirs."""
    if references is None:
        return set()
    used = {found for holder in holders for found in references.direct(without_keys(holder.declaration))}
    by_declaration: dict[str, list[Change]] = {}
    for document in documents:
        by_declaration.setdefault(without_keys(document.declaration), []).append(document)
    for merging in by_declaration:
        sources = [name for name in references.direct(merging) if name in by_declaration and name != merging]
        for source in sources:
            others = [c for name in (merging, *sources) if name != source for c in by_declaration[name]]
            if all(_keeps(source_change, others) for source_change in by_declaration[source]):
                used.add(source)
    return used


def _keeps(source: Change, others: Sequence[Change]) -> bool:
    """Whether a statement of a document certainly stays when it is merged with others: one without a Sid does, one
    whose Sid no other statement has too. What is given as text may have any."""
    own = list(_sids(source))
    if "" in own:
        return True
    taken = {sid for other in others for sid in _sids(other)}
    overriding = any(not _is_unset(other, name) for other in others for name in _OVERRIDES)
    return not overriding and None not in taken and any(sid is not None and sid not in taken for sid in own)


def _sids(document: Change) -> Iterator[str | None]:
    """The Sids of a document's own statements; None for one that is not known."""
    statements = _members(document.after).get("statement", Absent())
    if isinstance(statements, Unknown):
        yield None
    for statement in statements.items if isinstance(statements, Known) else ():
        sid = _members(statement).get("sid", Absent())
        if isinstance(sid, Known) and isinstance(sid.data, str):
            yield sid.data
        else:
            yield "" if isinstance(sid, Absent) else None


def _is_unset(document: Change, name: str) -> bool:
    value = _members(document.after).get(name, Absent())
    return isinstance(value, Absent) or (isinstance(value, Known) and not value.data)


def _members(value: Value) -> Mapping[str, Value]:
    return value.mapping if isinstance(value, Known) and isinstance(value.data, dict) else {}


def _is_within(address: str, known: dict[str, frozenset[str]], texts: Sequence[set[str]]) -> bool:
    """Whether all statements of a document are those of one policy, or of a larger document."""
    own = known[address]
    if not own:
        return False
    return any(own <= found for found in texts) or any(own < other for other in known.values())


def _texts(value: Value) -> Iterator[str]:
    """The statements of all known policy texts among the attributes of a resource, in one spelling."""
    for name, found in _members(value).items():
        if name in _TEXTS:
            yield from _statements(found)


def _statements(value: Value) -> Iterator[str]:
    if not isinstance(value, Known):
        return
    if isinstance(value.data, tuple):
        for item in value.data:
            yield from _texts(item)
    if not isinstance(value.data, str) or len(value.data) > _MOST_TEXT:
        return
    try:
        document = json.loads(value.data)
    except (ValueError, RecursionError):
        return
    statements = document.get("Statement") if isinstance(document, dict) else None
    for statement in statements if isinstance(statements, list) else [statements]:
        if isinstance(statement, dict):
            yield json.dumps(_spelled(statement), sort_keys=True)


def _spelled(value: Any) -> Any:
    """Lists sorted and single elements in lists: IAM takes either for the same."""
    if isinstance(value, dict):
        return {key: _spelled(inner) for key, inner in value.items() if inner not in ("", [], None)}
    if isinstance(value, list):
        return sorted((_spelled(inner) for inner in value), key=str)
    return [value]
