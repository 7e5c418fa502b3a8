"""The text of a file of criteria to `Criteria`: strict, every mistake a UsageError with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from ddbaudit.criteria.shape import Criteria, Criterion, HandProof, PlanProof, Proof, RuleProof
from ddbaudit.foundation.strict_yaml import Yaml, read_yaml, refuse
from ddbaudit.foundation.text import safe_text
from ddbaudit.foundation.yaml_fields import fields, flag, required, strings, text

FORMAT: Final = 1
FILE_FIELDS: Final = ("format", "document", "packs", "environments", "criteria")
CRITERION_FIELDS: Final = ("id", "says", "place", "proof")
PROOF_FIELDS: Final = ("rules", "at_least", "on", "environments", "plan", "by_hand")
_KINDS: Final = ("rules", "plan", "by_hand")
_ID: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def read_criteria(content: str, path: str, name: str) -> Criteria:
    """The criteria of a YAML text; `path` is where it stands, for messages."""
    root = read_yaml(content, path)
    found = fields(root, FILE_FIELDS, "a file of criteria")
    format = required(found, "format", "a file of criteria", root)
    if format.data != FORMAT or isinstance(format.data, bool):
        refuse(format.span, f"this ddbaudit reads criteria of format {FORMAT}")
    environments = strings(found.get("environments"), "environments")
    listed = required(found, "criteria", "a file of criteria", root)
    if not isinstance(listed.data, tuple) or not listed.data:
        refuse(listed.span, '"criteria" is a list of criteria, at least one')
    criteria: dict[str, Criterion] = {}
    for node in listed.data:
        criterion = _criterion(node, environments)
        if criterion.id in criteria:
            refuse(node.span, f'there is a criterion "{criterion.id}" already')
        criteria[criterion.id] = criterion
    document = text(required(found, "document", "a file of criteria", root), "document")
    return Criteria(name, document, strings(found.get("packs"), "packs"), environments, tuple(criteria.values()))


def _criterion(node: Yaml, environments: tuple[str, ...]) -> Criterion:
    found = fields(node, CRITERION_FIELDS, "a criterion")
    id = required(found, "id", "a criterion", node)
    if not isinstance(id.data, str) or not _ID.fullmatch(id.data):
        refuse(id.span, 'an id is lower-case words joined by "-"')
    says, place = (text(required(found, name, "a criterion", node), name) for name in ("says", "place"))
    listed = required(found, "proof", "a criterion", node)
    nodes = listed.data if isinstance(listed.data, tuple) else (listed,)
    proofs = tuple(proof for inner in nodes for proof in _proofs(inner, environments))
    if not proofs:
        refuse(listed.span, '"proof" lists no proof')
    return Criterion(id.data, says, place, proofs)


def _proofs(node: Yaml, environments: tuple[str, ...]) -> Iterator[Proof]:
    found = fields(node, PROOF_FIELDS, "a proof")
    kinds = [kind for kind in _KINDS if kind in found]
    if len(kinds) != 1:
        refuse(node.span, f"a proof has one of the fields {', '.join(_KINDS)}")
    where = strings(found.get("environments"), "environments")
    for name in where:
        if environments and name not in environments:
            refuse(found["environments"].span, f'"{safe_text(name)}" is none of the environments of the document')
    if kinds[0] == "by_hand":
        _only(found, ("by_hand",))
        yield HandProof(text(found["by_hand"], "by_hand"))
    elif kinds[0] == "plan":
        _only(found, ("plan", "environments"))
        if not flag(found["plan"], "plan"):
            refuse(found["plan"].span, '"plan" is true, or it is left out')
        yield PlanProof(where)
    else:
        rules = strings(found["rules"], "rules", single=True)
        if not rules:
            refuse(found["rules"].span, '"rules" names no rule')
        on = strings(found.get("on"), "on", single=True)
        for rule in rules:
            yield RuleProof(rule, _number(found.get("at_least")), on, where, found["rules"].span)


def _only(found: Mapping[str, Yaml], allowed: tuple[str, ...]) -> None:
    for name, node in found.items():
        if name not in allowed:
            refuse(node.span, f'"{name}" does not go with "{allowed[0]}"')


def _number(node: Yaml | None) -> int:
    if node is None:
        return 1
    if not isinstance(node.data, int) or isinstance(node.data, bool) or node.data < 1:
        refuse(node.span, '"at_least" is a number from 1 on')
    return node.data
