"""Our gateway for MQTT in a process of its own, with ``COUNT`` devices of one point each.

``python -m tests.bench.monitoring.mqtt_gateway FOLDER COUNT RATE``: device ``n`` speaks for point
``n - 1``, its key is ``secret``, it may send ``RATE`` readings a second.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

from anlan.kernel import collector
from anlan.monitoring.gateways.contracts import Known
from anlan.monitoring.gateways.gateway import Gateway
from anlan.monitoring.gateways.mqtt import Mqtt
from anlan.monitoring.stream.admission import Admission
from anlan.monitoring.stream.broker import Broker
from anlan.monitoring.stream.connection import connected, linked
from anlan.monitoring.stream.inlet import Inlet
from anlan.monitoring.stream.names import partition_of, partitions
from anlan.monitoring.stream.publishing import Publisher
from anlan.monitoring.stream.tokens import Issuer
from tests.bench.monitoring.mqtt_devices import names

SECRET = "secret"


class Devices:
    """A directory in memory; all sites lie in the first part of the stream."""

    def __init__(self, count: int, rate: int) -> None:
        self._known = {
            name: Known(
                int(name), int(name) * partitions(), {"0": int(name) - 1}, rate,
                lambda shown: shown == SECRET,
            )
            for name in names(count)
        }  # fmt: skip

    def device(self, protocol: str, address: str) -> Known | None:
        return self._known.get(address)


async def main(folder: Path, count: int, rate: int) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    broker = Broker(folder)
    urls = broker.urls
    async with (
        connected(urls.core) as core, linked(urls.devices) as devices, linked(urls.system) as system
    ):  # fmt: skip
        gateway = Gateway(Publisher(core.stream), Devices(count, rate))
        admission = Admission(
            gateway, Issuer(broker.issuer), core=core.client, devices=devices, system=system
        )
        inlet = Inlet(devices, Mqtt(gateway, partition_of), admission)
        await inlet.open()
        await admission.open()
        collector.settle()
        (folder / "gateway.ready").touch()
        await inlet.run(stop)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
