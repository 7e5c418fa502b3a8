"""Functions on IP networks.

Source: Terraform's lang/funcs/cidr.go and ipaddr package, and apparentlymart/go-cidr. Leading zeros are taken for
decimal numbers, as Terraform does for the sake of old configurations.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from decimal import Decimal

from ddbaudit.frontends.hcl.functions.plain import NotEvaluatedError, plain, whole
from ddbaudit.frontends.hcl.functions.registry import Function, FunctionError
from ddbaudit.frontends.hcl.functions.support import text
from ddbaudit.frontends.hcl.numbers import is_integer
from ddbaudit.ir.types import NUMBER, STRING, list_of
from ddbaudit.ir.value import Value, list_value

_IPV4 = re.compile(r"\d+(?:\.\d+){3}", re.ASCII)
_GROUP = re.compile(r"[0-9a-fA-F]+")
_MAPPED = 0xFFFF
_MOST_NEW_BITS = 32


@dataclass(frozen=True, slots=True)
class Network:
    """An address prefix: the first address as a number, the length of the prefix, 32 or 128 bits in all."""

    first: int
    length: int
    bits: int

    @property
    def size(self) -> int:
        return 1 << (self.bits - self.length)

    def __str__(self) -> str:
        return f"{shown(self.first, self.bits)}/{self.length}"


def shown(address: int, bits: int) -> str:
    _refuse_mapped(address, bits)
    return str(ipaddress.IPv4Address(address) if bits == 32 else ipaddress.IPv6Address(address))


def parse(prefix: str) -> Network:
    """FunctionError when it is no prefix in CIDR notation."""
    address, slash, digits = prefix.partition("/")
    number = _ipv4(address)
    bits = 32
    if number is None:
        number, bits = _ipv6(address), 128
    length = int(digits) if slash and digits.isascii() and digits.isdigit() and len(digits) < 8 else -1
    if number is None or not 0 <= length <= bits:
        raise FunctionError(f"invalid CIDR expression: invalid CIDR address: {prefix}", 0)
    _refuse_mapped(number, bits)
    host_bits = bits - length
    return Network(number >> host_bits << host_bits, length, bits)


def _refuse_mapped(address: int, bits: int) -> None:
    if bits == 128 and address >> 32 == _MAPPED:
        # Go takes such an address for IPv4 in some places and for IPv6 in others.
        raise NotEvaluatedError("IPv4 addresses inside IPv6 are not evaluated", "unsupported")


def _ipv4(text: str) -> int | None:
    if _IPV4.fullmatch(text) is None:
        return None
    octets = [int(octet) if len(octet) < 8 else 256 for octet in text.split(".")]
    return int.from_bytes(octets, "big") if max(octets) < 256 else None


def _ipv6(text: str) -> int | None:
    head, gap, tail = text.partition("::")
    before, after = _groups(head, not gap), _groups(tail, True)
    if before is None or after is None:
        return None
    missing = 8 - len(before) - len(after)
    if (missing < 1) if gap else (missing != 0):
        return None
    number = 0
    for group in (*before, *(0,) * missing, *after):
        number = number << 16 | group
    return number


def _groups(text: str, last: bool) -> list[int] | None:
    """The 16-bit groups of one side; the very last may be an IPv4 address."""
    result: list[int] = []
    pieces = text.split(":") if text else []
    for place, piece in enumerate(pieces):
        if "." in piece and last and place == len(pieces) - 1:
            number = _ipv4(piece)
            if number is None:
                return None
            result += (number >> 16, number & 0xFFFF)
            continue
        if _GROUP.fullmatch(piece) is None or len(piece.lstrip("0")) > 4:
            return None
        result.append(int(piece, 16))
    return result


def _big(value: Decimal) -> int:
    if not is_integer(value):
        raise FunctionError("value must be a whole number")
    return int(value)


def _refuse_overflow(number: int) -> None:
    if number >= 1 << 63:
        # Terraform looks at 64 bits only when it checks whether the number fits.
        raise NotEvaluatedError("the number is too large")


def _cidrhost(prefix: str, hostnum: Decimal) -> str:
    host = _big(hostnum)
    network = parse(prefix)
    if not -network.size <= host < network.size:
        _refuse_overflow(host)
        raise FunctionError(f"prefix of {network.length} does not accommodate a host numbered {host}")
    return shown(network.first + host % network.size, network.bits)


def _cidrnetmask(prefix: str) -> str:
    network = parse(prefix)
    if network.bits != 32:
        raise FunctionError(f"IPv6 addresses cannot have a netmask: {prefix}", 0)
    return shown(2**32 - network.size, 32)


def _cidrsubnet(prefix: str, newbits: Decimal, netnum: Decimal) -> str:
    extra, number = whole(newbits), _big(netnum)
    network = parse(prefix)
    length = network.length + extra
    if number < 0 or extra < 0:
        raise NotEvaluatedError("negative numbers are not evaluated", "unsupported")
    if length > network.bits:
        raise FunctionError(f"insufficient address space to extend prefix of {network.length} by {extra}")
    if number >> extra:
        _refuse_overflow(number)
        raise FunctionError(f"prefix extension of {extra} does not accommodate a subnet numbered {number}")
    return str(Network(network.first + (number << (network.bits - length)), length, network.bits))


def _cidrsubnets(prefix: str, *newbits: Decimal) -> Value:
    network = parse(prefix)
    subnets: list[str] = []
    free = network.first
    for place, extra in enumerate(map(whole, newbits), start=1):
        if extra < 1:
            raise FunctionError("must extend prefix by at least one bit", place)
        if extra > _MOST_NEW_BITS:
            raise FunctionError(f"may not extend prefix by more than {_MOST_NEW_BITS} bits", place)
        length = network.length + extra
        if length > network.bits:
            raise FunctionError(f"would extend prefix to {length} bits, which is too long for the address", place)
        subnet = _next(network, free, length)
        if subnet is None:
            raise FunctionError(
                f"not enough remaining address space for a subnet with a prefix of {length} bits", place
            )
        free = subnet.first + subnet.size
        subnets.append(str(subnet))
    return list_value(STRING, tuple(map(text, subnets)))


def _next(network: Network, free: int, length: int) -> Network | None:
    """The first subnet at or behind the address `free`."""
    size = 1 << (network.bits - length)
    first = -(-free // size) * size
    # Terraform begins with the subnet before the first one, and there is none before address zero.
    inside = first + size <= network.first + network.size and (network.first or free)
    return Network(first, length, network.bits) if inside else None


FUNCTIONS: tuple[Function, ...] = (
    plain("cidrhost", "prefix #hostnum", _cidrhost),
    plain("cidrnetmask", "prefix", _cidrnetmask),
    plain("cidrsubnet", "prefix #newbits #netnum", _cidrsubnet),
    plain("cidrsubnets", "prefix", _cidrsubnets, list_of(STRING), rest=("newbits", NUMBER)),
)
