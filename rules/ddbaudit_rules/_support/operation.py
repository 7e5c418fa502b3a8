"""Pieces of examples for the rules on operation: streams, replicas, provisioned capacity and its scaling."""

from __future__ import annotations

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.model.attr import Attr
from ddbaudit_rules._support.compare import may_be_unset
from ddbaudit_rules._support.examples import block, gsi, table


def is_given(attr: Attr) -> Verdict:
    """Whether an argument is set at all. What is not known may turn out null or empty, unless part of it is known."""
    if not attr.is_set:
        return Verdict.FAIL
    return Verdict.UNKNOWN if may_be_unset(attr) else Verdict.PASS


def provider(region: str, name: str = "") -> str:
    """A provider block; `region` is an expression, `name` an alias."""
    lines = f"alias  = {name}\nregion = {region}" if name else f"region = {region}"
    return block('provider "aws"', lines) + "\n"


def replica(region: str, *lines: str, header: str = "") -> str:
    """A `replica` block; `region` is an expression."""
    return block("replica", _aligned(f"region_name = {region}", *lines), header=header)


def replicated(
    *replicas: str,
    header: str = "",
    stream_enabled: str | None = "true",
    stream_view_type: str | None = '"NEW_AND_OLD_IMAGES"',
    **arguments: str,
) -> str:
    """The table of `table()` with these replicas and, unless said otherwise, the stream that replication needs."""
    body = "\n".join(replicas)
    return table(body, header=header, stream_enabled=stream_enabled, stream_view_type=stream_view_type, **arguments)


def separate_replica(*lines: str, header: str = "", arn: str = "aws_dynamodb_table.orders.arn") -> str:
    """An aws_dynamodb_table_replica, in the region of the provider `aws.replica`."""
    body = _aligned("provider = aws.replica", f"global_table_arn = {arn}", *lines)
    return "\n" + block('resource "aws_dynamodb_table_replica" "orders"', body, header=header)


def _aligned(*arguments: str) -> str:
    """Arguments with their signs in one column, as `terraform fmt` has them, but for those of several lines."""
    names = [argument.partition(" = ")[0] for argument in arguments if "\n" not in argument.strip()]
    width = max(map(len, names))
    return "\n".join(_padded(argument, width) for argument in arguments)


def _padded(argument: str, width: int) -> str:
    name, _, value = argument.partition(" = ")
    return argument if "\n" in argument.strip() else f"{name:<{width}} = {value}"


def capacity_gsi(name: str, read: str | None = None, write: str | None = None, header: str = "") -> str:
    """A global_secondary_index block on `email` with capacities."""
    index = gsi(name, '"email"').rstrip("}\n")
    lines = [f"read_capacity   = {read}"] if read else []
    lines += [f"write_capacity  = {write}"] if write else []
    text = index + "".join(f"\n  {line}" for line in lines) + "\n}\n"
    return text.replace("{\n", f"{{ {header}\n", 1) if header else text


def provisioned(body: str = "", *, header: str = "", billing_mode: str | None = '"PROVISIONED"', **more: str) -> str:
    """The table of `table()` with provisioned capacity."""
    return table(body, header=header, billing_mode=billing_mode, read_capacity="5", write_capacity="5", **more)


def scaling(
    resource_id: str = '"table/${aws_dynamodb_table.orders.name}"',
    *,
    level: str = "table",
    capacities: str = '["Read", "Write"]',
    policies: bool = True,
) -> str:
    """A target and a policy for each of these capacities of a table or index."""
    target = f"""
for_each           = toset({capacities})
service_namespace  = "dynamodb"
resource_id        = {resource_id}
scalable_dimension = "dynamodb:{level}:${{each.key}}CapacityUnits"
min_capacity       = 5
max_capacity       = 100
"""
    policy = f"""
for_each           = aws_appautoscaling_target.{level}
name               = "{level}-${{each.key}}"
policy_type        = "TargetTrackingScaling"
service_namespace  = each.value.service_namespace
resource_id        = each.value.resource_id
scalable_dimension = each.value.scalable_dimension
"""
    metric = block("predefined_metric_specification", _METRIC)
    tracking = block("target_tracking_scaling_policy_configuration", "target_value = 70", metric)
    made = "\n" + block(f'resource "{_TARGET}" "{level}"', target)
    return made + "\n" + block(f'resource "{_POLICY}" "{level}"', policy, tracking) if policies else made


_METRIC = 'predefined_metric_type = "DynamoDB${each.key}CapacityUtilization"'
_TARGET = "aws_appautoscaling_target"
_POLICY = "aws_appautoscaling_policy"
