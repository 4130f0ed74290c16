"""What never stands in a log line, whoever wrote it there: addresses, tokens, query strings, values in messages.

Masks are the second net. The first is that nobody logs personal data; names and passwords look like any other word
and only the quoted ones are caught here.
"""

import re
from collections.abc import Mapping, Sequence

UUID = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"

# The part after ? or & of anything that looks like a URL or path.
_QUERY = re.compile(r"\?[^\s\"'<>]*=[^\s\"'<>]*")
_EMAIL = re.compile(r"[^\s@\"'<>()\[\]{},;:=]+(?:@|%40)[^\s@\"'<>()\[\]{},;:=&]+")
_BEARER = re.compile(r"(?i)\b(bearer|basic|token)\s+[\w.~+/=-]{8,}")
_ADDRESS = re.compile(
    r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])|(?<![\w:])[0-9a-fA-F]{0,4}(?:::?[0-9a-fA-F]{1,4}){4,7}"
)
# Long and mixed: keys of sessions, API tokens, mail links. Our own public ids and digests say nothing about anybody.
_TOKEN = re.compile(rf"(?<![\w:-])(?!{UUID}(?![\w-]))(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{{24,}}(?![\w-])")
# What PostgreSQL adds to an error: the offending row or key, as written.
_DETAIL = re.compile(r"(?ms)^\s*(?:DETAIL|CONTEXT|QUERY|STATEMENT|LINE \d+):.*\Z")
_KEY_VALUE = re.compile(r"Key \((?P<columns>[^)]*)\)=\(.*?\)(?=\s|$)")
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")

Loggable = object


def masked(text: str) -> str:
    """`text` without what looks like an e-mail address, a token, a network address, a query string or a row."""
    text = _DETAIL.sub("", text)
    text = _KEY_VALUE.sub(lambda found: f"Key ({found['columns']})=([value])", text)
    text = _QUERY.sub("?[query]", text)
    text = _EMAIL.sub("[e-mail]", text)
    text = _BEARER.sub(lambda found: f"{found[1]} [token]", text)
    text = _TOKEN.sub("[token]", text)
    return _ADDRESS.sub("[address]", text)


def without_values(message: str) -> str:
    """A message of an exception without what it quotes: Python and its libraries quote what they were given."""
    return masked(_QUOTED.sub("[value]", message))


def masked_deeply(value: Loggable) -> Loggable:
    """`value` with every text in it masked; objects become their type's name, for their repr may say anything."""
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return masked(value)
        case bytes():
            return "[bytes]"
        case Mapping():
            return {masked(str(key)): masked_deeply(item) for key, item in value.items()}
        case Sequence() | set() | frozenset():
            return [masked_deeply(item) for item in value]
        case _:
            return f"[{type(value).__name__}]"
