"""Naming patterns: text with placeholders, such as `bbws-{entity}-{env}`.

Placeholders are bound by the rule (`{env}` to the environment evaluated, `{table}`, `{attribute}`), defined by the
pack as a list of words or as a simple regular expression, or have a default: `{entity}` and `{n}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, ClassVar, Final

import msgspec

from ddbaudit.foundation.text import join_names, suggestion
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.value import Hole, Part, Unknown, parts_text
from ddbaudit.model.attr import Attr
from ddbaudit.model.reading import first_unknown
from ddbaudit.sdk.problem import Problem, fail, unknown
from ddbaudit.sdk.rule import Params
from ddbaudit_rules._support.automaton import ANYTHING, Automaton, Choice, Node, Sequence, literal
from ddbaudit_rules._support.regex import parse_regex

Definition = str | list[str]
Definitions = Mapping[str, Definition]
Texts = tuple[tuple[Part, ...], ...]
"""What a placeholder is bound to: one or several texts, each perhaps with unknown parts."""

MAX_BOUND: Final = 1024
"""Longer texts (no name that AWS takes) are not matched character by character."""

DEFAULTS: Final[Definitions] = {"entity": "[a-z0-9]+(-[a-z0-9]+)*", "n": "[0-9]+"}

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


class NamingParams(Params, frozen=True):
    """Parameters of the rules on names."""

    pattern: Annotated[str, msgspec.Meta(description="the pattern of the names; without one nothing is judged")] = ""
    placeholders: Annotated[
        dict[str, Definition],
        msgspec.Meta(description="placeholders of your own: a list of words, or a regular expression"),
    ] = msgspec.field(default_factory=dict)
    bound: ClassVar[tuple[str, ...]] = ("env",)

    def __post_init__(self) -> None:
        check_pattern(self.pattern, self.placeholders, self.bound)


def check_pattern(pattern: str, definitions: Definitions, bound: Iterable[str]) -> None:
    """ValueError unless every placeholder is bound, defined or has a default, and all definitions are in order."""
    bound = tuple(bound)
    for name, definition in definitions.items():
        if not _NAME.fullmatch(name) or name == "env":
            raise ValueError(f'"{name}" cannot be the name of a placeholder')
        _node_of(definition)
    known = {*DEFAULTS, *definitions, *bound}
    for name in _PLACEHOLDER.findall(pattern):
        if name not in known:
            hint = suggestion(name, known)
            raise ValueError(f'the placeholder "{{{name}}}" of the pattern "{pattern}" is not defined{hint}')
    if set(_PLACEHOLDER.sub("", pattern)) & {"{", "}"}:
        raise ValueError(f'a brace of the pattern "{pattern}" has no counterpart')


@dataclass(frozen=True, slots=True)
class Pattern:
    """A naming pattern ready to match. `certain` is False when something bound is not all known, `unknown` perhaps
    tells why. `shown` has what is bound to one text filled in; `legend` explains the placeholders that are left."""

    automaton: Automaton
    certain: bool
    unknown: Unknown | None
    shown: str
    legend: str

    def match(self, name: Attr) -> tuple[Verdict, int]:
        """PASS, FAIL (then with the first character that cannot match), or UNKNOWN when more must be known."""
        verdict, offset = self.automaton.run(name.parts)
        return (Verdict.UNKNOWN if verdict is Verdict.PASS and not self.certain else verdict), offset


def compile_pattern(pattern: str, definitions: Definitions, bound: Mapping[str, Texts]) -> Pattern:
    """The pattern with its placeholders bound. A definition of the pack wins over what the rule binds, `env` apart."""
    bound = {name: texts for name, texts in bound.items() if name not in definitions}
    parts = [part for texts in bound.values() for text in texts for part in text]
    because = next((part.value for part in parts if isinstance(part, Hole)), None)
    shown = _PLACEHOLDER.sub(lambda match: _shown(match, bound), pattern)
    node = Sequence(tuple(_nodes(pattern, {**DEFAULTS, **definitions}, bound)))
    legend = _legend(pattern, {**DEFAULTS, **definitions}, bound)
    return Pattern(_automaton(node), all(map(_exact, parts)), because, shown, legend)


@lru_cache(maxsize=256)
def _automaton(node: Node) -> Automaton:
    return Automaton(node)


def _nodes(pattern: str, definitions: Definitions, bound: Mapping[str, Texts]) -> Iterable[Node]:
    for index, piece in enumerate(_PLACEHOLDER.split(pattern)):
        if index % 2 == 0:
            yield literal(piece)
        elif piece in bound:
            yield Choice(tuple(_text_node(text) for text in bound[piece]))
        else:
            yield _node_of(definitions[piece])


def _text_node(text: tuple[Part, ...]) -> Node:
    return Sequence(tuple(literal(part) if isinstance(part, str) and _exact(part) else ANYTHING for part in text))


def _exact(part: Part) -> bool:
    return isinstance(part, str) and len(part) <= MAX_BOUND


def _node_of(definition: Definition) -> Node:
    if isinstance(definition, str):
        return parse_regex(definition)
    if not definition or not all(definition):
        raise ValueError("a placeholder's list of words is empty or holds an empty word")
    return Choice(tuple(literal(word) for word in definition))


def _shown(match: re.Match[str], bound: Mapping[str, Texts]) -> str:
    texts = bound.get(match[1], ())
    return parts_text(texts[0]) if len(texts) == 1 else match[0]


def _legend(pattern: str, definitions: Definitions, bound: Mapping[str, Texts]) -> str:
    """`{n} matches [0-9]+ and {index} is email or tenant`, for the help of a problem."""
    notes: list[str] = []
    for name in dict.fromkeys(_PLACEHOLDER.findall(pattern)):
        if name in bound and len(bound[name]) > 1:
            notes.append(f"{{{name}}} is {join_names([parts_text(t) for t in bound[name]], 'or')}")
        elif name not in bound:
            definition = definitions[name]
            one = f"matches {definition}" if isinstance(definition, str) else f"is {join_names(definition, 'or')}"
            notes.append(f"{{{name}}} {one}")
    return join_names(notes)


def judge_name(name: Attr, what: str, pattern: Pattern) -> Iterator[Problem]:
    """The problem with a name, if it does not match the pattern or may not."""
    verdict, offset = pattern.match(name)
    if not name.is_set or verdict is Verdict.FAIL:
        yield fail(
            f'the name "{name.shown}" of {what} does not match "{pattern.shown}"',
            name,
            label=f"not {pattern.shown}",
            help=f'name it by the pattern "{pattern.shown}"' + (f"; {pattern.legend}" if pattern.legend else ""),
            offset=offset if name.is_set else None,
        )
    elif verdict is Verdict.UNKNOWN:
        message = f'whether the name "{name.shown}" of {what} matches "{pattern.shown}" is not known'
        yield unknown(message, name, because=first_unknown(name.unknown, pattern.unknown), label="not all known")
