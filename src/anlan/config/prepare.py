"""Bring the data folder up to what the program needs. Safe to repeat, and then quick."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from anlan.config import loaders
from anlan.config.announcement import Account
from anlan.config.errors import SetupError

PROGRAM = Path(__file__).resolve().parents[1]


def prepare(*, demo: bool = False) -> list[Account]:
    """Do every step, saying how each goes; returns the demonstration accounts."""
    accounts: list[Account] = []

    def make_accounts() -> str:
        from anlan.kernel.access.demo import DemoRefused, ensure_accounts

        try:
            accounts.extend(ensure_accounts())
        except DemoRefused as refused:
            return f"不建：{refused}"
        return f"{len(accounts)} 个"

    steps: list[tuple[str, Callable[[], str]]] = [
        ("数据库结构", migrate),
        *((name, partial(load, loader)) for name, loader in loaders.FACTS_LOADERS),
        ("演示账号", make_accounts),
        ("静态文件", collect_static),
    ]
    if demo:
        steps.insert(-1, ("演示数据", partial(load, loaders.demonstration)))
    for number, (name, step) in enumerate(steps, 1):
        with _reported(f"准备数据 [{number}/{len(steps)}] {name}") as outcome:
            outcome.append(step())
    return accounts


def migrate() -> str:
    """Apply the migrations that the database lacks."""
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not missing:
        return "已是最新"
    call_command("migrate", interactive=False, verbosity=0)
    return f"更新 {len(missing)} 步"


def require_migrated() -> None:
    """SetupError if the database lacks migrations of this program."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise SetupError("数据库结构不是最新。请先运行 .venv/bin/anlan migrate。")


def load(loader: Callable[[], str]) -> str:
    """Run one loader unless this database has had these very facts from this very program."""
    stamp = settings.VAR / "stamps" / f"load-{loader.__name__}"
    wanted = _digest(_state_of_database(), _content(loaders.FACTS), _content(PROGRAM))
    if stamp.exists() and stamp.read_text() == wanted:
        return "已载入"
    outcome = loader()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(wanted)
    return outcome


def collect_static() -> str:
    """Copy the static files to where they are served from, unless none changed."""
    sources = [
        Path(storage.path(name))
        for finder in get_finders()
        for name, storage in finder.list(ignore_patterns=None)
    ]
    stamp = settings.VAR / "stamps" / "static"
    wanted = _digest(*(f"{path} {path.stat().st_mtime_ns}" for path in sources))
    if not (stamp.exists() and stamp.read_text() == wanted and settings.STATIC_ROOT.exists()):
        # whatever a power cut has left of an earlier copy; the command would not begin with it
        shutil.rmtree(settings.STATIC_ROOT, ignore_errors=True)
        call_command("collectstatic", interactive=False, verbosity=0)
        os.sync()  # the stamp must not be there after a power cut while the copies are not
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.write_text(wanted)
    return f"{len(sources)} 个"


@contextmanager
def _reported(title: str) -> Iterator[list[str]]:
    print(f"{title} …", end=" ", flush=True)
    began = time.monotonic()
    outcome: list[str] = []
    yield outcome
    print(f"{''.join(outcome)}（{time.monotonic() - began:.1f} 秒）", flush=True)


def _state_of_database() -> str:
    """What tells this database from one that was dropped and made anew, here or elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT system_identifier, oid FROM pg_control_system(), pg_database"
            " WHERE datname = current_database()"
        )
        return " ".join(map(str, cursor.fetchone()))


def _content(folder: Path) -> str:
    """One digest of the files below ``folder`` that git would keep."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return _digest(
        *(
            f"{path} {hashlib.sha256(path.read_bytes()).hexdigest()}"
            for path in files
            if path.suffix in (".py", ".csv", ".yaml", ".json", ".geojson")
        )
    )


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
