"""CloudWatch alarms on DynamoDB: which metrics they watch, of which tables, and whether these metrics exist.

Sources: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html (ThrottledRequests has
the dimensions TableName and Operation; ReadThrottleEvents and WriteThrottleEvents have TableName, and for an index also
GlobalSecondaryIndexName), https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html (a
metric is its name, namespace and exactly its dimensions: one that was published with more is another), and the schema
of hashicorp/aws 5.100.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ddbaudit.foundation.source import Span
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.instance import BlockInstance, ResourceInstance
from ddbaudit.ir.value import Absent, Part, Unknown
from ddbaudit.model.attached import Answer, any_answer, of_type, refers, same_text, unseen
from ddbaudit.model.attr import Attr
from ddbaudit.model.estate import Estate
from ddbaudit.model.join import name_parts
from ddbaudit.model.name_places import with_table_names
from ddbaudit.model.reading import attr, first_unknown, members, nested, own_place, text_attr
from ddbaudit.model.subjects import judged
from ddbaudit.model.table import Table

ALARM = "aws_cloudwatch_metric_alarm"
NAMESPACE = "AWS/DynamoDB"
PER_OPERATION = "ThrottledRequests"
TABLE, OPERATION, INDEX = "TableName", "Operation", "GlobalSecondaryIndexName"

_EVENTS = re.compile(r"(Read|Write)\w*ThrottleEvents")
_NAMES = frozenset({"name", "id"})
_QUERY = re.compile(r"\bSELECT\b.*\bThrottle(dRequests|Events)\b", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric that an alarm watches. `dimensions` are the known ones; `unknown` tells why there may be others. `span`
    is the expression of the dimensions, or the header of the block that has none. `certain` is False for one of a
    `dynamic` block whose `for_each` is unknown."""

    namespace: Attr
    name: Attr
    dimensions: Mapping[str, Attr]
    unknown: Unknown | None
    span: Span
    certain: bool = True

    @property
    def of_dynamodb(self) -> Verdict:
        return _is(self.namespace, NAMESPACE)

    @property
    def _counts_throttles(self) -> Verdict:
        """Whether it is a metric that counts throttled requests or events of a table."""
        if self.name.is_unknown:
            return self.of_dynamodb & Verdict.UNKNOWN
        name = self.name.text or ""
        counts = name == PER_OPERATION or _EVENTS.fullmatch(name) is not None
        return self.of_dynamodb & (Verdict.PASS if counts else Verdict.FAIL)

    def has(self, dimension: str) -> Verdict:
        if dimension in self.dimensions:
            return Verdict.PASS
        return Verdict.FAIL if self.unknown is None else Verdict.UNKNOWN

    @property
    def _exists(self) -> Verdict:
        """Whether DynamoDB publishes a metric of that name with these dimensions, as far as throttles go: requests by
        operation, events without. An index is watched by its own events."""
        if self.name.is_unknown:
            return Verdict.UNKNOWN
        per_operation = self.has(OPERATION)
        return per_operation if self.name.text == PER_OPERATION else ~per_operation

    @property
    def counts_table_throttles(self) -> Verdict:
        """Whether it counts what a table itself, and not only an index of it, throttles."""
        return self.has(TABLE) & ~self.has(INDEX) & self._exists & self._counts_throttles

    @property
    def reason(self) -> Unknown | None:
        values = (self.namespace, self.name, *self.dimensions.values())
        return first_unknown(self.unknown, *(value.unknown for value in values))


@dataclass(frozen=True, slots=True)
class Alarm:
    """An aws_cloudwatch_metric_alarm. `queries` are its Metrics Insights queries; `unknown` tells why it may watch more
    metrics than these."""

    instance: ResourceInstance
    name: Attr
    metrics: tuple[Metric, ...]
    queries: tuple[Attr, ...]
    unknown: Unknown | None

    @property
    def address(self) -> str:
        return self.instance.address

    @property
    def label(self) -> str:
        name = self.name.public
        return f'alarm "{name}"' if name is not None else f"alarm {self.address}"


@dataclass(frozen=True, slots=True)
class Watched:
    """What the rule on throttles judges: a table, or an alarm on the throttled requests of whatever table."""

    table: Table | None
    alarm: Alarm | None

    @property
    def instance(self) -> ResourceInstance:
        found = self.table if self.table is not None else self.alarm
        assert found is not None
        return found.instance

    @property
    def address(self) -> str:
        return self.instance.address


def alarms_of(estate: Estate) -> tuple[Alarm, ...]:
    return tuple(_alarm(instance) for instance in of_type(estate, ALARM))


