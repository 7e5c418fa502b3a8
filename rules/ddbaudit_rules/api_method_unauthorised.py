"""EST708: methods and routes of an API that anybody may call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec

from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.model.api import ApiMethod
from ddbaudit.model.globs import wild_match
from ddbaudit.model.reading import first_unknown
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Example, NotApplicable, Params, Rule, RuleContext, RuleMeta
from ddbaudit_rules._support.examples import block, variable

_API = 'rest_api_id   = "a1b2c3"\nresource_id   = "d4e5f6"\n'


def _method(authorization: str, verb: str = '"GET"') -> str:
    return block(
        'resource "aws_api_gateway_method" "orders"', f"{_API}http_method   = {verb}\nauthorization = {authorization}"
    )


def _route(key: str, *lines: str, protocol: str = '"HTTP"', header: str = "") -> str:
    api = block('resource "aws_apigatewayv2_api" "shop"', f'name          = "shop"\nprotocol_type = {protocol}')
    body = ("api_id    = aws_apigatewayv2_api.shop.id", f"route_key = {key}", *lines)
    return api + "\n" + block('resource "aws_apigatewayv2_route" "orders"', "\n".join(body), header=header)


class ApiMethodParams(Params, frozen=True):
    """Parameters: what is public."""

    public: Annotated[
        tuple[str, ...],
        msgspec.Meta(description="the methods and routes that anybody may call on purpose, by address; * and ?"),
    ] = ()


class ApiMethodUnauthorised(Rule[ApiMethod]):
    """Parameters: `public`, the methods and routes that anybody may call on purpose."""

    meta = RuleMeta(
        id="EST708",
        name="api-method-unauthorised",
        severity=Severity.HIGH,
        since="0.1.0",
        summary="A method or route of an API has the authorization NONE.",
        rationale=(
            "API Gateway passes requests to a method without authorization on without asking who sends them; a route "
            "has none unless it says so. An API key is no authorization, it counts requests. OPTIONS is left out: "
            "browsers ask it before they send credentials. Of a WebSocket API only `$connect` can ask. A resource "
            "policy or a private endpoint, which limits where requests come from, is not looked at."
        ),
        remedy="Set the authorization to AWS_IAM, CUSTOM, COGNITO_USER_POOLS or JWT, with an authorizer where needed.",
        references=(
            "https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-to-api.html",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/api_gateway_method",
            "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/apigatewayv2_route",
        ),
        good=(
            Example("Callers sign their requests.", _method('"AWS_IAM"')),
            Example("OPTIONS needs none.", _method('"NONE"', '"OPTIONS"')),
            Example("The route has an authorizer.", _route('"GET /orders"', 'authorization_type = "AWS_IAM"')),
            Example("Of a WebSocket API only $connect can ask.", _route('"send"', protocol='"WEBSOCKET"')),
            Example("It is public on purpose.", _method('"NONE"'), {"public": ["aws_api_gateway_method.orders"]}),
        ),
        bad=(
            Example("The method has none.", _method('"NONE" # expect: EST708')),
            Example("The route says nothing, and has none.", _route('"GET /orders"', header="# expect: EST708")),
            Example(
                "ANY is more than OPTIONS.",
                _route('"ANY /{proxy+}"', 'authorization_type = "NONE" # expect: EST708'),
            ),
            Example("Everybody may connect.", _route('"$connect"', protocol='"WEBSOCKET"', header="# expect: EST708")),
        ),
        unknown=(
            Example(
                "The authorization is a variable without a value.",
                variable("authorization") + _method("var.authorization # expect-unknown: EST708"),
            ),
            Example(
                "The verb is a variable without a value.",
                variable("verb") + _method('"NONE" # expect-unknown: EST708', "var.verb"),
            ),
            Example(
                "The kind of the API is a variable without a value.",
                variable("protocol") + _route('"$default"', protocol="var.protocol", header="# expect-unknown: EST708"),
            ),
        ),
    )
    subject = ApiMethod
    params = ApiMethodParams

    def check(self, subject: ApiMethod, context: RuleContext) -> Iterator[Problem]:
        if any(wild_match(pattern, subject.address) for pattern in context.params.public):
            raise NotApplicable("anybody may call it on purpose")
        if subject.is_preflight is Verdict.PASS:
            raise NotApplicable("browsers ask OPTIONS without credentials")
        if subject.asks is Verdict.FAIL:
            raise NotApplicable("only $connect of a WebSocket API can have an authorization")
        verdict = subject.is_open & ~subject.is_preflight & subject.asks
        at = subject.authorization
        if verdict is Verdict.PASS:
            label = f"is {at.shown}" if at.is_set else "no authorization_type"
            help = (
                "set the authorization to AWS_IAM, CUSTOM, COGNITO_USER_POOLS or JWT, or list it as public in the pack"
            )
            yield fail(f"{subject.label} has no authorization", at, label=label, help=help)
        elif verdict is Verdict.UNKNOWN:
            because = first_unknown(at.unknown, subject.verb.unknown, subject.protocol.unknown)
            message = f"whether {subject.label} has an authorization is not known"
            yield unknown(message, at, because=because, label="may have none")
