"""Policies as text: JSON with unknown parts, and where its pieces stand."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ddbaudit.foundation.source import SourceFile, Span
from ddbaudit.ir.value import Absent, Hole, Known, Origin, Part, Symbol, Unknown, Value, join_parts, string
from ddbaudit.model.policy_text import PolicyTextError, restored, value_of_text, with_placeholders
from ddbaudit.model.reading import elements, members

from .builders import hole, template

ARN = Symbol("aws_dynamodb_table.t", ("arn",))


def plain(value: Value) -> Any:
    """As json.loads gives it; unknown strings as tuples of parts, others as `...`."""
    if isinstance(value, Absent):
        return None
    if isinstance(value, Unknown):
        return value.parts if value.parts is not None else ...
    assert isinstance(value, Known)
    if isinstance(value.data, tuple):
        return [plain(v) for v in value.items]
    if isinstance(value.data, dict):
        return {k: plain(v) for k, v in value.mapping.items()}
    return value.data if isinstance(value.data, str | bool) else float(value.number)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000).map(float) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


@settings(deadline=None)
@given(JSON, st.booleans())
def test_reads_what_json_reads(data: Any, ascii_only: bool) -> None:
    text = json.dumps(data, ensure_ascii=ascii_only, indent=1)
    if "\\ud" in text:  # a lone surrogate: replaced, not kept
        value_of_text(string(text))
        return
    assert plain(value_of_text(string(text))) == data


@settings(deadline=None)
@given(st.text('{}[]",:\\ 01ntrue\n', max_size=14))
def test_refuses_what_json_refuses(text: str) -> None:
    try:
        json.loads(text)
        good = True
    except ValueError:
        good = False
    if good:
        value_of_text(string(text))
    else:
        with pytest.raises(PolicyTextError):
            value_of_text(string(text))


PARTS = st.lists(st.text(max_size=4) | st.just(ARN) | st.builds(hole), max_size=8)


@settings(deadline=None)
@given(PARTS)
def test_parts_survive_the_text(parts: list[Part]) -> None:
    text, holes = with_placeholders(parts)
    assert text is not None
    assert restored(text, holes) == join_parts(parts)


def test_private_characters_in_the_text_are_not_placeholders() -> None:
    text, holes = with_placeholders(["\ue000", ARN])
    assert text is not None
    assert restored(text, holes) == ("\ue000", ARN)
    value = value_of_text(template('["\\ue000', ARN, '"]'))
    assert plain(value) == [("\ue000", ARN)]


def test_too_deep_is_refused() -> None:
    with pytest.raises(PolicyTextError, match="deeply"):
        value_of_text(string("[" * 5000))


def test_symbol_in_a_string() -> None:
    value = value_of_text(template('{"Resource": ["', ARN, '", "', ARN, '/index/*"]}'))
    assert plain(value) == {"Resource": [(ARN,), (ARN, "/index/*")]}


def test_a_join_inside_quotes_makes_several_strings() -> None:
    other = Symbol("aws_dynamodb_table.u", ("arn",))
    assert plain(value_of_text(template('["', ARN, '", "', other, '"]'))) == [(ARN,), (other,)]


def test_placeholder_as_a_value() -> None:
    gap = hole()
    value = value_of_text(template('{"Action": ', gap, ', "Effect": "Allow"}'))
    assert plain(value) == {"Action": ..., "Effect": "Allow"}
    action = members(value)[0]["Action"]
    assert isinstance(action, Unknown)
    assert action.cause == gap.value.cause


@pytest.mark.parametrize(
    "parts",
    [
        ('[{"a": 1}, ', hole(), "]"),
        ('[{"a": 1}', hole(), "]"),
        ("[", hole(), ', {"a": 1}]'),
        ("[", hole(), ' {"a": 1}]'),
        ('[{"a": 1}', hole(), hole(), "]"),
    ],
)
def test_placeholder_among_elements(parts: tuple[Part, ...]) -> None:
    items, unknown = elements(value_of_text(template(*parts)))
    assert [plain(i) for i in items] == [{"a": 1.0}]
    assert unknown is not None


def test_placeholder_between_elements() -> None:
    items, unknown = elements(value_of_text(template("[1, ", hole(), ", 2]")))
    assert [plain(i) for i in items] == [1.0, 2.0]
    assert unknown is not None


def test_placeholder_among_members() -> None:
    entries, unknown = members(value_of_text(template('{"a": 1, ', hole(), ' "b": 2}')))
    assert {k: plain(v) for k, v in entries.items()} == {"a": 1.0, "b": 2.0}
    assert unknown is not None


def test_placeholder_in_a_key() -> None:
    entries, unknown = members(value_of_text(template('{"', hole(), '": 1, "b": 2}')))
    assert list(entries) == ["b"]
    assert unknown is not None


@pytest.mark.parametrize(
    "parts", [(hole(),), (hole(), "\n"), (hole(), "{}"), ('{"a": ', hole(), " 1}"), ('{"a" ', hole(), ": 1}")]
)
def test_nothing_to_be_seen(parts: tuple[Part, ...]) -> None:
    value = value_of_text(template(*parts))
    assert isinstance(value, Unknown)
    assert value.structure is None


@pytest.mark.parametrize("text", ['{"a": 1', '{"a" 1}', "[1,]", "[,1]", "[1 2]", '{"a": 1,}', "", '"a\nb"', "{} x"])
def test_broken_text(text: str) -> None:
    with pytest.raises(PolicyTextError, match="line"):
        value_of_text(string(text))


def test_broken_around_a_placeholder() -> None:
    with pytest.raises(PolicyTextError):
        value_of_text(template('{"a": "', hole(), "}"))


def test_sensitive_text_makes_sensitive_pieces() -> None:
    value = value_of_text(string('{"a": "secret"}').with_sensitive())
    assert members(value)[0]["a"].sensitive


# -- places --------------------------------------------------------------------------------------------------------

BODY = '    {\n      "Statement": [\n        {"Effect": "Allow"}\n      ]\n    }\n'


def dedented(text: str) -> str:
    return "".join(line[4:] for line in text.splitlines(keepends=True))


def statement_span(value: Value) -> str | None:
    statement = elements(members(value_of_text(value))[0]["Statement"])[0][0]
    assert statement.origin is not None
    return statement.origin.span.text if statement.origin.span is not None else None


@pytest.mark.parametrize("strip", [False, True])
def test_statement_in_a_heredoc(strip: bool) -> None:
    whole = f"<<{'-' if strip else ''}EOT\n{BODY}EOT\n"
    source = SourceFile("main.tf", f"policy = {whole}")
    span = Span(source, 9, 9 + len(whole))
    value = string(dedented(BODY) if strip else BODY, Origin(span))
    assert statement_span(value) == '{"Effect": "Allow"}'


def test_statement_in_a_heredoc_by_reference() -> None:
    whole = f"<<EOT\n{BODY}EOT\n"
    source = SourceFile("main.tf", f"policy = local.policy\npolicy = {whole}")
    there = Origin(Span(source, 31, 31 + len(whole)), "local.policy")
    value = string(BODY, Origin(Span(source, 9, 21), "", (there,)))
    assert statement_span(value) == '{"Effect": "Allow"}'


def test_statement_in_a_template_with_symbols() -> None:
    first, last = '{"Statement": [{"Resource": "', '"}]}'
    text = first + "${aws_dynamodb_table.t.arn}" + last
    source = SourceFile("main.tf", text)
    pieces = (
        Origin(Span(source, 0, len(first))),
        Origin(Span(source, len(first) + 2, len(text) - len(last) - 1)),
        Origin(Span(source, len(text) - len(last), len(text))),
    )
    widths = (len(first), len(str(ARN)), len(last))
    origin = Origin(Span(source, 0, len(text)), "", pieces, widths)
    value = template(first, ARN, last, origin=origin)
    assert statement_span(value) == '{"Resource": "${aws_dynamodb_table.t.arn}"}'
    resource = members(elements(members(value_of_text(value))[0]["Statement"])[0][0])[0]["Resource"]
    assert resource.origin is not None
    assert resource.origin.span is not None
    assert resource.origin.span.text == '"${aws_dynamodb_table.t.arn}"'
    assert [o.span.text for o in resource.origin.parents if o.span] == ["aws_dynamodb_table.t.arn"]


def test_offset_in_a_string_leads_to_its_piece() -> None:
    source = SourceFile("main.tf", '["app-${var.env}"]')
    pieces = (Origin(Span(source, 0, 6)), Origin(Span(source, 8, 15), "var.env"), Origin(Span(source, 16, 18)))
    value = string('["app-dev"]', Origin(Span(source, 0, 18), "", pieces, (6, 3, 2)))
    (item,) = elements(value_of_text(value))[0]
    assert item.origin is not None
    assert item.origin.span is not None
    assert item.origin.span.text == '"app-${var.env}"'
    assert [item.origin.at(offset).note for offset in (0, 3, 4, 6)] == ["", "", "var.env", "var.env"]


def test_escaped_text_has_the_whole_expression() -> None:
    written = '"{\\"Statement\\": [{}]}"'
    source = SourceFile("main.tf", written)
    value = string('{"Statement": [{}]}', Origin(Span(source, 0, len(written))))
    assert statement_span(value) == written


def test_holes_are_kept_by_identity() -> None:
    gap = hole()
    value = value_of_text(template('["', gap, '"]'))
    (item,) = elements(value)[0]
    assert isinstance(item, Unknown)
    assert item.parts is not None
    part = item.parts[0]
    assert isinstance(part, Hole)
    assert part.value is gap.value
