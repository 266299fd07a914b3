"""Reading ``DATABASE_URL``."""

from __future__ import annotations

from pathlib import Path

import pytest

from anlan.config import database

CASES = {
    "postgresql://u:p@db.example:5433/anlan": {
        "NAME": "anlan", "USER": "u", "PASSWORD": "p", "HOST": "db.example", "PORT": "5433",
    },
    "postgres://u:p%40%2F@db/a%20b": {"NAME": "a b", "PASSWORD": "p@/", "PORT": ""},
    "postgresql:///anlan?host=/run/postgresql": {"HOST": "/run/postgresql", "USER": ""},
    "postgresql://[::1]:5432/anlan": {"HOST": "::1", "PORT": "5432"},
}  # fmt: skip


@pytest.mark.parametrize(("url", "expected"), CASES.items())
def test_reads(url: str, expected: dict[str, str]) -> None:
    settings = database.from_url(url)
    assert {key: settings[key] for key in expected} == expected


def test_keeps_the_options_of_the_connection_beside_the_pool() -> None:
    options = database.from_url("postgresql://u@h/n?sslmode=require")["OPTIONS"]
    assert options["sslmode"] == "require"
    assert options["pool"] == database.OPTIONS["pool"]


@pytest.mark.parametrize(
    "url", ["", "anlan", "mysql://u@h/n", "postgresql://u@h", "postgresql://u@h/"]
)
def test_refuses_what_is_no_address_of_postgresql(url: str) -> None:
    with pytest.raises(ValueError, match="DATABASE_URL"):
        database.from_url(url)


def test_the_address_of_ones_own_server_goes_before_the_embedded_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://u@elsewhere/n")
    assert database.settings(tmp_path)["HOST"] == "elsewhere"
    monkeypatch.delenv("DATABASE_URL")
    assert database.settings(tmp_path)["HOST"] == str(tmp_path / "postgres")
