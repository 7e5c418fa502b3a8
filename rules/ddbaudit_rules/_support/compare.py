"""Attributes compared with three answers."""

from __future__ import annotations

import re
from typing import Final

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.value import Hole, Unknown
from ddbaudit.model.attr import Attr
from ddbaudit.model.globs import Atom, Atoms, Gap, literal, same

_REFERENCE: Final = re.compile(r"(var|local)\.[\w-]+")


def equal(one: Attr, two: Attr) -> Verdict:
    """Whether two attributes hold the same string. What is not set equals nothing; unknown parts may hold anything,
    but the same unknown part is the same text."""
    if not one.is_set or not two.is_set:
        return Verdict.FAIL
    if one.text is not None and two.text is not None:
        return Verdict.PASS if one.text == two.text else Verdict.FAIL
    if may_be_unset(one) or may_be_unset(two):
        return same(literal(one.parts), literal(two.parts))
    return same(*_unlike(_atoms(one), _atoms(two)))


def may_be_unset(attr: Attr) -> bool:
    """Whether an attribute may turn out null or empty: it is not known, and no part of it is known either."""
    return attr.is_unknown and all(isinstance(part, Hole) for part in attr.parts)


def reason(*attrs: Attr) -> Unknown | None:
    """Why the first unknown one of them is unknown."""
    return next((attr.unknown for attr in attrs if attr.unknown is not None), None)


def _atoms(attr: Attr) -> Atoms:
    atoms: list[Atom] = []
    for part in attr.parts:
        variable = _variable(part.value) if isinstance(part, Hole) else None
        atoms.extend((Gap(("variable", variable)),) if variable is not None else literal((part,)))
    return tuple(atoms)


def _variable(value: Unknown) -> object | None:
    """The variable without a value that this is, when nothing but names lead to it: wherever it stands, it is the same
    text."""
    if value.cause.kind != "no-value" or value.origin is None:
        return None
    *steps, last = value.origin.chain()
    plain = all(s.span is not None and len(s.parents) == 1 and _REFERENCE.fullmatch(s.span.text) for s in steps)
    return last.span if plain and steps and last.span == value.cause.span else None


def _unlike(one: Atoms, two: Atoms) -> tuple[Atoms, Atoms]:
    """Both without what they begin and end with alike: they are equal if and only if the rest is."""
    shorter = min(len(one), len(two))
    begin = next((at for at in range(shorter) if one[at] != two[at]), shorter)
    one, two = one[begin:], two[begin:]
    shorter = min(len(one), len(two))
    end = next((at for at in range(shorter) if one[-1 - at] != two[-1 - at]), shorter)
    return one[: len(one) - end], two[: len(two) - end]
