"""What an HTTP endpoint does with the body of a device that has shown its key."""

from __future__ import annotations

import asyncio
import json
import time

import numpy as np
import pytest

from anlan.monitoring.gateways import http
from anlan.monitoring.gateways.http import Outcome, accept
from anlan.monitoring.gateways.limits import Rates
from anlan.monitoring.protocols.batch import Batch, pack
from tests.monitoring.gateways.given import MemorySink, known, refuses

NOW = 1_790_000_000.0
MS = int(NOW * 1000)
DEVICE = known(7, {"1": 101, "2": 102}, site=3, rate=10)


def rows(*channels: int, time: int = MS) -> Batch:
    count = len(channels)
    return Batch.of(channels, [time] * count, np.arange(count) + 0.5, [0] * count)


def said(body: bytes, kind: str = "application/octet-stream", **more) -> tuple[Outcome, MemorySink]:
    sink = more.pop("sink", None) or MemorySink()
    return asyncio.run(accept(body, kind, DEVICE, sink, NOW, **more)), sink


def test_channels_become_the_devices_own_points_of_its_site():
    outcome, sink = said(pack(rows(2, 1)))
    assert (outcome.status, outcome.body["stored"]) == (200, 2)
    assert sink.rows() == [(3, 102, 0.5, 0), (3, 101, 1.5, 0)]


def test_json_is_read_too():
    text = {"readings": [{"point": 1, "time": MS, "value": None, "quality": 3}]}
    outcome, sink = said(json.dumps(text).encode(), "application/json; charset=utf-8")
    assert outcome.status == 200
    assert sink.rows()[0][1] == 101
    assert sink.rows()[0][3] == 3


def test_channels_of_others_are_refused_by_number_and_the_rest_is_stored():
    outcome, sink = said(pack(rows(9, 1, 101, 9)))
    assert outcome.status == 200
    assert outcome.body == {
        "stored": 1,
        "refused": [{"channel": 9, "count": 2}, {"channel": 101, "count": 1}],
        "refused_channels": 2,
        "refused_readings": 3,
    }
    assert [row[1] for row in sink.rows()] == [101]


def test_nothing_of_its_own_is_an_error():
    outcome, sink = said(pack(rows(9)))
    assert (outcome.status, outcome.body["stored"], sink.stored) == (422, 0, [])


@pytest.mark.parametrize(
    ("body", "kind", "status", "word"),
    [
        (b"{", "application/json", 400, "JSON"),
        (b"", "application/json", 400, "JSON"),
        (b"ANB1", "application/vnd.anlan.anb1", 400, "字节"),
        (b"{}", "application/octet-stream", 400, "ANB1"),
        (pack(rows(1)), "text/plain", 415, "Content-Type"),
        (pack(rows(1)), "application/json", 400, "JSON"),
    ],
)
def test_bodies_that_say_nothing(body: bytes, kind: str, status: int, word: str):
    outcome, sink = said(body, kind)
    assert outcome.status == status
    assert word in outcome.body["error"]
    assert sink.stored == []


def test_too_long_a_body(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(http, "LONGEST_JSON", 10)
    outcome, _ = said(b" " * 11, "application/json")
    assert outcome.status == 413
    assert "11 字节，至多 10 字节" in outcome.body["error"]


def test_what_is_not_stored_is_not_acknowledged():
    outcome, sink = said(pack(rows(1)), sink=MemorySink(refuses))
    assert (outcome.status, outcome.headers["Retry-After"]) == (503, "5")
    assert sink.stored == []


def test_impossible_times_become_those_of_arrival():
    year = 366 * 24 * 3600_000
    for moment in (MS + 11 * 60_000, MS - year - 1):
        _, sink = said(pack(rows(1, time=moment)))
        assert sink.stored[0][1].time.tolist() == [MS]
        assert sink.rows()[0][3] == 6
    for moment in (MS + 10 * 60_000, MS - year):
        _, sink = said(pack(rows(1, time=moment)))
        assert sink.stored[0][1].time.tolist() == [moment]


def test_over_its_rate_a_device_is_told_when_to_come_again(monkeypatch: pytest.MonkeyPatch):
    clock = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    rates = Rates()
    first, sink = said(pack(rows(*[1] * 120)), rates=rates)  # 2 s of 10 are saved up
    again, _ = said(pack(rows(1)), rates=rates, sink=sink)
    assert (first.status, again.status, again.headers) == (200, 429, {"Retry-After": "10"})
    assert len(sink.stored) == 1
    clock[0] += 10
    last, _ = said(pack(rows(1)), rates=rates, sink=sink)
    assert last.status == 200
