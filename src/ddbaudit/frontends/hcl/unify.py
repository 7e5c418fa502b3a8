"""The type that several types have in common: of the arms of a conditional, of the elements of a list.

Source: zclconf/go-cty, cty/convert: unify.go, compare_types.go, sort_types.go.
"""

from __future__ import annotations

from collections.abc import Sequence

from ddbaudit.ir.types import DYNAMIC, STRING, CollectionType, ObjectType, Primitive, TupleType, Type, object_of


def unify(types: Sequence[Type]) -> Type | None:
    """The type that values of all `types` can be converted to, if need be by conversions that may fail (a string that
    should be a number); None when there is none. `any` for no types at all."""
    return DYNAMIC if not types else unify_types(types, True)


def unify_types(types: Sequence[Type], unsafe: bool) -> Type | None:
    """As cty's `unify`, which has no answer for no types."""
    if not types:
        return None
    first = types[0]
    if all(t == first for t in types):
        # The general way would come to the same type; this is by far the usual case.
        return first
    kinds = {t.kind for t in types}
    concrete = kinds - {"dynamic"}
    if len(concrete) == 1:
        decided, result = _unify_one_kind(next(iter(concrete)), types, unsafe, "dynamic" in kinds)
        if decided:
            return result
    elif concrete in ({"map", "object"}, {"list", "tuple"}):
        result = _unify_as_collection(types, unsafe, "map" if "map" in concrete else "list")
        if result is not None:
            return result
    elif {"object", "tuple"} <= concrete:
        return None
    return _by_preference(types, unsafe)


def _unify_one_kind(kind: str, types: Sequence[Type], unsafe: bool, dynamic: bool) -> tuple[bool, Type | None]:
    """The answer for types of one kind, perhaps with `any` among them; (False, None) where there is a general one."""
    if kind in ("string", "number", "bool"):
        return False, None
    if dynamic:
        # What the unknown types will be decides the way, so nothing can be said.
        return True, DYNAMIC
    if kind == "object":
        return True, _unify_objects([t for t in types if isinstance(t, ObjectType)], unsafe)
    if kind == "tuple":
        return True, _unify_tuples([t for t in types if isinstance(t, TupleType)], unsafe)
    element = unify_types([t.element for t in types if isinstance(t, CollectionType)], unsafe)
    return True, None if element is None else _if_all_convert(types, CollectionType(kind, element), unsafe)


def _if_all_convert(types: Sequence[Type], wanted: Type, unsafe: bool) -> Type | None:
    from ddbaudit.frontends.hcl.convert import find_conversion

    if all(t == wanted or find_conversion(t, wanted, unsafe) is not None for t in types):
        return wanted
    return None


def _unify_objects(types: Sequence[ObjectType], unsafe: bool) -> Type | None:
    names = [name for name, _ in types[0].attributes]
    if any([name for name, _ in t.attributes] != names for t in types[1:]):
        return _objects_as_map(types, unsafe)
    attributes: dict[str, Type] = {}
    for name in names:
        unified = unify_types([t.get(name) or DYNAMIC for t in types], unsafe)
        if unified is None:
            return None
        attributes[name] = unified
    result = _if_all_convert(types, object_of(attributes), unsafe)
    return _objects_as_map(types, unsafe) if result is None else result


def _objects_as_map(types: Sequence[ObjectType], unsafe: bool) -> Type | None:
    element = unify_types([a for t in types for _, a in t.attributes], unsafe)
    return None if element is None else _if_all_convert(types, CollectionType("map", element), unsafe)


def _unify_tuples(types: Sequence[TupleType], unsafe: bool) -> Type | None:
    size = len(types[0].elements)
    if any(len(t.elements) != size for t in types[1:]):
        return _tuples_as_list(types, unsafe)
    elements: list[Type] = []
    for i in range(size):
        unified = unify_types([t.elements[i] for t in types], unsafe)
        if unified is None:
            return None
        elements.append(unified)
    result = _if_all_convert(types, TupleType(tuple(elements)), unsafe)
    return _tuples_as_list(types, unsafe) if result is None else result


def _tuples_as_list(types: Sequence[TupleType], unsafe: bool) -> Type | None:
    element = unify_types([e for t in types for e in t.elements], unsafe)
    return None if element is None else _if_all_convert(types, CollectionType("list", element), unsafe)


def _unify_as_collection(types: Sequence[Type], unsafe: bool, kind: str) -> Type | None:
    """Objects among maps as a map, tuples among lists as a list; None when that leads to nothing."""
    if kind == "map":
        common = _objects_as_map([t for t in types if isinstance(t, ObjectType)], unsafe)
    else:
        common = _tuples_as_list([t for t in types if isinstance(t, TupleType)], unsafe)
    if common is None:
        return None
    replaced = [t if isinstance(t, (CollectionType, Primitive)) else common for t in types]
    result = unify_types(replaced, unsafe)
    return result if result is not None and result.kind == kind else None


def _by_preference(types: Sequence[Type], unsafe: bool) -> Type | None:
    for index in _sorted_by_generality(types):
        if _if_all_convert(types, types[index], unsafe) is not None:
            return types[index]
    return None


def _sorted_by_generality(types: Sequence[Type]) -> list[int]:
    """Indices, the more general types first: a topological order of "more general than"."""
    edges: list[list[int]] = [[] for _ in types]
    incoming = [0] * len(types)
    for i in range(len(types) - 1):
        for j in range(i + 1, len(types)):
            order = compare(types[i], types[j])
            if order < 0:
                edges[i].append(j)
                incoming[j] += 1
            elif order > 0:
                edges[j].append(i)
                incoming[i] += 1
    queue = [i for i, count in enumerate(incoming) if count == 0]
    for i in queue:
        for j in edges[i]:
            incoming[j] -= 1
            if incoming[j] == 0:
                queue.append(j)
    return queue


_GENERALITY = {("tuple", "set"), ("list", "set"), ("list", "tuple"), ("map", "object")}


def compare(a: Type, b: Type) -> int:
    """Negative when `a` is more general than `b`, positive the other way round, 0 when that cannot be said."""
    if DYNAMIC in (a, b):
        return (a == DYNAMIC) - (b == DYNAMIC)
    if isinstance(a, Primitive) and isinstance(b, Primitive):
        return (b == STRING) - (a == STRING)
    if (a.kind, b.kind) in _GENERALITY:
        return -1
    if (b.kind, a.kind) in _GENERALITY:
        return 1
    if isinstance(a, CollectionType) and isinstance(b, CollectionType) and a.kind == b.kind:
        return compare(a.element, b.element)
    if isinstance(a, ObjectType) and isinstance(b, ObjectType):
        if [k for k, _ in a.attributes] != [k for k, _ in b.attributes]:
            return 0
        return _compare_all([compare(x, y) for (_, x), (_, y) in zip(a.attributes, b.attributes, strict=True)])
    if isinstance(a, TupleType) and isinstance(b, TupleType) and len(a.elements) == len(b.elements):
        return _compare_all([compare(x, y) for x, y in zip(a.elements, b.elements, strict=True)])
    return 0


def _compare_all(orders: list[int]) -> int:
    lower, higher = any(o < 0 for o in orders), any(o > 0 for o in orders)
    return 0 if lower and higher else -1 if lower else 1 if higher else 0
