"""Where the database is: a server of one's own (``DATABASE_URL``) or the embedded one."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

EMBEDDED_NAME = "anlan"
EMBEDDED_USER = "postgres"
SOCKET_PATH_BYTES = 100  # the system allows 107 and a terminating zero
# As many pages at once as one Python process can keep busy: more would only take turns, and under
# load all would become slow together instead of waiting. Each holds one connection until its
# answer is made; a view that waits (a live page, a login) needs one now and then.
PAGES_AT_ONCE = 3
CONNECTIONS = PAGES_AT_ONCE + 2
OPTIONS = {"pool": {"min_size": 1, "max_size": CONNECTIONS, "timeout": 20}}


def settings(var: Path) -> dict[str, Any]:
    """Django's settings for the database that ``DATABASE_URL`` or the embedded server gives."""
    url = os.environ.get("DATABASE_URL")
    return from_url(url) if url else embedded(var)


def embedded(var: Path) -> dict[str, Any]:
    """The embedded server listens on a Unix socket in its own folder, on no port at all."""
    return _settings(name=EMBEDDED_NAME, user=EMBEDDED_USER, host=str(socket_folder(var)))


def socket_folder(var: Path) -> Path:
    """The folder of the embedded server's socket: with its data, or a short path of its own."""
    folder = var / "postgres"
    if len(os.fsencode(folder / ".s.PGSQL.5432")) <= SOCKET_PATH_BYTES:
        return folder
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"anlan-{os.geteuid()}-{digest}"


def from_url(url: str) -> dict[str, Any]:
    """Read ``postgresql://user:password@host:port/name?sslmode=…``; ValueError if it is not one."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql") or len(parts.path) < 2:
        raise ValueError("DATABASE_URL 应为 postgresql://用户:口令@主机:端口/库名 的形式")
    query = dict(parse_qsl(parts.query))
    return _settings(
        name=unquote(parts.path[1:]),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        host=query.pop("host", "") or unquote(parts.hostname or ""),
        port=str(parts.port or ""),
        options=query,
    )


def _settings(*, options: dict[str, Any] | None = None, **address: str) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.postgresql",
        **{key.upper(): value for key, value in address.items()},
        "OPTIONS": OPTIONS | (options or {}),
    }
