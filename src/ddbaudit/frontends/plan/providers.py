"""The provider configurations of a plan: region and default tags.

Where they are constants, the configuration says them. Otherwise what the resources show of them counts: `tags_all` is
the provider's default tags under the resource's own, the ARN of a table names its region. Source:
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/resource-tagging
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ddbaudit.frontends.plan.absence import REMEDY
from ddbaudit.frontends.plan.references import without_keys
from ddbaudit.ir.instance import Provider
from ddbaudit.ir.plan import Change, Configuration, ConfiguredBody, ConfiguredExpression, Plan
from ddbaudit.ir.types import STRING, Type, map_of
from ddbaudit.ir.value import Absent, Cause, Known, Origin, Unknown, Value, is_wholly_known, map_value, string

_TABLE = "aws_dynamodb_table"
_REGION = "aws_region"
_TAGS = map_of(STRING)


class Providers:
    """The provider configurations of a plan or state, each read when first asked for."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._keys = _keys(plan.configuration)
        self._shared: dict[str, Provider] = {}
        self._users: dict[str, list[Change]] | None = None

    def of(self, change: Change) -> Provider:
        """The configuration that a resource uses, its default tags as this resource shows them."""
        key = self._key(change)
        provider = self._shared.get(key)
        if provider is None:
            provider = self._shared[key] = self._read(key)
        shown = shown_defaults(change)
        if shown is None:
            return provider
        tags = _with_place(map_value(STRING, shown), provider) if shown else Absent(_TAGS)
        return replace(provider, default_tags=tags)

    def _key(self, change: Change) -> str:
        return self._keys.get(without_keys(change.declaration)) or change.type.split("_", 1)[0]

    def _read(self, key: str) -> Provider:
        configuration = self._plan.configuration
        body = configuration.providers.get(key) if configuration is not None else None
        span = self._plan.file.place(f"configuration.provider_config.{key}") if body is not None else None
        unread = Provider(key, Absent(), Absent(_TAGS), span)
        region = self._region(unread, body, self._users_of(key))
        tags = self._default_tags(unread, body, self._users_of(key))
        return Provider(key.rpartition(":")[2], region, tags, span, _accounts(body))

    def _users_of(self, key: str) -> Sequence[Change]:
        """All that use a provider configuration."""
        if self._users is None:
            self._users = {}
            for change in (*self._plan.changes, *self._plan.data):
                if change.remains:
                    self._users.setdefault(self._key(change), []).append(change)
        return self._users.get(key, ())

    def _region(self, provider: Provider, body: ConfiguredBody | None, users: Iterable[Change]) -> Value:
        expression = body.arguments.get("region") if body is not None else None
        constant = _constant(expression)
        if constant is not None:
            return _with_place(constant, provider)
        seen = {region for change in users if (region := _region_of(change)) is not None}
        if len(seen) == 1:
            return _with_place(string(seen.pop()), provider)
        if expression is None and not _is_implied(provider, body):
            # As in a configuration: nobody asked for a region, so nothing can be held against another one.
            return Unknown(STRING, Cause("no-value", f'no provider "{provider.name}" block gives a region'))
        return _hidden(STRING, provider, "region")

    def _default_tags(self, provider: Provider, body: ConfiguredBody | None, users: Iterable[Change]) -> Value:
        """What holds for resources whose `tags_all` is not known."""
        blocks = body.blocks.get("default_tags", ()) if body is not None else ()
        for block in blocks:
            constant = _constant(block.arguments.get("tags"))
            return _hidden(_TAGS, provider, "default_tags") if constant is None else _with_place(constant, provider)
        if _is_implied(provider, body) or any(shown_defaults(change) for change in users):
            return _hidden(_TAGS, provider, "default_tags")
        return Absent(_TAGS)


def _accounts(body: ConfiguredBody | None) -> Value:
    """`allowed_account_ids`, where it is a constant."""
    found = _constant(body.arguments.get("allowed_account_ids")) if body is not None else None
    return found if found is not None else Absent()


def _keys(configuration: Configuration | None) -> Mapping[str, str]:
    return {r.declaration: r.provider for r in configuration.resources} if configuration is not None else {}


def _is_implied(provider: Provider, body: ConfiguredBody | None) -> bool:
    """Whether a module may have the configuration from the module that calls it: Terraform lists it as the module's own
    where the calling module does not name the provider."""
    return ":" in provider.name and (body is None or not (body.arguments or body.blocks))


def shown_defaults(change: Change) -> dict[str, Value] | None:
    """The default tags that a resource shows: those that are not its own. None where it does not show them."""
    after = change.after
    members = after.mapping if isinstance(after, Known) and isinstance(after.data, dict) else {}
    every, own = members.get("tags_all"), members.get("tags", Absent())
    if not isinstance(every, Known) or not is_wholly_known(every) or isinstance(own, Unknown):
        return None
    written = own.mapping if isinstance(own, Known) else {}
    return {key: value for key, value in every.mapping.items() if key not in written}


def _region_of(change: Change) -> str | None:
    """The region that a resource shows to be its provider's: a table by its ARN, `data.aws_region` by its name."""
    after = change.after
    members = after.mapping if isinstance(after, Known) and isinstance(after.data, dict) else {}
    if change.mode == "data" and change.type == _REGION:
        return _text(members.get("name"))
    if change.mode != "managed" or change.type != _TABLE:
        return None
    steps = (_text(members.get("arn")) or "").split(":")
    return steps[3] or None if len(steps) > 5 else None


def _text(value: Value | None) -> str | None:
    return value.data if isinstance(value, Known) and isinstance(value.data, str) else None


def _constant(expression: ConfiguredExpression | None) -> Value | None:
    return expression.constant if expression is not None else None


def _with_place(value: Value, provider: Provider) -> Value:
    return value.with_origin(Origin(provider.span)) if provider.span is not None else value


def _hidden(type_: Type, provider: Provider, what: str) -> Unknown:
    text = f'the {what} of the provider "{provider.name}" are no constant, and the plan does not show them: {REMEDY}'
    if what == "region":
        text = f'the region of the provider "{provider.name}" is no constant, and the plan does not show it: {REMEDY}'
    return Unknown(type_, Cause("computed", text, provider.span), None, Origin(provider.span))
