"""``/healthz`` and those who ask it."""

from __future__ import annotations

import time
from collections import namedtuple
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone

from anlan.config import health, probe
from anlan.kernel.watchman import beats, watching
from anlan.monitoring.models import EngineState
from anlan.monitoring.stream.broker import Broker, running

pytestmark = pytest.mark.django_db
Usage = namedtuple("Usage", "total used free")
PARTS = 4


@pytest.fixture(autouse=True)
def _monitoring_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The broker is another test's matter; the engines have just written their state."""
    monkeypatch.setattr(health, "_broker", health.Lately(lambda: True, 0.0))
    for part in range(PARTS):
        EngineState.objects.create(partition=part, state=b"x")


@pytest.fixture
def worker_alive() -> None:
    beat("0 seconds")
    beats.beat(watching.NAME)


def beat(ago: str) -> None:
    """Leave the sign of life of a worker."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s::interval)",
            [ago],
        )


def ask(client: Client) -> tuple[int, str, set[str]]:
    """Status, state, and the parts that are down."""
    answer = client.get("/healthz")
    body = answer.json()
    down = {name for name, state in body["parts"].items() if state != "up"}
    return answer.status_code, body["state"], down


def test_all_up(client: Client, worker_alive: None) -> None:
    assert ask(client) == (200, "up", set())


def test_no_worker(client: Client) -> None:
    beats.beat(watching.NAME)
    assert ask(client) == (503, "down", {"worker"})


def test_a_silent_worker_is_no_worker(client: Client) -> None:
    beat("31 seconds")
    beats.beat(watching.NAME)
    assert ask(client) == (503, "down", {"worker"})


@pytest.mark.parametrize(("minutes", "down"), [(4, set()), (6, {"watchman"})])
def test_a_watchman_that_sleeps(
    client: Client, worker_alive: None, minutes: int, down: set[str]
) -> None:
    beats.beat(watching.NAME, now=timezone.now() - timedelta(minutes=minutes))
    assert ask(client)[2] == down


def test_a_watchman_that_never_came(client: Client) -> None:
    beat("0 seconds")
    assert ask(client) == (503, "down", {"watchman"})


def test_a_migration_is_missing(client: Client, worker_alive: None) -> None:
    MigrationRecorder(connection).record_unapplied("orgs", "0001_areas_and_organisations")
    assert ask(client) == (503, "down", {"migrations"})


def test_little_disk_left(
    client: Client, worker_alive: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = health.LEAST_FREE_BYTES - 1
    monkeypatch.setattr(health.shutil, "disk_usage", lambda path: Usage(1, 1, free))
    assert ask(client) == (503, "down", {"disk"})


def test_a_lost_database_is_said_without_its_reason(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost() -> None:
        raise OperationalError("password of postgres@10.0.0.1 is wrong")

    monkeypatch.setattr(health.connection, "cursor", lost)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["parts"]["database"] == "down"
    assert "10.0.0.1" not in answer.content.decode()


def test_answers_are_never_kept(client: Client) -> None:
    assert client.get("/healthz")["Cache-Control"] == "no-store"


def test_a_part_of_the_stream_on_which_nobody_works(client: Client, worker_alive: None) -> None:
    then = timezone.now() - health.MONITOR_SILENCE
    EngineState.objects.filter(partition=2).update(updated_at=then)
    assert ask(client) == (503, "down", {"monitor-2"})


def test_a_part_that_was_taken_and_never_worked_on(client: Client, worker_alive: None) -> None:
    EngineState.objects.filter(partition=1).update(state=None)
    EngineState.objects.filter(partition=3).delete()
    assert ask(client) == (503, "down", {"monitor-1", "monitor-3"})


def test_as_many_parts_as_there_are(
    client: Client, worker_alive: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANLAN_PARTITIONS", "6")
    assert ask(client) == (503, "down", {"monitor-4", "monitor-5"})


def test_a_full_disk_of_the_history_alone(
    client: Client, worker_alive: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    (settings.VAR / "history").mkdir(exist_ok=True)
    monkeypatch.setattr(
        health.shutil, "disk_usage",
        lambda path: Usage(1, 1, 0 if path.name == "history" else 2**40),
    )  # fmt: skip
    assert ask(client) == (503, "down", {"disk"})


def test_a_database_that_is_away_is_asked_once(
    client: Client, worker_alive: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def lost() -> None:
        asked.append(1)
        raise OperationalError("away")

    monkeypatch.setattr(health.connection, "cursor", lost)
    parts = {"database", "worker", "watchman", "migrations"}
    assert ask(client)[2] == parts | {f"monitor-{part}" for part in range(PARTS)}
    assert len(asked) == 1


def test_the_broker_answers_and_then_does_not(
    client: Client, worker_alive: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A real one. Away, it delays the answer by little, and only now and then."""
    made = Broker(tmp_path)
    monkeypatch.setattr(health, "Broker", lambda var: made)
    monkeypatch.setattr(health, "_broker", health.Lately(health._stores, 0.5))
    with running(tmp_path):
        assert _until(client, set()) == (200, "up", set())
    assert _until(client, {"broker"}) == (503, "down", {"broker"})
    begun = time.monotonic()
    for _ in range(20):
        assert ask(client)[2] == {"broker"}
    assert time.monotonic() - begun < 20 * health.ANSWER_SECONDS / 2


def _until(client: Client, down: set[str]) -> tuple[int, str, set[str]]:
    end = time.monotonic() + 20
    while (found := ask(client))[2] != down and time.monotonic() < end:
        time.sleep(0.2)
    return found


def test_who_asks_while_another_waits_gets_the_last_answer() -> None:
    answers, waits = iter([True, False]), Event()

    def question() -> bool:
        answer = next(answers)
        if not answer:
            waits.wait(10)
        return answer

    lately = health.Lately(question, 0.0)
    assert lately.up()
    with ThreadPoolExecutor(1) as other:
        waiting = other.submit(lately.up)
        while not lately._lock.locked():
            time.sleep(0.01)
        assert lately.up()  # at once, and not yet the new answer
        waits.set()
        assert waiting.result() is False


@pytest.fixture
def answering() -> Iterator[Callable[[int, bytes], int]]:
    """A server on this machine that gives one answer; returns its port."""
    servers: list[HTTPServer] = []

    def start(status: int, body: bytes) -> int:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments: object) -> None:
                """Say nothing."""

        server = HTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        Thread(target=server.serve_forever, daemon=True).start()
        return int(server.server_address[1])

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_the_probe_reads_the_body_of_a_503(answering: Callable[[int, bytes], int]) -> None:
    body = b'{"state": "down", "parts": {"web": "up", "worker": "down", "monitor-0": "up"}}'
    state = probe.ask(answering(503, body))
    words = {"网页服务": True, "后台任务": False, "监测（第 0 分区）": True}
    assert state == probe.State(False, words)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'"up"', b"{}", b'{"parts": {}}'])
def test_the_probe_knows_a_stranger(body: bytes, answering: Callable[[int, bytes], int]) -> None:
    assert probe.ask(answering(200, body)) is None


def test_the_probe_hears_nothing() -> None:
    assert probe.ask(1) is None
