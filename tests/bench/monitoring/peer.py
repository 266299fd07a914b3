"""The peer: VictoriaMetrics and vmalert, fed by remote write from four connections.

An alarm counts from the moment at which vmalert tells its notifier, which it does right after the
evaluation: no asking again and again, whose pauses would count against the peer.
"""

from __future__ import annotations

import http.client
import json
import shutil
import socket
import sys
import threading
import time
import urllib.parse
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue

import numpy as np

from tests.bench.monitoring import remote_write
from tests.bench.monitoring.load import ALARMING, SECOND, Walks, peers_rules
from tests.bench.monitoring.notifier import Heard, notifier
from tests.bench.monitoring.processes import Watch, size, started
from tests.bench.monitoring.result import Delays, Taken

PROGRAMS = ("victoria-metrics", "vmalert")
CONNECTIONS = 4
SERIES = 10_000  # of a payload: vmagent sends as many samples
SLICES, SPIKES = 10, 20  # as on our side
LASTS = 10  # seconds that an alarm's value stays: the peer must come to see it
LATEST = 20  # seconds after the last reading: what has not come by then never comes
PATIENCE = 120.0


def missing() -> list[str]:
    """Programs that are not installed."""
    return [each for each in PROGRAMS if shutil.which(each) is None]


@dataclass
class System:
    """What runs, and where it is asked."""

    port: int
    watch: Watch
    heard: Heard
    introduced: int = 0  # samples that were sent before the clock started

    def count(self) -> int:
        """Series that are found now."""
        answer = json.loads(self.get("/api/v1/query", query="count(reading)"))["data"]["result"]
        return int(answer[0]["value"][1]) if answer else 0

    def get(self, path: str, **query: str) -> str:
        """Ask the store."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", path + "?" + urllib.parse.urlencode(query))
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        if answer.status >= 300:
            raise SystemExit(f"{path}: {answer.status} {text[:300]}")
        return text

    def samples(self, seconds: int) -> int:
        """How many of the last so many seconds can be queried."""
        asked = f"sum(count_over_time(reading[{seconds}s]))"
        answer = json.loads(self.get("/api/v1/query", query=asked))["data"]["result"]
        return int(answer[0]["value"][1]) if answer else 0

    def await_samples(self, count: int, seconds: int) -> None:
        """Until all can be queried."""
        end = time.monotonic() + PATIENCE
        while (found := self.samples(seconds)) < count:
            if time.monotonic() > end:
                raise SystemExit(f"only {found} of {count} samples can be queried")
            time.sleep(0.2)

    def merged(self) -> None:
        """Put the parts together; returns when that is done."""
        self.get("/internal/force_flush")
        self.get("/internal/force_merge")
        time.sleep(1)
        while _active(self.get("/metrics")):
            time.sleep(0.2)


def _active(metrics: str) -> bool:
    lines = (each.rsplit(" ", 1) for each in metrics.splitlines() if "active" in each)
    return any("merges" in name and float(count) > 0 for name, count in lines)


@contextmanager
def system(folder: Path, *, alerts: bool = True) -> Iterator[System]:
    """Store and, unless ``alerts`` is false, vmalert with our rules and a notifier."""
    folder.mkdir()
    port = _free_port()
    heard = Heard()
    with ExitStack() as stack:
        store = stack.enter_context(started(
            ["victoria-metrics", f"-storageDataPath={folder / 'data'}",
             f"-httpListenAddr=127.0.0.1:{port}", "-retentionPeriod=100y",
             "-search.latencyOffset=0s"], folder / "store.log"))  # fmt: skip
        pids = {"store": store.pid}
        _await_port(port)
        if alerts:
            listens = stack.enter_context(notifier(heard))
            (folder / "rules.yml").write_text(peers_rules(), encoding="utf-8")
            judge = stack.enter_context(started(
                ["vmalert", f"-rule={folder / 'rules.yml'}", "-evaluationInterval=1s",
                 f"-datasource.url=http://127.0.0.1:{port}",
                 f"-notifier.url=http://127.0.0.1:{listens}",
                 f"-httpListenAddr=127.0.0.1:{_free_port()}"], folder / "judge.log"))  # fmt: skip
            pids["vmalert"] = judge.pid
        watch = stack.enter_context(Watch(**pids))
        yield System(port, watch, heard)


def post(port: int, payloads: Sequence[bytes]) -> None:
    """By several connections at once; returns when all are answered."""
    queue: SimpleQueue[bytes] = SimpleQueue()
    for each in payloads:
        queue.put(each)
    failed: list[Exception] = []

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            while not failed:
                _post(connection, queue.get_nowait())
        except Empty:
            return
        except Exception as error:  # told by the thread that waits
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def _post(connection: http.client.HTTPConnection, payload: bytes) -> None:
    connection.request("POST", "/api/v1/write", payload, {"Content-Encoding": "snappy"})
    answer = connection.getresponse()
    answer.read()
    if answer.status >= 300:
        raise SystemExit(f"the peer refused: {answer.status}")


def taken(folder: Path, points: int, rounds: int) -> Taken:
    """As fast as it goes: until ``force_flush`` has returned and all can be queried."""
    count = points * rounds
    with system(folder) as whole:
        _introduce(whole, points)
        ready = [
            payload
            for each in Walks(points).rounds(rounds, time.time_ns() // 1_000_000)
            for payload in _payloads(each.point.astype(np.int64), int(each.time[0]), each.value)
        ]
        whole.watch.restart()
        begun = time.monotonic()
        post(whole.port, ready)
        confirmed = time.monotonic() - begun
        whole.get("/internal/force_flush")
        seconds, cpu = time.monotonic() - begun, whole.watch.cpu()
        whole.await_samples(whole.introduced + count, 2 * rounds + 1000)
        result = Taken("peer", count, seconds, cpu, whole.watch.memory())
        result.remarks.append(f"all requests answered after {confirmed:.1f} s")
        whole.merged()
        count += whole.introduced
    result.bytes_per_reading = size(folder / "data" / "data") / count
    index = size(folder / "data") - size(folder / "data" / "data")
    result.remarks.append(f"and {index / count:.2f} bytes per reading of index and metadata")
    return result


def _introduce(whole: System, points: int) -> None:
    """The series are known, and found by queries, before the clock starts, as on our side; the
    store takes up to ten seconds to find new ones."""
    end = time.monotonic() + PATIENCE
    while whole.count() < points:
        if time.monotonic() > end:
            raise SystemExit("the peer does not find its series")
        now = time.time_ns() // 1_000_000
        post(whole.port, list(_payloads(np.arange(points), now, np.zeros(points))))
        whole.introduced += points
        whole.get("/internal/force_flush")
        time.sleep(1)


def _woken(whole: System) -> None:
    """Alarms come by now: one of point 0 has come."""
    end = time.monotonic() + PATIENCE
    while not whole.heard.at:
        if time.monotonic() > end:
            raise SystemExit("the peer raises no alarm")
        now = time.time_ns() // 1_000_000
        post(whole.port, list(_payloads(np.arange(1), now, np.full(1, ALARMING))))
        time.sleep(0.5)


def _payloads(point: np.ndarray, moment: int, value: np.ndarray) -> Iterator[bytes]:
    for at in range(0, len(point), SERIES):
        yield remote_write.payload(point[at : at + SERIES], moment, value[at : at + SERIES])


def stored(folder: Path, point: np.ndarray, time_: np.ndarray, value: np.ndarray) -> float:
    """Bytes per reading of readings of one's own, merged."""
    with system(folder, alerts=False) as whole:
        payloads = [remote_write.compressed(
            remote_write.series(int(each), time_[point == each], value[point == each])
        ) for each in np.unique(point)]  # fmt: skip
        post(whole.port, payloads)
        whole.merged()
    return size(folder / "data") / len(point)


