"""The embedded server: starts, is shared, survives what happens to its users, and goes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from anlan.config import database, embedded
from anlan.config.errors import SetupError

USE = """
import sys
from pathlib import Path
from anlan.config import embedded
with embedded.server(Path(sys.argv[1]), {"fsync": "off"}):
    print("up", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def _embedded_and_gone_in_the_end(var: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    yield
    if (var / "postgres" / "data").exists():
        wait_until(lambda: not running(var))


@pytest.fixture
def use(var: Path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Start another process that uses the server until its input closes."""
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", USE, str(var)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def running(var: Path) -> bool:
    return embedded.Cluster(var, {}).running()


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "did not come true in time"
        time.sleep(0.05)


def query(var: Path, sql: str) -> list[tuple[object, ...]]:
    settings = database.embedded(var)
    with psycopg.connect(
        host=settings["HOST"], user=settings["USER"], dbname=settings["NAME"], autocommit=True
    ) as connection:
        cursor = connection.execute(sql)
        return cursor.fetchall() if cursor.description else []


def test_runs_inside_the_block_only_and_keeps_its_data(var: Path) -> None:
    with embedded.server(var):
        query(var, "CREATE TABLE kept AS SELECT 7 AS n")
    assert not running(var)
    with embedded.server(var):
        assert query(var, "SELECT n FROM kept") == [(7,)]


def test_listens_on_no_port_sorts_by_code_point_and_tells_chinese_time(var: Path) -> None:
    with embedded.server(var, {"fsync": "off"}):
        assert query(var, "SHOW listen_addresses") == [("",)]
        assert query(var, "SHOW timezone") == [("Asia/Shanghai",)]
        assert query(var, "SELECT datlocprovider, datlocale FROM pg_database LIMIT 1") == [
            ("b", "C.UTF-8")
        ]
        assert query(var, "SELECT upper('é')") == [("É",)]


def test_nobody_else_may_enter_its_folder(var: Path) -> None:
    with embedded.server(var, {"fsync": "off"}):
        assert (var / "postgres").stat().st_mode & 0o077 == 0


def test_the_first_user_to_leave_does_not_stop_the_others(
    var: Path, use: Callable[[], subprocess.Popen[str]]
) -> None:
    first = use()
    with embedded.server(var):
        first.communicate("")
        assert query(var, "SELECT 1") == [(1,)]
    assert not running(var)


def test_a_killed_user_leaves_no_server_behind(
    var: Path, use: Callable[[], subprocess.Popen[str]]
) -> None:
    os.kill(use().pid, signal.SIGKILL)
    wait_until(lambda: not running(var))


def test_committed_rows_survive_a_killed_server(
    var: Path, use: Callable[[], subprocess.Popen[str]]
) -> None:
    use()
    query(var, "CREATE TABLE kept AS SELECT 7 AS n")
    pid = int((var / "postgres" / "data" / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not running(var))
    with embedded.server(var):
        assert query(var, "SELECT n FROM kept") == [(7,)]


def test_a_server_that_was_killed_is_revived_while_its_users_wait(
    var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "REVIVE_SECONDS", 0.5)
    with embedded.server(var) as cluster:
        assert cluster is not None
        assert cluster.revive() is None
        query(var, "CREATE TABLE kept AS SELECT 7 AS n")
        os.kill(int((cluster.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        wait_until(lambda: not running(var))
        said: list[str | None] = []

        def answers() -> bool:
            said.append(cluster.revive())
            try:
                return query(var, "SELECT n FROM kept") == [(7,)]
            except psycopg.OperationalError:
                return False

        wait_until(answers)
        (once,) = filter(None, said)
        assert "数据库停了，正在重新启动" in once
    assert not running(var)


def test_a_server_that_cannot_start_is_tried_again_and_its_log_is_shown(
    var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "REVIVE_SECONDS", 1.0)
    with embedded.server(var) as cluster:
        assert cluster is not None
        control = cluster.data / "global" / "pg_control"
        away = control.rename(control.with_name("away"))
        os.kill(int((cluster.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        wait_until(lambda: not running(var))
        cluster.revive()
        time.sleep(1.5)
        monkeypatch.setattr(embedded, "SAY_SECONDS", 0.0)
        assert "pg_control" in (cluster.revive() or "")
        away.rename(control)
        wait_until(lambda: cluster.revive() is None and cluster.running())
        wait_until(lambda: (cluster.data / "postmaster.pid").read_text().split()[-1] == "ready")


def test_a_pid_file_that_names_a_stranger_does_not_stop_the_start(var: Path) -> None:
    with embedded.server(var, {"fsync": "off"}):
        pid_file = (var / "postgres" / "data" / "postmaster.pid").read_text()
    stranger = str(psutil.Process().ppid())
    (var / "postgres" / "data" / "postmaster.pid").write_text(
        "\n".join([stranger, *pid_file.splitlines()[1:], ""])
    )
    with embedded.server(var, {"fsync": "off"}):
        assert query(var, "SELECT 1") == [(1,)]


def test_a_creation_that_was_cut_short_is_begun_again(var: Path) -> None:
    half = var / "postgres" / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with embedded.server(var, {"fsync": "off"}):
        assert query(var, "SELECT 1") == [(1,)]


def test_a_long_path_gets_a_short_socket(var: Path) -> None:
    deep = var / ("long-" * 20)
    with embedded.server(deep, {"fsync": "off"}):
        assert database.socket_folder(deep) != deep / "postgres"
        assert query(deep, "SELECT 1") == [(1,)]
    database.socket_folder(deep).rmdir()


def test_data_of_another_version_is_refused_untouched(var: Path) -> None:
    data = var / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("16\n")
    with pytest.raises(SetupError, match="PostgreSQL 16"), embedded.server(var):
        pass
    assert [path.name for path in data.iterdir()] == ["PG_VERSION"]


def test_a_start_that_fails_shows_what_the_server_said(
    var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "START_ATTEMPTS", 1)
    with (
        pytest.raises(SetupError, match="no_such_setting"),
        embedded.server(var, {"no_such_setting": "1"}),
    ):
        pass


def test_a_server_of_ones_own_is_left_alone(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody@elsewhere/anlan")
    with embedded.server(var):
        assert not var.exists()
