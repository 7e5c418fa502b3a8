"""What looks like a secret in an environment variable, by its name or by its form. No value is ever told."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.value import Symbol
from ddbaudit.model.attr import Attr
from ddbaudit.model.environment_variables import EnvironmentVariable

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SECRET_WORDS: Final = _words(
    "PASSWORD PASSWD PASSPHRASE SECRET SECRETS TOKEN APIKEY CREDENTIAL CREDENTIALS PRIVATEKEY"
)
_PASSWORDS: Final = _words("PASSWORD PASSWD PASSPHRASE")
_KEYS: Final = _words("API PRIVATE ACCESS SECRET SIGNING")
_HEREDOC = re.compile(r"<<-?\w")
# What is told of a secret, and is none: DB_PASSWORD_ARN, TOKEN_TTL, SECRET_NAME.
_ABOUT: Final = _words("""
    AGE ALG ALGORITHM ALIAS ARN ARNS AUDIENCE BUCKET CACHE CLAIM COOKIE COUNT DAYS DIR DIRECTORY DISABLED DURATION
    ENABLED ENDPOINT EXPIRATION EXPIRES EXPIRY FIELD FILE FILENAME FORMAT HEADER HOST HOURS ID IDS IN INTERVAL ISSUER
    KID LABEL LENGTH LIFETIME LIMIT LOCATION LOGIN MANAGER MAX MIN MINUTES MS NAME NAMES PARAM PARAMETER PATH POLICY
    PORT PREFIX PROVIDER REF REGION REQUIRED RETRIES ROTATION SCOPE SECONDS SERVICE SIZE SOURCE STAGE STORE STRATEGY
    SUFFIX TABLE TIMEOUT TTL TYPE URI URL USER USERNAME VALIDITY VERSION
""")
_NO_SECRETS: Final = _words(
    "true false yes no on off null none enabled disabled changeme change-me change_me placeholder unset"
)
# An ARN, a path, an address without a password, a reference that CloudFormation or a shell resolves, a placeholder.
_POINTER = re.compile(r"arn:.*|/.*|[a-z0-9_.-]+(/[a-z0-9_.-]+)+|https?://[^@]*|\{\{resolve:.*|\$\{.*\}|<.*>", re.DOTALL)
_FORMS: Final = (
    ("an AWS access key id", re.compile(r"\b(AKIA|ASIA)[0-9A-Z]{16}\b")),
    ("a GitHub token", re.compile(r"\b(gh[pousr]_[0-9A-Za-z]{36}|github_pat_[0-9A-Za-z_]{22,})\b")),
    ("a GitLab token", re.compile(r"\bglpat-[0-9A-Za-z_-]{20}\b")),
    ("a Slack token", re.compile(r"\bxox[abposr]-[0-9A-Za-z-]{10,}\b")),
    ("a Stripe key", re.compile(r"\b[sr]k_live_[0-9A-Za-z]{16,}\b")),
    ("a Google API key", re.compile(r"\bAIza[0-9A-Za-z_-]{35}\b")),
    ("a SendGrid key", re.compile(r"\bSG\.[0-9A-Za-z_-]{22}\.[0-9A-Za-z_-]{43}\b")),
    ("an npm token", re.compile(r"\bnpm_[0-9A-Za-z]{36}\b")),
    ("a private key", re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")),
    ("an address with a password", re.compile(r"\b[a-z][a-z0-9+.-]*://[^/\s:@]+:[^/\s:@]+@")),
)
# Attributes that hold a secret itself, of whatever resource or data source: random_password.db.result.
_SECRET_ATTRIBUTES: Final = _words(
    "auth_token bcrypt_hash master_password password private_key private_key_pem result secret secret_string"
)
_POINTING: Final = _words("arn id name secret_id version_id")


def names_secret(name: str) -> bool:
    """Whether a variable of that name holds a secret, and not something about one."""
    words = [word.upper() for word in _WORD.findall(name)]
    if not words or words[-1] in _ABOUT:
        return False
    pairs = pairwise(words)
    return any(word in _SECRET_WORDS for word in words) or any(a in _KEYS and b == "KEY" for a, b in pairs)


def form_of(value: Attr) -> str | None:
    """The known form of secret that the written text has, for people."""
    text = "\0".join(part for part in value.parts if isinstance(part, str))
    return next((form for form, pattern in _FORMS if pattern.search(text)), None)


def holds_secret(variable: EnvironmentVariable, pointers: frozenset[str]) -> Verdict:
    """Whether a variable with the name of a secret has one as its value. `pointers` are names of stored secrets."""
    value = variable.value
    if not value.is_set:
        return Verdict.FAIL
    if value.text is not None:
        return Verdict.FAIL if _is_harmless(variable.name, value.text, pointers) else Verdict.PASS
    first = value.parts[0] if value.parts else None
    if isinstance(first, str) and first.startswith(("arn:", "/")):
        return Verdict.FAIL
    if isinstance(first, Symbol) and first.attribute in _POINTING:
        return Verdict.FAIL
    if value.value.sensitive or (isinstance(first, Symbol) and first.attribute in _SECRET_ATTRIBUTES):
        return Verdict.PASS
    return Verdict.UNKNOWN


def _is_harmless(name: str, text: str, pointers: frozenset[str]) -> bool:
    if not text or text.lower() in _NO_SECRETS or text in pointers or _POINTER.fullmatch(text):
        return True
    words = {word.upper() for word in _WORD.findall(name)}
    return text.isdecimal() and not words & _PASSWORDS


def hidden(value: Attr) -> Attr:
    """The value as one that no report quotes: neither where it stands nor on the way that it came by."""
    origin = value.value.origin
    for place in (value.span, *(step.span for step in (origin.chain() if origin is not None else ()))):
        if place is not None and (value.text in (place.text, place.text[1:-1]) or _HEREDOC.search(place.text)):
            place.hide()
        elif place is not None:
            place.hide_literals()
    return Attr(value.value.with_sensitive(), value.span)
