"""Functions that encode and decode: Base64 and URLs here, JSON, YAML and CSV in modules of their own.

Source: Terraform's lang/funcs/encoding.go.
"""

from __future__ import annotations

import base64
from urllib.parse import quote_plus

from ddbaudit.frontends.hcl.functions import csv_decoding, json_encoding, text_encoding, yaml_decoding, yaml_encoding
from ddbaudit.frontends.hcl.functions.registry import Context, Function, FunctionError, Param
from ddbaudit.frontends.hcl.functions.support import decoded_base64, normalized, text
from ddbaudit.ir.types import STRING
from ddbaudit.ir.value import Cause, Known, Unknown, Value


def _text_of(value: Value) -> str:
    assert isinstance(value, Known)
    return value.text


def _base64encode(context: Context, args: list[Value]) -> Value:
    return text(base64.b64encode(_text_of(args[0]).encode()).decode())


def _base64decode(context: Context, args: list[Value]) -> Value:
    source = _text_of(args[0])
    raw = decoded_base64(source)
    if raw is None:
        shown = "(sensitive value)" if args[0].sensitive else f'"{source}"'
        raise FunctionError(f"failed to decode base64 data {shown}")
    try:
        return text(normalized(raw.decode()))
    except UnicodeDecodeError:
        raise FunctionError("the result of decoding the provided string is not valid UTF-8") from None


def _base64gzip(context: Context, args: list[Value]) -> Value:
    # The bytes depend on Go's compressor, which no other reproduces.
    return Unknown(STRING, Cause("unsupported", "base64gzip is not evaluated"), not_null=True)


def _urlencode(context: Context, args: list[Value]) -> Value:
    return text(quote_plus(_text_of(args[0])))


FUNCTIONS: tuple[Function, ...] = (
    Function("base64decode", (Param("str", STRING),), _base64decode, STRING),
    Function("base64encode", (Param("str", STRING),), _base64encode, STRING),
    Function("base64gzip", (Param("str", STRING),), _base64gzip, STRING),
    Function("urlencode", (Param("str", STRING),), _urlencode, STRING),
    *json_encoding.FUNCTIONS,
    *yaml_encoding.FUNCTIONS,
    *yaml_decoding.FUNCTIONS,
    *csv_decoding.FUNCTIONS,
    *text_encoding.FUNCTIONS,
)
