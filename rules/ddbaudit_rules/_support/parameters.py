"""Whether a parameter tells the name of a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.value import Unknown
from ddbaudit.model.attached import unseen
from ddbaudit.model.estate import Estate
from ddbaudit.model.parameters import Parameter
from ddbaudit.model.reading import first_unknown
from ddbaudit.model.table import Table


@dataclass(frozen=True, slots=True)
class Told:
    """`at` is the parameter of the wanted name, where there is one."""

    verdict: Verdict
    at: Parameter | None = None
    because: Unknown | None = None


def told(table: Table, parameters: Iterable[Parameter], name: str | None, estate: Estate) -> Told:
    """Whether one of the parameters (of that name, if one is given) has the table's name as its value."""
    verdict, because = Verdict.FAIL, None
    for parameter in parameters:
        named = parameter.has_name(name) if name is not None else Verdict.PASS
        if named is Verdict.FAIL:
            continue
        value = parameter.names_table(table, estate)
        why = first_unknown(parameter.value.unknown, table.name.unknown, parameter.instance.expansion)
        if name is not None and named is Verdict.PASS:
            return Told(value, parameter, why)
        verdict |= named & value
        if named & value is Verdict.UNKNOWN:
            because = first_unknown(because, parameter.name.unknown, why)
    if verdict is Verdict.FAIL and unseen(estate) is not None:
        return Told(Verdict.UNKNOWN, None, unseen(estate))
    return Told(verdict, None, because)
