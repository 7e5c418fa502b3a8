"""SSM parameters, and which of them tells the name of a table.

Source: the schema of hashicorp/aws 5.100. The provider takes `value` for a secret whatever the type of the parameter;
`insecure_value` is shown in plans. A `value_wo` is in no plan and no state.
"""

from __future__ import annotations

from dataclasses import dataclass

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.instance import ResourceInstance
from ddbaudit.ir.types import STRING
from ddbaudit.ir.value import Cause, Unknown
from ddbaudit.model.attached import of_type, refers, same_text
from ddbaudit.model.attr import Attr
from ddbaudit.model.estate import Estate
from ddbaudit.model.join import name_parts
from ddbaudit.model.name_places import with_table_names
from ddbaudit.model.reading import text_attr, unknown_attr
from ddbaudit.model.table import Table

PARAMETER = "aws_ssm_parameter"
_NAMES = frozenset({"name", "id"})


@dataclass(frozen=True, slots=True)
class Parameter:
    """An aws_ssm_parameter."""

    instance: ResourceInstance
    name: Attr
    value: Attr

    @property
    def label(self) -> str:
        name = self.name.public
        return f'parameter "{name}"' if name is not None else f"parameter {self.instance.address}"

    def has_name(self, name: str) -> Verdict:
        return same_text(self.name.parts, (name,))

    def names_table(self, table: Table, estate: Estate) -> Verdict:
        """Whether its value is the table's name."""
        found = with_table_names(self.value.parts, estate)
        verdict = refers(found, name_parts(table), table.address, _NAMES)
        return Verdict.UNKNOWN if verdict is Verdict.PASS and self.instance.expansion is not None else verdict


def parameters_of(estate: Estate) -> tuple[Parameter, ...]:
    return tuple(Parameter(i, text_attr(i.body, "name"), _value(i)) for i in of_type(estate, PARAMETER))


def _value(instance: ResourceInstance) -> Attr:
    value, insecure = text_attr(instance.body, "value"), text_attr(instance.body, "insecure_value")
    write_only = text_attr(instance.body, "value_wo")
    if write_only.is_set and not (value.is_set or insecure.is_set):
        cause = Cause("unsupported", "value_wo is never shown", write_only.span)
        return unknown_attr(Unknown(STRING, cause), write_only.span, STRING)
    return value if value.is_set or not insecure.is_set else insecure
