"""The embedded broker: one nats-server in the data folder, for this machine alone.

``NATS_URL`` names a broker or a cluster of one's own instead. The embedded one listens on the
loopback address at a port that the system chose when it was first started, and lets in who knows
the token that only the owner of the data folder can read.

It has three accounts: ours, that of MQTT devices (who hear and say nothing in ours), and the
broker's own, by which a device is put off the line. MQTT devices are let in by our gateways
(``admission.py``); their listener is the only one that may be reached from outside.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from anlan.kernel.secret import kept
from anlan.monitoring.stream.doors import City, Doors, NoBroker
from anlan.monitoring.stream.names import CORE, DEVICES
from anlan.monitoring.stream.tokens import Issuer, fresh_seed

PROGRAM = "nats-server"
START_SECONDS = 30
MOST_PAYLOAD = 8 * 1024 * 1024  # a batch of 400,000 readings
# Of one connection: a node cannot fill the broker with subjects; our own hear one for each device.
MOST_SUBSCRIPTIONS = 50_000
# Bytes that wait for one connection before the broker ends it: a flood until its node is put off
# the line, or the questions of the other nodes behind it were lost and asked again 20 s later.
MOST_PENDING = 256 * 1024 * 1024
CORE_USER, DEVICES_USER, SYSTEM_USER = "anlan", "inlet", "system"
ROOM = 64 * 1024  # what comes from a node fits into the city's broker with more headers
# More than all streams together are promised (connection.py, inlet.py), whatever the disk has: by
# itself the broker promises three quarters of what is free when it starts, and on a small disk
# would make no stream, or after a restart on a fuller one not open those that are there.
STORE = "1TB"
SYNC = "100ms"  # costs nothing that could be measured (docs/benchmarks.md)


@dataclass(frozen=True)
class Urls:
    """Where the three accounts are."""

    core: str
    devices: str
    system: str


class Broker:
    """The files and the address of one embedded broker; that of a county's node knows its
    ``city``."""

    def __init__(self, var: Path, doors: Doors | None = None, city: City | None = None) -> None:
        self.doors = doors or Doors()
        self.city = city
        self.folder = var / "nats"
        self.log = self.folder / "log"

    @property
    def urls(self) -> Urls:
        """Where clients connect, with the token."""
        where = f"{self._token}@127.0.0.1:{self.port}"
        return Urls(*(f"nats://{user}:{where}" for user in (CORE_USER, DEVICES_USER, SYSTEM_USER)))

    @property
    def url(self) -> str:
        """Of our own account."""
        return self.urls.core

    @property
    def issuer(self) -> str:
        """The seed of the key by which MQTT devices are let in."""
        return kept(self.folder, "issuer", fresh_seed)

    @property
    def port(self) -> int:
        """The same at every start, so that clients find it again."""
        return int(kept(self.folder, "port", _free_port))

    @property
    def _token(self) -> str:
        return kept(self.folder, "token")

    def command(self) -> list[str]:
        """What to run; writes the configuration first."""
        config = self.folder / "nats.conf"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        config.write_text(self.configuration(), encoding="utf-8")
        config.chmod(0o600)
        return [program(), "--config", str(config), "--log", str(self.log)]

    def configuration(self) -> str:
        """Of the broker; a pattern for a cluster of one's own."""
        users = {CORE: CORE_USER, DEVICES: DEVICES_USER, "SYS": SYSTEM_USER}
        accounts = "\n".join(
            f"  {account}: {{ {'' if account == 'SYS' else 'jetstream: enabled, '}"
            f'users: [{{ user: {user}, password: "{self._token}" }}] }}'
            for account, user in users.items()
        )
        name = f"edge-{self.city.name}" if self.city else "anlan"
        domain = f'\n  domain: "{name}"' if self.city else ""  # apart from the city's streams
        # a node must not use a number twice, whatever happens to its machine
        sync = "always" if self.city else sync_interval()
        folder = self.folder / "jetstream"
        store = f"""
  store_dir: "{folder}"
  sync_interval: "{sync}"
  max_file_store: {STORE}{domain}
"""
        return f"""server_name: {name}
listen: "127.0.0.1:{self.port}"
max_payload: {MOST_PAYLOAD + (0 if self.city else ROOM)}
max_subscriptions: {MOST_SUBSCRIPTIONS}
max_pending: {MOST_PENDING}
jetstream: {{{store}}}
accounts: {{
{accounts}
}}
system_account: SYS
authorization: {{
  auth_callout: {{
    issuer: {Issuer(self.issuer).public}
    account: {CORE}
    auth_users: [{", ".join(users.values())}]
  }}
}}
{self._outside()}"""

    def _outside(self) -> str:
        mqtt, leaves = self.doors.mqtt, self.doors.leaves
        return (
            (mqtt.block("mqtt") if mqtt else "")
            + (leaves.block("leafnodes") if leaves else "")
            + (self.city.block() if self.city else "")
        )

    def answers(self) -> bool:
        """Whether somebody listens at the port."""
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def sync_interval() -> str:
    """How long the system may keep what is written before it must be on the disk, that is, what a
    power cut may take: ``ANLAN_STREAM_SYNC``, a time such as ``100ms``, or ``always`` for none of
    it. NoBroker for anything else."""
    said = os.environ.get("ANLAN_STREAM_SYNC") or SYNC
    if not re.fullmatch(r"always|[1-9][0-9]*(ms|s)", said):
        raise NoBroker(f"ANLAN_STREAM_SYNC 应为 always，或一段时间，如 100ms、1s；现在是“{said}”。")
    return said


def url(var: Path) -> str:
    """Where the broker is: ``NATS_URL``, or the embedded one."""
    return os.environ.get("NATS_URL") or Broker(var).url


def urls(var: Path) -> Urls | None:
    """Of all accounts; None where a broker of one's own has no URLs for devices and system."""
    if not (core := os.environ.get("NATS_URL")):
        return Broker(var).urls
    devices, system = (os.environ.get(f"NATS_{each}_URL") for each in ("DEVICES", "SYSTEM"))
    return Urls(core, devices, system) if devices and system else None


@contextmanager
def running(var: Path, doors: Doors | None = None, city: City | None = None) -> Iterator[Broker]:
    """An embedded broker inside the ``with`` block (tests, benchmarks); NoBroker if it does not
    start."""
    broker = Broker(var, doors, city)
    process = subprocess.Popen(broker.command(), stdin=subprocess.DEVNULL)  # noqa: S603
    try:
        await_answer(broker, process)
        yield broker
    finally:
        process.terminate()
        process.wait()


def await_answer(broker: Broker, process: subprocess.Popen[bytes]) -> None:
    """Return once the broker answers; NoBroker with the end of its log if it will not."""
    end = time.monotonic() + START_SECONDS
    while not broker.answers():
        if process.poll() is not None or time.monotonic() > end:
            log = broker.log.read_text(encoding="utf-8") if broker.log.exists() else ""
            raise NoBroker(f"消息服务没有启动，日志末尾：{log[-500:]}")
        time.sleep(0.05)


def program() -> str:
    """nats-server beside our Python, or on the path; NoBroker where there is none."""
    beside = Path(sys.executable).parent / PROGRAM
    found = str(beside) if beside.exists() else shutil.which(PROGRAM)
    if not found:
        raise NoBroker("没有找到 nats-server。请运行 make setup，或用 NATS_URL 指定已有的服务。")
    return found


def _free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])
