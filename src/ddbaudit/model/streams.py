"""Who reads the stream of a table: policies that grant it, and event source mappings with their functions' roles."""

from __future__ import annotations

from dataclasses import dataclass

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.instance import ResourceInstance
from ddbaudit.ir.value import Symbol
from ddbaudit.model.attr import Attr
from ddbaudit.model.estate import Estate
from ddbaudit.model.iam import Policy
from ddbaudit.model.mappings import StreamMapping, mappings_of
from ddbaudit.model.principals import Identity, roles_by_reference
from ddbaudit.model.reading import text_attr
from ddbaudit.model.references import Directory, Entry, sources_of
from ddbaudit.model.subjects import address_of, judged

_FUNCTION = "aws_lambda_function"
_ALIAS = "aws_lambda_alias"


@dataclass(frozen=True, slots=True, eq=False)
class StreamReader:
    """What the rules on streams judge: a policy, or an event source mapping."""

    policy: Policy | None = None
    mapping: StreamMapping | None = None

    @property
    def instance(self) -> ResourceInstance:
        found = self.policy or self.mapping
        assert found is not None
        return found.instance

    @property
    def address(self) -> str:
        return address_of(self.policy) if self.policy is not None else self.instance.address


def stream_readers(estate: Estate) -> tuple[StreamReader, ...]:
    """All policies, then all event source mappings."""
    policies = tuple(StreamReader(policy=policy) for policy in estate.policies)
    return (*policies, *(StreamReader(mapping=mapping) for mapping in estate.once(mappings_of)))


judged(StreamReader, "policy or event source mapping", lambda estate: estate.once(stream_readers))


def functions_of(mapping: StreamMapping, estate: Estate) -> tuple[tuple[ResourceInstance, Verdict], ...]:
    """The functions of the configuration that a mapping certainly (PASS) or possibly (UNKNOWN) calls."""
    return estate.once(functions_by_reference).find(_behind_alias(mapping.function, estate))


def functions_by_reference(estate: Estate) -> Directory[ResourceInstance]:
    """The Lambda functions, for references by symbol, name or ARN; made once."""
    functions = (r for r in estate.resources if r.mode == "managed" and r.type == _FUNCTION)
    entries = (Entry(r.address, text_attr(r.body, "function_name"), r) for r in functions)
    return Directory(entries, sources_of(estate), separator=":")


def role_of(function: ResourceInstance, estate: Estate) -> tuple[Attr, tuple[tuple[Identity, Verdict], ...]]:
    """The argument that names a function's role, and the roles that it certainly or possibly means."""
    role = text_attr(function.body, "role")
    return role, estate.once(roles_by_reference).find(role)


def _behind_alias(reference: Attr, estate: Estate) -> Attr:
    """The function that an alias of the configuration stands for."""
    symbol = reference.parts[0] if len(reference.parts) == 1 else None
    if not isinstance(symbol, Symbol) or _ALIAS not in symbol.address:
        return reference
    alias = next((r for r in estate.resources if r.address == symbol.address), None)
    return text_attr(alias.body, "function_name") if alias is not None else reference
