"""From the YAML of a condition to the condition; everything that is not understood is refused at its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, NoReturn

from ddbaudit.foundation.strict_yaml import Yaml, refuse
from ddbaudit.foundation.text import join_names, safe_text, suggestion
from ddbaudit.ir.schema import BlockSchema, NestedBlock
from ddbaudit.ir.types import DYNAMIC, CollectionType, Type
from ddbaudit.policy.conditions import At, Condition, Count, Not, Operand, Quantifier, Some, Test, conjunction
from ddbaudit.policy.operands import PARAM, constant
from ddbaudit.policy.operators import MEANT, OPERATORS, Operator
from ddbaudit.policy.paths import Path, PathError, Shape, Step, read_path

QUANTIFIERS: Final[tuple[Quantifier, ...]] = ("any", "all", "none")
Check = Callable[[Any], object]


@dataclass(slots=True)
class Parameters:
    """The parameters of a rule with their defaults, and what each value of them must satisfy where it is used."""

    defaults: Mapping[str, Any]
    checks: dict[str, list[Check]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Compiler:
    """Compiles conditions on what `start` describes. `positive`: what it says must hold, so that `[*]` means all;
    otherwise it means any. `required`: the condition is part of `require`."""

    start: Shape
    params: Parameters
    positive: bool = True
    required: bool = True

    @property
    def default(self) -> Quantifier:
        return "all" if self.positive else "any"

    def flipped(self) -> Compiler:
        return replace(self, positive=not self.positive)

    def condition(self, node: Yaml) -> Condition:
        """A mapping of paths to what is asked there, and of `any`, `all` and `none` to lists; all of it must hold."""
        if not isinstance(node.data, Mapping) or not node.data:
            refuse(
                node.span,
                f"a condition is a mapping of attribute paths, not {node.kind if node.data != {} else 'nothing'}",
                "such as `deletion_protection_enabled: {equals: true}`",
            )
        return conjunction([self._entry(key, node.data[key], node.keys[key]) for key in node.data])

    def _entry(self, key: str, node: Yaml, place: Any) -> Condition:
        if key in QUANTIFIERS:
            return self._combined(key, node)
        try:
            path = read_path(key, self.start)
        except PathError as error:
            refuse(place, str(error), error.help)
        return self._at(path, node)

    def _combined(self, key: str, node: Yaml) -> Condition:
        if not isinstance(node.data, tuple) or not node.data:
            refuse(node.span, f'"{key}" is a list of conditions, not {node.kind}', "write each behind a dash")
        inner = self.flipped() if key == "none" else self
        parts = tuple(inner.condition(item) for item in node.data)
        if key == "all":
            return conjunction(parts)
        return Not(Some(parts)) if key == "none" else Some(parts)

    # -- what is asked at the end of a path --------------------------------------------------------------------------

    def _at(self, path: Path, node: Yaml) -> Condition:
        if not isinstance(node.data, Mapping) or not node.data:
            hint = f"such as `{path.text}: {{equals: {_example(node)}}}`"
            refuse(node.span, f"an operator must stand behind {path.text}, not {node.kind}", hint)
        quantifier = next((q for q in QUANTIFIERS if q in node.data), None)
        if quantifier is None:
            return self._tested(path, node)
        if len(node.data) > 1:
            refuse(node.span, f'"{quantifier}" stands alone behind {path.text}', "write two entries under `all`")
        return self._quantified(path, quantifier, node.data[quantifier])

    def _tested(self, path: Path, node: Yaml) -> Condition:
        tests = list(self._tests(path.end, path.text, node))
        if isinstance(path.end, NestedBlock):
            counts = [Count(path.steps[:-1], path.steps[-1], test, self.default) for test in tests]
            return conjunction(counts)
        if path.end is DYNAMIC and path.steps[-1].kind == "member":
            return conjunction([self._loose(path, test) for test in tests])
        return At(path, self.default, conjunction(tests))

    def _loose(self, path: Path, test: Test) -> Condition:
        """Where the schema is not known, a name may be that of blocks."""
        if "blocks" in test.operator.types:
            return Count(path.steps[:-1], path.steps[-1], test, self.default)
        return At(path, self.default, test)

    def _quantified(self, path: Path, quantifier: Quantifier, node: Yaml) -> Condition:
        inner = self.flipped() if quantifier == "none" else self
        shape = path.elements
        if isinstance(path.end, BlockSchema) or (shape is None and path.many):
            return At(path, quantifier, inner._about(path.end, path.text, node), present=True)
        if shape is None and path.end is DYNAMIC:
            shape = DYNAMIC
        if shape is None:
            refuse(node.span, f"{path.text} is one value, so there is nothing for `{quantifier}` to choose from")
        asked = inner._about(shape, f"{path.text}[*]", node)
        each = (Step("each"),)
        if not path.many:
            return At(path, quantifier, asked, True, each)
        outer = len(path.steps) - 1 if isinstance(path.end, NestedBlock) else len(path.steps)
        nested = At(replace(path, steps=path.steps[outer:]), quantifier, asked, True, each)
        return At(replace(path, steps=path.steps[:outer]), self.default, nested)

    def _about(self, shape: Shape, text: str, node: Yaml) -> Condition:
        """What is asked of each element: operators where it is a value, a condition where it has attributes."""
        if isinstance(shape, Type) and not _has_members(shape, node):
            here = Path("", (), shape, many=False)
            if not isinstance(node.data, Mapping) or not node.data:
                refuse(node.span, f"an operator must stand here, not {node.kind}", "such as `{equals: ALL}`")
            return At(here, "all", conjunction(list(self._tests(shape, text, node))))
        return replace(self, start=shape).condition(node)

    # -- operators ---------------------------------------------------------------------------------------------------

    def _tests(self, shape: Shape, text: str, node: Yaml) -> Iterator[Test]:
        assert isinstance(node.data, Mapping)
        for name, operand in node.data.items():
            operator = OPERATORS.get(name)
            if operator is None:
                self._refuse_operator(name, node, text)
            self._suits(operator, shape, text, node)
            yield Test(operator, self._operand(operator, shape, operand))

    def _refuse_operator(self, name: str, node: Yaml, text: str) -> NoReturn:
        meant = MEANT.get(name.lower())
        hint = f' (did you mean "{meant}"?)' if meant else suggestion(name, (*OPERATORS, *QUANTIFIERS))
        known = f"operators are {join_names(tuple(OPERATORS))}; any, all and none choose among several"
        refuse(node.keys[name], f'there is no operator "{safe_text(name)}"{hint} for {text}', known)

    def _suits(self, operator: Operator, shape: Shape, text: str, node: Yaml) -> None:
        place = node.keys[operator.name]
        if isinstance(shape, BlockSchema):
            refuse(place, f"{text} is a block, which has no value of its own", "name an argument in it")
        kind = "blocks" if isinstance(shape, NestedBlock) else shape.kind
        if kind not in operator.types and shape is not DYNAMIC:
            what = "a block" if kind == "blocks" else f"a {kind}"
            suited = [o.name for o in OPERATORS.values() if kind in o.types]
            each = "" if kind in ("string", "number", "bool") else ", or any, all and none"
            help = f"use {join_names(suited, 'or')}{each}"
            refuse(place, f"{text} is {what}, which {operator.name} is not for", help)
        if operator.operand == "known" and not (self.required and self.positive):
            refuse(place, "`known` can only be required", "what is not known is never taken for a pass")

    def _operand(self, operator: Operator, shape: Shape, node: Yaml) -> Operand:
        kind = _scalar_kind(shape)
        plain = node.plain()
        try:
            if isinstance(plain, dict) and PARAM in plain:
                return self._parameter(operator, kind, node)
            return Operand(constant(operator, kind, plain), None, operator.operand == "pattern")
        except ValueError as error:
            refuse(node.span, f"{operator.name}: {error}")

    def _parameter(self, operator: Operator, kind: str, node: Yaml) -> Operand:
        plain = node.plain()
        assert isinstance(plain, dict)
        name = plain[PARAM]
        if len(plain) > 1 or not isinstance(name, str):
            raise ValueError(f"a parameter is written as {{{PARAM}: name}}, and nothing else beside it")
        if name not in self.params.defaults:
            refuse(node.span, f'the rule has no parameter "{safe_text(name)}"{suggestion(name, self.params.defaults)}')
        if operator.operand in ("size", "known"):
            raise ValueError("a parameter cannot stand here")

        def check(value: Any) -> object:
            return constant(operator, kind, value)

        check(self.params.defaults[name])
        self.params.checks.setdefault(name, []).append(check)
        self.params.used.add(name)
        return Operand(None, name, operator.operand == "pattern")


def _scalar_kind(shape: Shape) -> str:
    """The kind of the values that operands are compared with."""
    if isinstance(shape, CollectionType):
        shape = shape.element
    kind = shape.kind if isinstance(shape, Type) else "dynamic"
    return kind if kind in ("string", "number", "bool") else "dynamic"


def _has_members(shape: Type, node: Yaml) -> bool:
    """Whether the elements of that type have attributes of their own. Where the type is not known, what stands there
    decides: operators alone are asked of a value."""
    if shape is not DYNAMIC:
        return shape.kind in ("object", "map")
    return isinstance(node.data, Mapping) and not all(key in OPERATORS for key in node.data)


def _example(node: Yaml) -> str:
    plain = node.plain()
    if isinstance(plain, bool):
        return "true" if plain else "false"
    return str(plain) if isinstance(plain, int | float) else "…"
