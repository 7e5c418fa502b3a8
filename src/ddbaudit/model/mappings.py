"""Event source mappings: functions that Lambda calls with what a stream of a table holds.

Source: https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html, and the schema of hashicorp/aws
5.100.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.instance import ResourceInstance
from ddbaudit.ir.types import STRING
from ddbaudit.ir.value import Symbol
from ddbaudit.model.attached import of_type
from ddbaudit.model.attr import Attr
from ddbaudit.model.estate import Estate
from ddbaudit.model.globs import Wild, literal, match
from ddbaudit.model.keys import nested_attr
from ddbaudit.model.reading import absent, nested, text_attr, unknown_attr
from ddbaudit.model.subjects import judged

MAPPING = "aws_lambda_event_source_mapping"
_TABLE_TYPES = ("aws_dynamodb_table.", "aws_dynamodb_table_replica.")
_OF_AWS = re.compile(r"(?:^|\.)aws_\w+\.")
_STREAM = (Wild.ANY, *":dynamodb:", Wild.ANY, *":table/", Wild.ANY, *"/stream/", Wild.ANY)


@dataclass(frozen=True, slots=True)
class StreamMapping:
    """An aws_lambda_event_source_mapping. `destination` is the ARN that failed batches are reported to; Absent at the
    header of the block that lacks it. `position` is where it starts to read: every mapping of a stream needs one, and
    one of a queue may not have any. Source:
    https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html ."""

    instance: ResourceInstance
    source: Attr
    function: Attr
    destination: Attr
    position: Attr

    @property
    def address(self) -> str:
        return self.instance.address

    @property
    def of_table(self) -> Verdict:
        """Whether its source is the stream of a DynamoDB table."""
        if not self.source.is_set:
            return Verdict.FAIL
        first = self.source.parts[0] if self.source.parts else None
        found = _is_stream(first) if isinstance(first, Symbol) else match(_STREAM, literal(self.source.parts))
        return Verdict.FAIL if found is Verdict.UNKNOWN and not self.position.is_set else found


def _is_stream(symbol: Symbol) -> Verdict:
    """The stream_arn of a table is one; the arn of whatever resource of AWS is not."""
    if any(type_ in symbol.address for type_ in _TABLE_TYPES):
        return Verdict.PASS if symbol.attribute == "stream_arn" else Verdict.FAIL
    return Verdict.FAIL if symbol.attribute == "arn" and _OF_AWS.search(symbol.address) else Verdict.UNKNOWN


def mappings_of(estate: Estate) -> tuple[StreamMapping, ...]:
    return tuple(
        StreamMapping(
            i,
            text_attr(i.body, "event_source_arn"),
            text_attr(i.body, "function_name"),
            _destination(i),
            text_attr(i.body, "starting_position"),
        )
        for i in of_type(estate, MAPPING)
    )


judged(StreamMapping, "event source mapping", lambda e: e.once(mappings_of))


def _destination(instance: ResourceInstance) -> Attr:
    found = nested(instance.body, "destination_config")
    if found.items:
        return nested_attr(found.items[0], "on_failure", "destination_arn")
    if found.unknown is not None:
        return unknown_attr(found.unknown, found.place(instance.body.header), STRING)
    return absent(instance.body.header)