def delays(folder: Path, points: int, seconds: int, rate: int) -> Delays:
    """From before the import to the notifier, while ``rate`` come a second."""
    each = rate // SLICES
    values = Walks(points).values()
    chance = np.random.default_rng(2)
    until, begun_at = np.zeros(points), np.zeros(points)  # when its alarm's value ends, began
    with system(folder) as whole:
        _introduce(whole, points)
        _woken(whole)
        until[0] = np.inf
        connection = http.client.HTTPConnection("127.0.0.1", whole.port, timeout=PATIENCE)
        begun, late = time.monotonic(), 0.0
        for number in range(seconds * SLICES):
            due = begun + number / SLICES
            late = max(late, time.monotonic() - due)
            time.sleep(max(0.0, due - time.monotonic()))
            point = np.arange(number * each, (number + 1) * each) % points
            now = time.time()
            fresh = point[(chance.random(each) < SPIKES / each) & (until[point] == 0)]
            until[fresh], begun_at[fresh] = now + LASTS, now
            lasts = (until[point] > now) & (point > 0)
            value = np.where(lasts, ALARMING, values[point])
            _post(connection, remote_write.payload(point, int(now * SECOND), value))
        connection.close()
        end = time.monotonic() + LATEST
        while len(whole.heard.at) - 1 < np.count_nonzero(begun_at) and time.monotonic() < end:
            time.sleep(0.1)
        heard = {point: at for point, at in dict(whole.heard.at).items() if point}
    if late > 1:
        print(f"peer: the sender was {late:.1f} s late", file=sys.stderr)
    if lost := np.count_nonzero(begun_at) - len(heard):
        print(f"peer: {lost} alarms never came", file=sys.stderr)
    return Delays("peer", np.array([at - begun_at[point] for point, at in heard.items()]))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_port(port: int) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit("the peer did not start")
