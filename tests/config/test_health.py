"""``/healthz`` and those who ask it."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone

from anlan.config import health, probe
from anlan.kernel.watchman import beats, watching

pytestmark = pytest.mark.django_db
Usage = namedtuple("Usage", "total used free")


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
    body = b'{"state": "down", "parts": {"web": "up", "worker": "down"}}'
    state = probe.ask(answering(503, body))
    assert state == probe.State(False, {"网页服务": True, "后台任务": False})


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'"up"', b"{}", b'{"parts": {}}'])
def test_the_probe_knows_a_stranger(body: bytes, answering: Callable[[int, bytes], int]) -> None:
    assert probe.ask(answering(200, body)) is None


def test_the_probe_hears_nothing() -> None:
    assert probe.ask(1) is None
