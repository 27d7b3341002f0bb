"""The check of a PostgreSQL server that somebody else runs, named in DATABASE_URL."""

import re
from urllib.parse import urlsplit

import psycopg

from samlop.cli.trouble import NO_SPACE, Trouble

OLDEST_MAJOR = 15
SHAPE = "it must look like postgresql://user:password@host:5432/name"

# What the server or the client library says, and what it means. A server may speak another
# language than English; then its own words are shown.
MEANINGS = {
    r"authentication failed|no password supplied|no pg_hba.conf entry": (
        "the server refuses this user or password"
    ),
    r'database "[^"]*" does not exist': "the server has no such database",
    r'role "[^"]*" does not exist': "the server has no such user",
    r"resolve host|translate host name": "its host name is unknown",
    r"Connection refused|No such file or directory|timeout|timed out|unreachable|No route": (
        "no server answers there"
    ),
    r"too many clients|connection slots": "the server has no connection left for us",
    NO_SPACE: "the server's disk is full",
}


def check(url: str) -> str:
    """What kind of server it is, once it has been seen to answer and to be new enough."""
    place = _without_password(url)
    try:
        with psycopg.connect(url, connect_timeout=10, autocommit=True) as connection:
            version = connection.info.server_version
            encoding = connection.info.parameter_status("server_encoding")
    except psycopg.ProgrammingError as error:
        raise Trouble(f"DATABASE_URL cannot be read: {SHAPE}.") from error
    except psycopg.OperationalError as error:
        raise Trouble(f"DATABASE_URL names {place}, but {meaning(str(error))}.") from error
    if version // 10000 < OLDEST_MAJOR:
        raise Trouble(
            f"DATABASE_URL names {place}, which is PostgreSQL {version // 10000}; "
            f"Samløp needs {OLDEST_MAJOR} or newer."
        )
    if encoding != "UTF8":
        raise Trouble(f"DATABASE_URL names {place}, whose text is {encoding}; it must be UTF8.")
    return f"PostgreSQL {version // 10000}, {place}"


def meaning(said: str) -> str:
    for pattern, words in MEANINGS.items():
        if re.search(pattern, said):
            return words
    return said.strip().splitlines()[0].rstrip(".") if said.strip() else "it does not answer"


def _without_password(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = parts.hostname or "a local socket"
        port = f":{parts.port}" if parts.port else ""
    except ValueError as error:
        raise Trouble(f"DATABASE_URL cannot be read: {SHAPE}.") from error
    if parts.scheme not in ("postgres", "postgresql") or len(parts.path) < 2:
        raise Trouble(f"DATABASE_URL cannot be read: {SHAPE}.")
    return f"the database «{parts.path[1:]}» on {host}{port}"
