"""Data sources whose results follow from their arguments and the provider's configuration alone.

All others stay as they are: what they give is read from AWS, and a reference to it is a symbol.

Source: hashicorp/terraform-provider-aws, internal/service/meta and internal/service/iam; partitions and what belongs to
them from aws-sdk-go-v2, internal/endpoints/awsrulesfn/partitions.go.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from ddbaudit.frontends.hcl import policy_document
from ddbaudit.frontends.hcl.scope import EvalError
from ddbaudit.ir.instance import Argument, BlockInstance, ResourceInstance
from ddbaudit.ir.types import STRING
from ddbaudit.ir.value import Absent, Known, Origin, Symbol, Unknown, Value, map_value, set_value, string

Report = Callable[[EvalError], None]
Reader = Callable[[ResourceInstance], Mapping[str, Value]]


def read(instance: ResourceInstance, report: Report | None = None) -> ResourceInstance:
    """The instance of a data source with what is known of its computed attributes among its arguments.

    Their spans are the header of the block. `report` takes what the provider refuses; the values are then unknown.
    """
    if instance.type == "aws_iam_policy_document":
        return _read_document(instance, report)
    reader = _READERS.get(instance.type)
    found = reader(instance) if reader is not None else {}
    return replace(instance, body=_with(instance.body, found)) if found else instance


def _with(body: BlockInstance, found: Mapping[str, Value]) -> BlockInstance:
    """Adds arguments; what the configuration sets stays."""
    added = {
        name: Argument(name, value, body.header, body.header)
        for name, value in found.items()
        if name not in body.arguments or isinstance(body.arguments[name].value, Absent)
    }
    return replace(body, arguments={**body.arguments, **added})


# -- policy documents --------------------------------------------------------------------------------------------------

_NO_STRINGS = set_value(STRING, ())
_STATEMENT: Mapping[str, Value] = {
    "sid": string(""),
    "effect": string("Allow"),
    **dict.fromkeys(("actions", "not_actions", "resources", "not_resources"), _NO_STRINGS),
}
"""What a statement has for what it omits, once the document was read."""


def _read_document(instance: ResourceInstance, report: Report | None) -> ResourceInstance:
    found = policy_document.results(instance, report)
    body = _with(instance.body, found)
    group = body.group("statement")
    if isinstance(found["json"], Known) and group.items:
        items = tuple(_with(block, _STATEMENT) for block in group.items)
        body = replace(body, blocks={**body.blocks, "statement": replace(group, items=items)})
    return replace(instance, body=body)


def _text(instance: ResourceInstance, name: str, text: str, *parents: Value) -> Value:
    return string(text, _origin(instance, name, parents))


def _origin(instance: ResourceInstance, name: str, parents: Iterable[Value] = ()) -> Origin:
    note = f"{instance.address}.{name}"
    return Origin(instance.body.header, note, tuple(v.origin for v in parents if v.origin is not None))


# -- regions and partitions --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Partition:
    """`regions` is the pattern of its regions' names."""

    name: str
    regions: re.Pattern[str]
    dns_suffix: str

    @property
    def reverse_dns_prefix(self) -> str:
        return ".".join(reversed(self.dns_suffix.split(".")))


def _partition(name: str, regions: str, dns_suffix: str) -> Partition:
    return Partition(name, re.compile(regions, re.ASCII), dns_suffix)


PARTITIONS = (
    _partition("aws", r"(?:us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+", "amazonaws.com"),
    _partition("aws-cn", r"cn-\w+-\d+", "amazonaws.com.cn"),
    _partition("aws-us-gov", r"us-gov-\w+-\d+", "amazonaws.com"),
    _partition("aws-iso", r"us-iso-\w+-\d+", "c2s.ic.gov"),
    _partition("aws-iso-b", r"us-isob-\w+-\d+", "sc2s.sgov.gov"),
    _partition("aws-iso-e", r"eu-isoe-\w+-\d+", "cloud.adc-e.uk"),
    _partition("aws-iso-f", r"us-isof-\w+-\d+", "csp.hci.ic.gov"),
)


def partition_of(region: Value) -> Partition | None:
    """The partition of a known region; None for one that no partition has."""
    if not isinstance(region, Known) or not isinstance(region.data, str):
        return None
    return next((p for p in PARTITIONS if p.regions.fullmatch(region.text)), None)


def _read_region(instance: ResourceInstance) -> Mapping[str, Value]:
    if not isinstance(instance.body.value("endpoint"), Absent):
        return {}
    given = instance.body.value("name")
    region = instance.provider.region if isinstance(given, Absent) else given
    return {name: _referred(instance, name, region) for name in ("name", "id")}


def _referred(instance: ResourceInstance, name: str, value: Value) -> Value:
    """A value that an attribute takes over. Where nothing of it is known, the attribute is a symbol at least."""
    origin = _origin(instance, name, (value,))
    if isinstance(value, Unknown) and value.parts is None:
        symbol = Symbol(instance.address, (name,))
        return Unknown(STRING, value.cause, (symbol,), origin, value.sensitive, not_null=True)
    return value.with_origin(origin)


def _read_partition(instance: ResourceInstance) -> Mapping[str, Value]:
    region = instance.provider.region
    found = partition_of(region)
    if found is None:
        return {}
    texts = {
        "partition": found.name,
        "id": found.name,
        "dns_suffix": found.dns_suffix,
        "reverse_dns_prefix": found.reverse_dns_prefix,
    }
    return {name: _text(instance, name, text, region) for name, text in texts.items()}


# -- the rest ----------------------------------------------------------------------------------------------------------


def _read_default_tags(instance: ResourceInstance) -> Mapping[str, Value]:
    tags = instance.provider.default_tags
    found: dict[str, Value] = {"tags": map_value(STRING, {}) if isinstance(tags, Absent) else tags}
    partition = partition_of(instance.provider.region)
    if partition is not None:
        found["id"] = _text(instance, "id", partition.name, instance.provider.region)
    return found


_ARN_SECTIONS = ("partition", "service", "region", "account", "resource")


def _read_arn(instance: ResourceInstance) -> Mapping[str, Value]:
    arn = instance.body.value("arn")
    if not isinstance(arn, Known):
        return {}
    sections = arn.text.split(":", 5)
    if len(sections) != 6 or sections[0] != "arn":
        return {}
    texts = dict(zip(_ARN_SECTIONS, sections[1:], strict=True))
    return {name: _text(instance, name, text, arn) for name, text in (*texts.items(), ("id", arn.text))}


def _read_service_principal(instance: ResourceInstance) -> Mapping[str, Value]:
    """In the partition `aws` only: elsewhere the suffix depends on the service."""
    service, given = instance.body.value("service_name"), instance.body.value("region")
    region = instance.provider.region if isinstance(given, Absent) else given
    partition = partition_of(region)
    if not isinstance(service, Known) or not isinstance(region, Known) or partition is not PARTITIONS[0]:
        return {}
    suffix = partition.dns_suffix
    texts = {
        "name": f"{service.text}.{suffix}",
        "id": f"{service.text}.{region.text}.{suffix}",
        "suffix": suffix,
        "region": region.text,
    }
    return {name: _text(instance, name, text, service, region) for name, text in texts.items()}


_READERS: Mapping[str, Reader] = {
    "aws_arn": _read_arn,
    "aws_default_tags": _read_default_tags,
    "aws_partition": _read_partition,
    "aws_region": _read_region,
    "aws_service_principal": _read_service_principal,
}
