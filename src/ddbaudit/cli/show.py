"""`ddbaudit show`: one resource, every value with the way it came by."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import click

from ddbaudit.cli.options import evaluation_options, settings_of
from ddbaudit.cli.output import write
from ddbaudit.foundation.errors import UsageError
from ddbaudit.foundation.text import suggestion
from ddbaudit.ir.instance import BlockInstance, Evaluation, ResourceInstance
from ddbaudit.ir.value import Absent, Known, Unknown, Value, parts_text
from ddbaudit.reporters.style import clean
from ddbaudit.sdk.problem import origin_links

_EPILOG = """\b
Examples:
  ddbaudit show aws_dynamodb_table.orders terraform/
  ddbaudit show 'module.table["users"].aws_dynamodb_table.this' terraform/environments/dev
"""


@click.command("show", epilog=_EPILOG)
@click.argument("address")
@click.argument("paths", nargs=-1, metavar="[PATH...]")
@evaluation_options
def command(address: str, paths: tuple[str, ...], **options: Any) -> int:
    """Show the resource at ADDRESS as evaluated below PATH (default: here), and where each value comes from."""
    from ddbaudit.app.audit import evaluate

    evaluations = evaluate(settings_of(paths or (".",), options))
    found = [(e, r) for e in evaluations for r in e.resources if r.address == address]
    if not found:
        known = [r.address for e in evaluations for r in e.resources]
        raise UsageError(f"there is no resource {clean(address)}{suggestion(address, known)}")
    for evaluation, resource in found:
        write(sys.stdout, "\n".join(lines(evaluation, resource)) + "\n")
    return 0


def lines(evaluation: Evaluation, resource: ResourceInstance) -> Iterator[str]:
    """The resource as HCL-like text; behind each value, from where it comes."""
    yield f"# {clean(resource.address)}  [{clean(evaluation.environment)}]  {resource.body.header}"
    if resource.expansion is not None:
        yield f"# how many instances there are is unknown: {clean(resource.expansion.cause.text)}"
    yield from _block(resource.body, "", f'{resource.type} "{resource.name}"')


def _block(body: BlockInstance, indent: str, title: str) -> Iterator[str]:
    yield f"{indent}{clean(title)} {{"
    for argument in body.arguments.values():
        yield f"{indent}  {argument.name} = {render(argument.value)}{_from(argument.value, argument.span)}"
    for name, group in body.blocks.items():
        for block in group.items:
            yield from _block(block, indent + "  ", name)
        if group.unknown is not None:
            yield f"{indent}  # there may be more {name} blocks: {clean(group.unknown.cause.text)}"
    yield f"{indent}}}"


def _from(value: Value, span: Any) -> str:
    links = origin_links(value, span)
    steps = [f"{clean(link.note)} {link.span or ''}".strip() for link in links]
    why = f" (unknown: {clean(value.cause.text)})" if isinstance(value, Unknown) else ""
    return f"{why}  # {span}" + "".join(f" <- {step}" for step in steps if step)


def render(value: Value) -> str:
    """A value as HCL; unknown parts as `${…}`, sensitive ones as `(sensitive)`."""
    if value.sensitive:
        return "(sensitive)"
    if isinstance(value, Absent):
        return "null"
    if isinstance(value, Unknown):
        return f'"{clean(parts_text(value.parts))}"' if value.parts is not None else "(unknown)"
    assert isinstance(value, Known)
    data = value.data
    if isinstance(data, str):
        return clean(json.dumps(data))
    if isinstance(data, bool):
        return "true" if data else "false"
    if isinstance(data, Decimal):
        return format(data, "f")
    if isinstance(data, tuple):
        return f"[{', '.join(render(item) for item in data)}]"
    return f"{{ {', '.join(f'{clean(k)} = {render(v)}' for k, v in data.items())} }}" if data else "{}"
