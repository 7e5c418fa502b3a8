"""DDB305: no gateway endpoint of DynamoDB, or one that no route table leads to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

import msgspec

from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.model.endpoints import GatewayEndpoint, gateway_endpoints, unseen
from ddbaudit.model.estate import Estate
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, NotApplicable, Params, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import block, table, variable
from ddbaudit_rules._support.table_names import UNNAMED

_ASKED = {"required": True}
_FIX = 'add an aws_vpc_endpoint with service_name "com.amazonaws.<region>.dynamodb" and route_table_ids'


def _endpoint(*lines: str, service: str = "dynamodb", header: str = "") -> str:
    arguments = (
        'vpc_id       = "vpc-0123456789abcdef0"',
        f'service_name = "com.amazonaws.eu-west-1.{service}"',
        *lines,
    )
    return block('resource "aws_vpc_endpoint" "orders"', "\n".join(arguments), header=header) + "\n"


def _association(endpoint: str) -> str:
    lines = f'route_table_id  = "rtb-0123456789abcdef0"\nvpc_endpoint_id = {endpoint}'
    return block('resource "aws_vpc_endpoint_route_table_association" "orders"', lines) + "\n"


_ROUTED = 'route_table_ids = ["rtb-0123456789abcdef0"]'


class VpcEndpointMissingParams(Params, frozen=True):
    """Parameters: whether an endpoint is asked for."""

    required: Annotated[
        bool,
        msgspec.Meta(description="whether a gateway endpoint is asked for; nothing is judged when it is not"),
    ] = False


class VpcEndpointMissing(Rule[Estate]):
    meta = RuleMeta(
        id="DDB305",
        name="vpc-endpoint-missing",
        severity=Severity.LOW,
        since="0.1.0",
        summary="A root module with tables has no gateway endpoint of DynamoDB, or one without a route table.",
        rationale=(
            "Without an endpoint, what runs in a VPC reaches DynamoDB over an internet or NAT gateway only, and its "
            "traffic is charged. A gateway endpoint costs nothing; it is of use to the subnets whose route tables it "
            "is associated with, so that one without a route table does nothing. An endpoint that a data source looks "
            "up counts, and so does one of another root module of the same environment."
        ),
        remedy="Add an `aws_vpc_endpoint` for DynamoDB with the route tables of the subnets that use it.",
        references=(
            "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-ddb.html",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/vpc_endpoint",
        ),
        good=(
            Example("An endpoint with a route table.", _endpoint(_ROUTED) + table(), _ASKED),
            Example(
                "The route table is associated by a resource of its own.",
                _endpoint() + _association("aws_vpc_endpoint.orders.id") + table(),
                _ASKED,
            ),
            Example("No endpoint is asked for.", table()),
        ),
        bad=(
            Example("No endpoint.", table(header="# expect: DDB305"), _ASKED),
            Example("No route table.", _endpoint(header="# expect: DDB305") + table(), _ASKED),
            Example(
                "The endpoint of another service.",
                _endpoint(_ROUTED, service="s3") + table(header="# expect: DDB305"),
                _ASKED,
            ),
        ),
        unknown=(
            Example(
                "The route tables are a variable without a value.",
                variable("route_table_ids", "set(string)")
                + _endpoint("route_table_ids = var.route_table_ids # expect-unknown: DDB305")
                + table(),
                _ASKED,
            ),
            Example(
                "The service is a variable without a value.",
                variable("service")
                + _endpoint(_ROUTED, service="${var.service}", header="# expect-unknown: DDB305")
                + table(),
                _ASKED,
            ),
        ),
    )
    subject = Estate
    params = VpcEndpointMissingParams

    def check(self, subject: Estate, context: RuleContext) -> Iterator[Problem]:
        if not context.params.required:
            raise NotApplicable("no endpoint is asked for")
        if not subject.tables:
            raise NotApplicable("it has no tables")
        found = gateway_endpoints(subject)
        if _is_served(found) or any(_is_served(gateway_endpoints(other)) for other in _beside(subject, context)):
            return
        yield from _judge(subject, found)


def _beside(estate: Estate, context: RuleContext) -> Iterator[Estate]:
    """The other root modules of its environment."""
    if estate.environment == UNNAMED:
        return iter(())
    return (e for e in context.estates if e.environment == estate.environment and e.root != estate.root)


def _is_served(found: Sequence[GatewayEndpoint]) -> bool:
    return any(e.is_one is Verdict.PASS and e.routed is Verdict.PASS for e in found)


def _judge(estate: Estate, found: Sequence[GatewayEndpoint]) -> Iterator[Problem]:
    uncertain = [e for e in found if e.is_one & e.routed is Verdict.UNKNOWN]
    hidden, where = unseen(estate), estate.tables[0].header
    for endpoint in uncertain:
        by_routes = endpoint.is_one is Verdict.PASS
        what = "has a route table" if by_routes else "is a gateway endpoint of DynamoDB"
        at = endpoint.route_tables if by_routes else endpoint.header
        message = f"whether {endpoint.address} {what} is not known"
        yield unknown(message, at, because=endpoint.unknown, label="not known", detail=endpoint.address)
    if uncertain:
        return
    for endpoint in found:
        message = f"{endpoint.address}, the gateway endpoint of DynamoDB, has no route table"
        help = "set route_table_ids to the route tables of the subnets that use it"
        yield fail(message, endpoint.route_tables, label="no route table", help=help, detail=endpoint.address)
    if not found and hidden is not None:
        message = "whether the root module has a gateway endpoint of DynamoDB is not known"
        yield unknown(message, where, because=hidden, label="a table")
    elif not found:
        message = "the root module has tables, but no gateway endpoint of DynamoDB"
        yield fail(message, where, label="a table without an endpoint", help=_FIX)
