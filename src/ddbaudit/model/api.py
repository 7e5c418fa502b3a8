"""Methods and routes of API Gateway, and who may call them.

Sources: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-to-api.html, and
https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-routes.html (a route has no authorization
unless it says so; of a WebSocket API, only `$connect` can have any).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.instance import ResourceInstance
from ddbaudit.ir.value import Symbol, Unknown, string
from ddbaudit.model.attached import of_type, same_text
from ddbaudit.model.attr import Attr
from ddbaudit.model.estate import Estate
from ddbaudit.model.reading import absent, attr, text_attr
from ddbaudit.model.subjects import judged

METHOD = "aws_api_gateway_method"
ROUTE = "aws_apigatewayv2_route"
API = "aws_apigatewayv2_api"

_HTTP_ROUTE = re.compile(r"([A-Z]+) ")
_NONE = "NONE"


@dataclass(frozen=True, slots=True)
class ApiMethod:
    """A method of a REST API or a route of an HTTP or WebSocket API.

    `verb` is GET, ANY, …; of a route that is not of HTTP, its key, which is in `route` (Absent for methods).
    `authorization` is Absent where none is written, which means NONE. `protocol` is that of the route's API, where that
    is in the configuration.
    """

    instance: ResourceInstance
    verb: Attr
    route: Attr
    authorization: Attr
    protocol: Attr

    @property
    def address(self) -> str:
        return self.instance.address

    @property
    def label(self) -> str:
        """`method GET` or `route "GET /orders"`, with the address."""
        key = self.route.public if self.route.is_set else self.verb.public
        what = "method" if self.instance.type == METHOD else "route"
        return f"{what} {key} ({self.address})" if key is not None else f"{what} {self.address}"

    @property
    def is_open(self) -> Verdict:
        """Whether anybody may call it, as far as authorization goes."""
        if self.authorization.is_unknown:
            return Verdict.UNKNOWN
        return Verdict.PASS if self.authorization.text in (None, _NONE) else Verdict.FAIL

    @property
    def is_preflight(self) -> Verdict:
        """Whether it is for OPTIONS, which browsers send without credentials."""
        return same_text(self.verb.parts, ("OPTIONS",))

    @property
    def asks(self) -> Verdict:
        """Whether it is of a kind that can ask who calls: of a WebSocket API, only $connect can."""
        text = self.route.text
        if not self.route.is_set or text == "$connect" or self.verb is not self.route:
            return Verdict.PASS
        if self.protocol.text == "HTTP":
            return Verdict.PASS
        websocket = self.protocol.text is not None or text != "$default"
        return Verdict.FAIL if text is not None and websocket else Verdict.UNKNOWN


def methods_of(estate: Estate) -> tuple[ApiMethod, ...]:
    methods = (_method(instance) for instance in of_type(estate, METHOD))
    return (*methods, *(_route(instance, estate) for instance in of_type(estate, ROUTE)))


judged(ApiMethod, "API method or route", lambda e: e.once(methods_of))


def _method(instance: ResourceInstance) -> ApiMethod:
    body = instance.body
    none = absent(body.header)
    return ApiMethod(instance, text_attr(body, "http_method"), none, text_attr(body, "authorization"), none)


def _route(instance: ResourceInstance, estate: Estate) -> ApiMethod:
    key = text_attr(instance.body, "route_key")
    first = key.parts[0] if key.parts else ""
    found = _HTTP_ROUTE.match(first) if isinstance(first, str) else None
    verb = Attr(string(found[1], key.value.origin).with_sensitive(key.value.sensitive), key.span) if found else key
    authorization = text_attr(instance.body, "authorization_type")
    return ApiMethod(instance, verb, key, authorization, _protocol(instance, estate))


def _protocol(instance: ResourceInstance, estate: Estate) -> Attr:
    found = attr(instance.body, "api_id")
    symbol = found.value.symbol if isinstance(found.value, Unknown) else None
    if isinstance(symbol, Symbol) and symbol.path == ("id",):
        for api in of_type(estate, API):
            if api.address == symbol.address:
                return text_attr(api.body, "protocol_type")
    return absent(found.span)
