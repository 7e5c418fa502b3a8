"""Pieces of examples for the rule on alarms."""

from __future__ import annotations

from ddbaudit_rules._support.examples import block

_TABLE = "aws_dynamodb_table.orders.name"


def alarm(body: str, *, metric: str | None = "ThrottledRequests", header: str = "") -> str:
    """An aws_cloudwatch_metric_alarm on a metric of DynamoDB; without `metric`, what the body says."""
    lines = ['alarm_name          = "orders-throttled"', 'comparison_operator = "GreaterThanThreshold"']
    lines += ["evaluation_periods  = 1", "threshold           = 0"]
    if metric is not None:
        lines += [f'namespace           = "AWS/DynamoDB"\nmetric_name         = "{metric}"']
        lines += ['statistic           = "Sum"', "period              = 60"]
    head = 'resource "aws_cloudwatch_metric_alarm" "throttled"'
    return "\n" + block(head, "\n".join(lines), body, header=header)


def dimensions(table: str = _TABLE, *, header: str = "", **others: str) -> str:
    """The dimensions of an alarm; values are expressions, `header` a comment behind the first line."""
    lines = (f"{key} = {value}" for key, value in {"TableName": table, **others}.items())
    return block("dimensions =", "\n".join(lines), header=header)


def query(operation: str) -> str:
    """A metric_query on the throttled requests of one operation; the first one is the alarm's."""
    lines = 'namespace   = "AWS/DynamoDB"\nmetric_name = "ThrottledRequests"\nstat        = "Sum"\nperiod      = 60'
    metric = block("metric", lines, dimensions(Operation=f'"{operation}"'))
    return "\n" + block(
        "metric_query", f'id          = "{operation.lower()}"\nreturn_data = {_first(operation)}', metric
    )


def _first(operation: str) -> str:
    return "true" if operation == "GetItem" else "false"
