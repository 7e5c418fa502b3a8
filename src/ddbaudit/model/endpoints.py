"""The VPC endpoints of DynamoDB that a configuration makes or looks up.

Sources: https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-ddb.html (a gateway endpoint is of use to the
subnets of the route tables that it is associated with) and the schema of hashicorp/aws 5.100, where the type of an
endpoint is Gateway unless said otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ddbaudit.foundation.source import Span
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.instance import ResourceInstance
from ddbaudit.ir.types import DYNAMIC
from ddbaudit.ir.value import Known, Symbol, Unknown, Value
from ddbaudit.model.attr import Attr
from ddbaudit.model.estate import Estate
from ddbaudit.model.reading import attr, elements, first_unknown, text_attr

_ENDPOINT: Final = "aws_vpc_endpoint"
_ASSOCIATION: Final = "aws_vpc_endpoint_route_table_association"
_SERVICE: Final = "aws_vpc_endpoint_service"
_SUFFIX: Final = ".dynamodb"


@dataclass(frozen=True, slots=True)
class GatewayEndpoint:
    """An endpoint that is (PASS) or may be (UNKNOWN) a gateway endpoint of DynamoDB. `routed` tells whether it has a
    route table, and `unknown` why something of it is not known."""

    instance: ResourceInstance
    is_one: Verdict
    routed: Verdict
    route_tables: Attr
    unknown: Unknown | None

    @property
    def address(self) -> str:
        return self.instance.address

    @property
    def header(self) -> Span:
        return self.instance.body.header


def gateway_endpoints(estate: Estate) -> tuple[GatewayEndpoint, ...]:
    """All of an estate. One that is looked up exists, and is somebody else's to route."""
    return tuple(_endpoints(estate))


def unseen(estate: Estate) -> Unknown | None:
    """Why there may be resources that cannot be seen."""
    return next((Unknown(DYNAMIC, cause) for cause in estate.evaluation.missing), None)


def _endpoints(estate: Estate) -> Iterator[GatewayEndpoint]:
    services = {r.address: r for r in estate.resources if r.mode == "data" and r.type == _SERVICE}
    for instance in estate.resources:
        if instance.type != _ENDPOINT:
            continue
        name, type_ = text_attr(instance.body, "service_name"), text_attr(instance.body, "vpc_endpoint_type")
        is_one = _is_dynamodb(name, services) & _is_gateway(type_)
        if is_one is Verdict.FAIL:
            continue
        if instance.expansion is not None:
            is_one = Verdict.UNKNOWN
        routed, doubt = _is_routed(instance, estate) if instance.mode == "managed" else (Verdict.PASS, None)
        because = first_unknown(
            instance.expansion, type_.unknown, name.unknown if is_one is not Verdict.PASS else doubt
        )
        yield GatewayEndpoint(instance, is_one, routed, attr(instance.body, "route_table_ids"), because)


def _is_dynamodb(name: Attr, services: dict[str, ResourceInstance]) -> Verdict:
    """`com.amazonaws.<region>.dynamodb`, or what the data source of that service tells."""
    last = name.parts[-1] if name.parts else ""
    if isinstance(last, str):
        found = last.endswith(_SUFFIX)
        open_ = not found and len(name.parts) > 1 and _SUFFIX.endswith(last)
        return Verdict.UNKNOWN if open_ else Verdict.PASS if found else Verdict.FAIL
    service = services.get(last.address) if isinstance(last, Symbol) else None
    told = text_attr(service.body, "service") if service is not None else None
    if told is None or told.text is None:
        return Verdict.UNKNOWN
    return Verdict.PASS if told.text == "dynamodb" else Verdict.FAIL


def _is_gateway(type_: Attr) -> Verdict:
    return type_.test(lambda v: isinstance(v, Known) and v.data == "Gateway", if_absent=True)


def _is_routed(endpoint: ResourceInstance, estate: Estate) -> tuple[Verdict, Unknown | None]:
    items, doubt = elements(endpoint.body.value("route_table_ids"))
    if items:
        return Verdict.PASS, None
    verdict = Verdict.FAIL if doubt is None else Verdict.UNKNOWN
    for instance in estate.resources:
        if instance.mode == "managed" and instance.type == _ASSOCIATION:
            target = text_attr(instance.body, "vpc_endpoint_id")
            found = _names(target.value, endpoint, estate)
            if found is not Verdict.FAIL and instance.expansion is not None:
                found = Verdict.UNKNOWN
            verdict |= found
            doubt = first_unknown(doubt, instance.expansion, target.unknown if found is Verdict.UNKNOWN else None)
    return verdict, doubt if verdict is Verdict.UNKNOWN else None


def _names(value: Value, endpoint: ResourceInstance, estate: Estate) -> Verdict:
    """Whether an endpoint's id is this one's; a plan may know it."""
    if isinstance(value, Unknown):
        if value.symbol is None:
            return Verdict.UNKNOWN
        return Verdict.PASS if value.symbol.address == endpoint.address else Verdict.FAIL
    plan = estate.evaluation.plan
    after = next((c.after for c in plan.changes if c.address == endpoint.address), None) if plan is not None else None
    own = after.mapping.get("id") if isinstance(after, Known) else None
    same = isinstance(own, Known) and isinstance(value, Known) and own.data == value.data
    return Verdict.PASS if same else Verdict.FAIL
