"""What a plan tells of its source while that is evaluated: variables, instance keys, and what was read or made already.

Attributes of managed AWS resources are not among it: a reference to one stays a symbol, so that the same rules judge
the same expressions, whether or not the resource exists.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from ddbaudit.foundation.source import Span
from ddbaudit.frontends.hcl.expand import Expansion, Key
from ddbaudit.frontends.hcl.scope import EvalError, Scope
from ddbaudit.frontends.hcl.source import Decl
from ddbaudit.frontends.hcl.variables import Variable, default_value, planned_value
from ddbaudit.ir.filling import adopt, fill, same
from ddbaudit.ir.instance import Argument, BlockGroup, BlockInstance, Declaration, Evaluation, ResourceInstance
from ddbaudit.ir.plan import Change, Difference, Plan
from ddbaudit.ir.schema import NestedBlock, resource_schema
from ddbaudit.ir.value import Absent, Cause, Known, Origin, Value

_STEP = re.compile(r'module\.([^.\[\]"\s]+)(?:\[(\d+|"(?:[^"\\]|\\.)*")\])?(?:\.|$)')


class UnderPlan:
    """A plan as the evaluation asks it. `differences` are the values that the source cannot take.

    `partial`: what the plan has nothing of may exist all the same (it has targets, was deferred or ended early).
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.partial = bool(plan.targets or plan.deferred or plan.errored or plan.complete is False)
        self.differences: list[Difference] = []
        self._changes: dict[str, Change] = {}
        self._keys: dict[str, dict[Key, None]] = {}
        self._module_keys: dict[str, dict[Key, None]] = {}
        for change in (*plan.data, *plan.changes):
            if change.remains:
                self._changes[change.address] = change
                self._keys.setdefault(change.declaration, {})[change.key] = None
        for module in dict.fromkeys(change.module for change in self._changes.values()):
            for call, key in _calls(module):
                self._module_keys.setdefault(call, {})[key] = None

    # --- variables ---

    def variable(self, variable: Variable, usual: Callable[[], Value], constant: Scope) -> Value:
        """The plan's value of a root variable: as the source and its files give it where they give the same."""
        planned = self.plan.variables.get(variable.name)
        if planned is None:
            return self._unmentioned(variable, usual, constant)
        try:
            wanted = planned_value(variable, planned, constant)
        except EvalError as error:
            self.differences.append(
                Difference(variable.label, f"the plan's value does not fit: {error.message}", error.span)
            )
            return error.unknown(variable.type)
        try:
            ours = usual()
        except EvalError:
            return wanted
        return ours if same(ours, wanted) else wanted

    def _unmentioned(self, variable: Variable, usual: Callable[[], Value], constant: Scope) -> Value:
        """Plan JSON has every variable but ephemeral ones, a binary plan those whose value was given: the others have
        their default, whatever variable files there are now."""
        if self.plan.snapshot is not None and variable.default is not None:
            return default_value(variable, constant)
        if self.plan.configuration is not None and "ephemeral" not in variable.decl.body.attributes:
            detail = "the source declares it, the plan was made without it"
            self.differences.append(Difference(variable.label, detail, variable.decl.header))
        return usual()

    # --- instances ---

    def expansion(self, found: Expansion, declaration: str, decl: Decl) -> Expansion:
        """The instances of a block; where the source cannot tell them, those of the plan."""
        if found.unknown is None:
            return found
        is_call = decl.type == "module"
        keys = list((self._module_keys if is_call else self._keys).get(declaration, ()))
        if not keys and (self.partial or decl.mode == "data"):
            return found
        return found.decide(sorted(keys, key=lambda k: (str(type(k)), k if isinstance(k, int) else 0, str(k))))

    def take(self, instance: ResourceInstance) -> ResourceInstance:
        """A data source with what the plan has read, or a resource of another provider with what is known of it."""
        change = self._changes.get(instance.address)
        if change is None or not isinstance(change.after, Known) or not isinstance(change.after.data, dict):
            return instance
        if instance.mode == "managed" and instance.type.startswith("aws_"):
            return instance
        schema = resource_schema(instance.mode, instance.type)
        body = instance.body
        taken = dict(body.arguments)
        for name, planned in change.after.mapping.items():
            if name not in body.blocks and (schema is None or name in schema.attributes):
                value = _taken(body, name, planned, f"{instance.address}.{name}")
                if value is not None:
                    taken[name] = value
        blocks = dict(body.blocks)
        for name, nested in schema.blocks.items() if schema is not None else ():
            if name not in blocks and (made := _blocks(change.after.data.get(name), nested, body.header)):
                blocks[name] = BlockGroup(made)
        return replace(instance, body=replace(body, arguments=taken, blocks=blocks))


def _taken(body: BlockInstance, name: str, planned: Value, what: str) -> Argument | None:
    """An argument as the source has it, filled; one that the plan alone has, at the header of the block."""
    ours = body.arguments.get(name)
    if ours is not None and not isinstance(ours.value, Absent):
        return replace(ours, value=fill(ours.value, planned))
    if isinstance(planned, Known):
        later = Cause("computed", f"{what} is known after apply", body.header)
        value = adopt(planned, Origin(body.header, f"{what} in the plan"), later)
        return Argument(name, value, body.header, body.header)
    return None


def _blocks(planned: Value | None, nested: NestedBlock, header: Span) -> tuple[BlockInstance, ...]:
    """Blocks that only the plan has, all at the header of the block that they are part of."""
    if not isinstance(planned, Known) or not isinstance(planned.data, tuple):
        return ()
    return tuple(_block(item, nested, header) for item in planned.data if isinstance(item, Known))


def _block(planned: Known, nested: NestedBlock, header: Span) -> BlockInstance:
    later = Cause("computed", f"it is part of {nested.name} and known after apply", header)
    origin = Origin(header, f"{nested.name} in the plan")
    arguments = {
        name: Argument(name, adopt(value, origin, later), header, header)
        for name, value in planned.mapping.items()
        if name in nested.block.attributes
    }
    blocks = {
        name: BlockGroup(made)
        for name, inner in nested.block.blocks.items()
        if (made := _blocks(planned.mapping.get(name), inner, header))
    }
    return BlockInstance(nested.name, header, header, arguments, blocks)


def _calls(module: str) -> Iterator[tuple[str, Key]]:
    """The module calls that lead to a module instance, each by its address without a key of its own, and its key."""
    for step in _STEP.finditer(module):
        start, text = step.start(), step[2]
        call = f"{module[:start]}module.{step[1]}"
        if text is None:
            yield call, None
        elif text.startswith('"'):
            yield call, _unquoted(text)
        else:
            yield call, int(text)


def _unquoted(text: str) -> str:
    try:
        plain: str = json.loads(text, strict=False)
    except ValueError:  # an escape that JSON does not have stands for a character that cannot be printed
        plain = text[1:-1]
    return plain.replace("$${", "${").replace("%%{", "%{")


# --- plans of which the source gives places only ---


def places_only(evaluation: Evaluation, plan: Plan) -> Evaluation:
    """The source of a plan that makes nothing: what it declares, where, and what could not be read of it."""
    count = 0 if plan.mode == "destroy" else None
    declarations = tuple(_without_instances(d, count) for d in evaluation.declarations)
    modules = tuple(replace(module, faults=()) for module in evaluation.modules)
    read = tuple(d for d in evaluation.diagnostics if not d.code.startswith(("EVAL", "VAR")))
    return replace(evaluation, resources=(), declarations=declarations, modules=modules, diagnostics=read)


def _without_instances(declaration: Declaration, count: int | None) -> Declaration:
    return replace(declaration, instances=count, faults=())
