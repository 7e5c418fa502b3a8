"""What is hardcoded in a text: accounts, regions, ARNs of somebody's own resources, names of environments.

`${}` stands in the texts for interpolations. ARNs that are the same for everybody are none of these: AWS's own managed
policies (`arn:aws:iam::aws:policy/…`), service integrations (`arn:aws:states:::…`), and patterns of wildcards.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from typing import Final

from ddbaudit.model.regions import known_regions

_UUID: Final = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_ACCOUNT: Final = re.compile(r"(?<![0-9A-Za-z.])[0-9]{12}(?![0-9A-Za-z.])")
_ARN: Final = re.compile(r"\barn:aws[a-z-]*:(?P<service>[a-z0-9-]+):(?P<rest>[^\s\"',\]]*)")
# Their ARNs have neither region nor account, yet name one resource of one owner.
_WITHOUT_ACCOUNT: Final = frozenset({"s3", "route53"})


def hardcoded(text: str, environments: Collection[str], allowed: Collection[str]) -> tuple[str, str] | None:
    """What is hardcoded and its text (`account`, "111122223333"), the weightiest if there are several."""
    plain = _UUID.sub(" ", text)
    for what, pattern in (("account", _ACCOUNT), ("region", _region_pattern())):
        found = [match[0] for match in pattern.finditer(plain) if match[0] not in allowed]
        if found:
            return what, found[0]
    arn = _ARN.search(plain)
    if arn is not None and arn[0] not in allowed and arn["service"] in _WITHOUT_ACCOUNT and _names_one(arn["rest"]):
        return "ARN", arn[0]
    return _environment(plain, environments, allowed)


def _names_one(rest: str) -> bool:
    """Whether the resource at the end of an ARN is written out."""
    resource = rest.rpartition(":")[2].partition("/")[0]
    return bool(resource) and not resource.startswith("*") and "${}" not in resource


def _environment(text: str, environments: Collection[str], allowed: Collection[str]) -> tuple[str, str] | None:
    """An environment as a word of a name; a text with spaces is one for people."""
    if not environments or any(map(str.isspace, text)) or text.startswith("/dev/"):
        return None
    words = re.split(r"[^0-9A-Za-z]+", text)
    found = next((word for word in words if word in environments and word not in allowed), None)
    return ("environment", found) if found is not None else None


@lru_cache(maxsize=1)
def _region_pattern() -> re.Pattern[str]:
    """A region, or a zone of one (`eu-west-1a`)."""
    names = "|".join(sorted(map(re.escape, known_regions()), reverse=True))
    return re.compile(rf"(?<![0-9A-Za-z])(?:{names})(?=[a-f]?(?![0-9A-Za-z]))")
