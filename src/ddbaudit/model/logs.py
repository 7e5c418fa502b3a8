"""CloudWatch log groups and how long they keep what is written to them.

Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudwatch_log_group (0 and no
`retention_in_days` mean for ever; a group of the class DELIVERY always keeps for two days).
"""

from __future__ import annotations

from dataclasses import dataclass

from ddbaudit.foundation.source import Span
from ddbaudit.ir.instance import ResourceInstance
from ddbaudit.model.attached import named_by, of_type
from ddbaudit.model.attr import Attr
from ddbaudit.model.estate import Estate
from ddbaudit.model.reading import attr, text_attr
from ddbaudit.model.subjects import judged

LOG_GROUP = "aws_cloudwatch_log_group"


@dataclass(frozen=True, slots=True)
class LogGroup:
    """An aws_cloudwatch_log_group; `retention` in days."""

    instance: ResourceInstance
    name: Attr
    retention: Attr
    log_class: Attr

    @property
    def address(self) -> str:
        return self.instance.address

    @property
    def header(self) -> Span:
        return self.instance.body.header

    @property
    def label(self) -> str:
        name = self.name.public
        return f'log group "{name}"' if name is not None else f"log group {self.address}"


def log_groups_of(estate: Estate) -> tuple[LogGroup, ...]:
    return tuple(
        LogGroup(
            i,
            named_by(i, "name", "name_prefix"),
            attr(i.body, "retention_in_days"),
            text_attr(i.body, "log_group_class"),
        )
        for i in of_type(estate, LOG_GROUP)
    )


judged(LogGroup, "log group", lambda e: e.once(log_groups_of))
