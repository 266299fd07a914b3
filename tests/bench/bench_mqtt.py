"""Single readings over MQTT, each a message with QoS 1; and a flood from one device.

``python -m tests.bench.bench_mqtt --devices 1000 --messages 400000`` (docs/benchmarks.md). Broker,
gateway, worker and writer are the product's, each a process; the devices are one more, on the same
cores. Everything lies in a folder that is gone at the end.
"""

from __future__ import annotations

import argparse
import os
import socket
import struct
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from anlan.monitoring.protocols.batch import MAGIC, pack, to_json
from anlan.monitoring.stream.doors import Doors, Listener
from tests.bench.monitoring import ours
from tests.bench.monitoring.load import ALARMING, SECOND, batch
from tests.bench.monitoring.mqtt_devices import Device, connected, names, press
from tests.bench.monitoring.mqtt_gateway import SECRET
from tests.bench.monitoring.processes import load, module, started
from tests.bench.monitoring.result import Delays

WINDOW = 32
PACED = 20_000  # messages a second
EVERYBODY = 1_000_000  # readings a second that a device may send, where rates are not in question
MODEST = 100
QUIET_DEVICES = 50  # whose alarms are timed beside a flood
FORMS = {"ANB1": pack, "JSON": to_json}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--devices", type=int, default=200)
    options.add_argument("--messages", type=int, default=40_000)
    chosen = options.parse_args()
    print(f"{os.cpu_count()} cores, load {load():.1f} before\n")
    print(f"{chosen.devices} devices, {chosen.messages} messages of one reading\n")
    print("| form | acknowledged a second | until evaluated and committed |\n|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="anlan-bench-") as folder:
        for form in FORMS:
            told, done = pressed(Path(folder) / form, chosen.devices, chosen.messages, form)
            print(f"| {form} | {told:,.0f} | {done:,.0f} |", flush=True)
        done, delays = at_a_pace(Path(folder) / "paced", chosen.devices, chosen.messages)
        print(
            f"\n{PACED:,} messages/s (ANB1): {done:,.0f}/s until evaluated and committed; "
            f"from publish to alarm {delays}",
            flush=True,
        )
        for flooding in (False, True):
            delays, flood = beside_a_flood(Path(folder) / f"flood{flooding}", flooding)
            said = f"beside a flood ({flood:,} messages acknowledged)" if flooding else "alone"
            print(f"{QUIET_DEVICES} devices {said}: {delays}", flush=True)
    print(f"\nLoad {load():.1f} after.")


@contextmanager
def system(folder: Path, devices: int, rate: int) -> Iterator[tuple[ours.System, int]]:
    """Broker, worker, writer and gateway, and the port for MQTT."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with ours.system(folder, devices, Doors(Listener(f"127.0.0.1:{port}"))) as whole:
        command = module("tests.bench.monitoring.mqtt_gateway", folder, devices, rate)
        with started(command, folder / "gateway.log"):
            while not (folder / "gateway.ready").exists():
                time.sleep(0.05)
            yield whole, port


def pressed(folder: Path, count: int, messages: int, form: str) -> tuple[float, float]:
    """As fast as they are acknowledged: acknowledged, and evaluated and committed, a second."""
    ready = FORMS[form](batch(np.zeros(1), time.time_ns() // 1_000_000, np.full(1, 0.5)))
    with system(folder, count, EVERYBODY) as (whole, port):
        devices = [connected(port, name, SECRET) for name in names(count)]
        begun = time.monotonic()
        told = press(devices, lambda _: ready, messages, WINDOW)
        whole.await_done(count + messages)
        return messages / told, messages / (time.monotonic() - begun)


def at_a_pace(folder: Path, count: int, messages: int) -> tuple[float, Delays]:
    """While ``PACED`` messages come a second: how many are evaluated and committed a second, and
    the delay of alarms."""
    turn = 0

    def payload(_: Device) -> bytes:
        nonlocal turn
        turn += 1
        value = ALARMING if turn % 1009 == 0 else 0.5  # prime: another device each time
        return single(value)

    with system(folder, count, EVERYBODY) as (whole, port):
        devices = [connected(port, name, SECRET) for name in names(count)]
        begun = time.monotonic()
        press(devices, payload, messages, WINDOW, PACED)
        whole.await_done(count + messages)
        return messages / (time.monotonic() - begun), _delays(folder)


def beside_a_flood(folder: Path, flooding: bool) -> tuple[Delays, int]:
    """Alarms of quiet devices while another sends as fast as it can, and comes again when it is
    put off the line; how much of the flood was acknowledged."""
    stop, flood = threading.Event(), 0

    def pour(port: int, name: str) -> None:
        nonlocal flood
        loud = single(0.5)
        while not stop.is_set():
            try:
                device = connected(port, name, SECRET)
                while not stop.is_set():
                    flood += _poured(device, loud)
            except OSError:
                stop.wait(0.05)

    def payload(device: Device) -> bytes:
        return single(ALARMING if device.packet % 2 else 0.5)

    with system(folder, QUIET_DEVICES + 1, MODEST) as (_, port):
        *quiet, loud = names(QUIET_DEVICES + 1)
        devices = [connected(port, name, SECRET) for name in quiet]
        pouring = threading.Thread(target=pour, args=(port, loud))
        if flooding:
            pouring.start()
        press(devices, payload, QUIET_DEVICES * 40, WINDOW, QUIET_DEVICES * 2)
        stop.set()
        if flooding:
            pouring.join()
        time.sleep(1)
        return _delays(folder), flood


def single(value: float) -> bytes:
    """One reading of channel 0, now, as ANB1: what ``pack`` makes, in a tenth of its time."""
    return struct.pack("<4sIqIidB", MAGIC, 1, time.time_ns() // 1_000_000, 0, 0, value, 0)


def _poured(device: Device, payload: bytes) -> int:
    device.line.setblocking(True)
    device.publish(*[payload] * 500)
    return device.acknowledged()


def _delays(folder: Path) -> Delays:
    time.sleep(0.5)
    pairs = np.loadtxt(folder / "alarms", np.int64, ndmin=2)
    return Delays("ours", (pairs[:, 1] - pairs[:, 0]) / SECOND)


if __name__ == "__main__":
    main()
