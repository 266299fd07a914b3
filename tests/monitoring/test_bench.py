"""The pieces of the benchmark of the monitoring, small: what it counts is what happened."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pyarrow as pa

from anlan.monitoring.engine import Engine, State
from anlan.monitoring.history.table import History
from tests.bench.monitoring import ours, remote_write
from tests.bench.monitoring.load import ALARMING, HIGHEST, STEP, Walks, batch, rules
from tests.bench.monitoring.result import Delays

POINTS = 200


def test_what_is_taken_in_lies_in_the_table_and_every_alarm_has_its_delay(tmp_path: Path) -> None:
    now = time.time_ns() // 1_000_000
    value = np.full(POINTS, 0.5)
    value[[3, 150]] = ALARMING
    with ours.system(tmp_path / "run", POINTS) as whole:
        ours.publish(whole.broker.url, [batch(np.arange(POINTS), now, value)])
        whole.await_done(2 * POINTS)
        found = History.at(tmp_path / "run" / "history").read(range(POINTS), now, now + 1)
        alarms = np.loadtxt(tmp_path / "run" / "alarms", np.int64, ndmin=2)
        cpu, memory = whole.watch.cpu(), whole.watch.memory()

    assert np.array_equal(found.column("value").to_numpy(), value)
    assert alarms[:, 0].tolist() == [now, now]
    assert (alarms[:, 1] >= now).all()
    assert set(cpu) == set(memory) == {"publisher", "broker", "worker", "writer"}
    assert min(cpu.values()) >= 0
    assert all(process.poll() is not None for process in whole.processes.values())
    assert ours.on_disk(tmp_path / "run" / "history", 2 * POINTS) > 0


def test_walks_are_quantised_and_calm() -> None:
    walks = Walks(1000)
    values = np.stack([walks.values() for _ in range(200)])
    steps = np.round(values * STEP)
    assert np.allclose(values * STEP, steps)
    assert 0 <= steps.min() < steps.max() <= HIGHEST
    assert np.abs(np.diff(steps, axis=0)).max() == 1
    plan = rules(1000)
    assert Engine(plan, State.fresh(plan, 0)).evaluate(batch(np.arange(1000), 0, values[0])) == []


def test_remote_write_says_what_it_should() -> None:
    """Against the bytes of one request that were written out by the specification's fields."""
    payload = remote_write.payload(np.array([7]), 1_700_000_000_123, np.array([0.25]))
    length = int.from_bytes(payload[:1], "little")  # snappy begins with the length, a varint
    message = pa.Codec("snappy").decompress(payload, length, asbytes=True)
    labels = b"".join(
        bytes([0x0A, len(name) + len(value) + 4, 0x0A, len(name)]) + name
        + bytes([0x12, len(value)]) + value
        for name, value in [(b"__name__", b"reading"), (b"moving", b"0"), (b"point", b"00000007")]
    )  # fmt: skip
    sample = bytes.fromhex("121009000000000000d03f10fbd095ffbc31")
    assert message == bytes([0x0A, len(labels + sample)]) + labels + sample
    many = remote_write.series(7, np.full(2, 1_700_000_000_123), np.array([0.25, 0.25]))
    assert many.endswith(labels + sample * 2)


def test_delays_are_told_in_milliseconds() -> None:
    told = str(Delays("ours", np.array([0.1, 0.2, 0.3])))
    assert told.startswith("p50 200 ms, p99 298 ms (3 alarms)")
    assert str(Delays("ours", np.array([]))) == "no alarm"