def watched_of(estate: Estate) -> tuple[Watched, ...]:
    """The tables, then the alarms that certainly or perhaps count throttled requests."""
    tables = (Watched(table, None) for table in estate.tables)
    alarms = (Watched(None, alarm) for alarm in estate.once(alarms_of) if requests_of(alarm))
    return (*tables, *alarms)


judged(Watched, "table, or alarm on throttled requests", lambda e: e.once(watched_of))


def requests_of(alarm: Alarm) -> tuple[Metric, ...]:
    """The metrics of an alarm that are certainly ThrottledRequests of DynamoDB."""
    return tuple(m for m in alarm.metrics if m.of_dynamodb is Verdict.PASS and m.name.text == PER_OPERATION)


def _alarm(instance: ResourceInstance) -> Alarm:
    body = instance.body
    metrics: list[Metric] = []
    if text_attr(body, "metric_name").is_set:
        metrics.append(_metric(body, certain=True))
    queries = nested(body, "metric_query")
    unknown, expressions = queries.unknown, []
    for query, certain in queries.all:
        found = nested(query, "metric")
        unknown = first_unknown(unknown, found.unknown)
        metrics.extend(_metric(block, certain=certain and is_there) for block, is_there in found.all)
        expression = text_attr(query, "expression")
        if expression.is_set:
            expressions.append(expression)
    return Alarm(instance, text_attr(body, "alarm_name"), tuple(metrics), tuple(expressions), unknown)


def _metric(block: BlockInstance, *, certain: bool) -> Metric:
    found = attr(block, "dimensions")
    known, unknown = members(found.value)
    dimensions = {
        key: Attr(value, own_place(value, found.span)) for key, value in known.items() if not isinstance(value, Absent)
    }
    return Metric(
        text_attr(block, "namespace"), text_attr(block, "metric_name"), dimensions, unknown, found.span, certain
    )


def _is(found: Attr, wanted: str) -> Verdict:
    if found.is_unknown:
        return same_text(found.parts, (wanted,))
    return Verdict.PASS if found.text == wanted else Verdict.FAIL


# -- whose throttles are watched ---------------------------------------------------------------------------------------


def watch(table: Table, estate: Estate) -> Answer:
    """Whether an alarm counts what the table throttles; only metrics that exist count."""
    found = (_watches(watching, table) for watching in estate.once(_watching))
    return any_answer((*found, *_by_query(table, estate)), unseen(estate))


@dataclass(frozen=True, slots=True)
class _Watching:
    """A metric that counts throttles, and the name of its table as far as known."""

    table: tuple[Part, ...]
    verdict: Verdict
    because: Unknown | None


def _watching(estate: Estate) -> tuple[_Watching, ...]:
    return tuple(_read(estate))


def _read(estate: Estate) -> Iterator[_Watching]:
    for alarm in estate.once(alarms_of):
        for metric in alarm.metrics:
            verdict = metric.counts_table_throttles
            if verdict is Verdict.FAIL:
                continue
            if alarm.instance.expansion is not None or not metric.certain:
                verdict = Verdict.UNKNOWN
            because = first_unknown(alarm.instance.expansion, metric.reason, alarm.unknown)
            parts = metric.dimensions[TABLE].parts if TABLE in metric.dimensions else ()
            yield _Watching(with_table_names(parts, estate), verdict, because)
        if alarm.unknown is not None and not _is_of_others(alarm):
            yield _Watching((), Verdict.UNKNOWN, alarm.unknown)


def _is_of_others(alarm: Alarm) -> bool:
    """Whether all that is seen of an alarm is of other services: then what is not seen is, too."""
    return bool(alarm.metrics) and all(metric.of_dynamodb is Verdict.FAIL for metric in alarm.metrics)


def _watches(watching: _Watching, table: Table) -> Answer:
    if not watching.table:
        return Answer(Verdict.UNKNOWN, None, watching.because)
    verdict = refers(watching.table, name_parts(table), table.address, _NAMES) & watching.verdict
    return Answer(verdict, None, first_unknown(watching.because, table.name.unknown))


def _by_query(table: Table, estate: Estate) -> Iterator[Answer]:
    """What Metrics Insights queries say: `SELECT SUM(ThrottledRequests) FROM SCHEMA("AWS/DynamoDB", …)`."""
    for alarm in estate.once(alarms_of):
        for query in alarm.queries:
            text = "".join(part for part in query.parts if isinstance(part, str))
            if (query.is_unknown and "SELECT" in text.upper()) or not text:
                yield Answer(Verdict.UNKNOWN, None, query.unknown)
            elif _QUERY.search(text) and NAMESPACE in text:
                about = f"'{table.name.text}'" in text or TABLE.upper() not in text.upper().partition("WHERE")[2]
                yield Answer(Verdict.PASS if about else Verdict.FAIL)
