"""Messages of simulated devices that nobody registered, or not wholly, so that the demonstration's
list of dead letters is not empty.

What they say is heard by the gateways' own conversations, by the register as it stands, and what
these make no readings of is buried as a gateway does it. The line alone is missing: a demonstration
opens no ports. The broker starts only after the demonstration is loaded; so a job does it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np

from anlan.monitoring.demo.fire import UNHEARD
from anlan.monitoring.devices.letters import on_broker
from anlan.monitoring.devices.register import Register
from anlan.monitoring.gateways.contracts import Directory, NotStored
from anlan.monitoring.gateways.conversation import Conversation, Heard
from anlan.monitoring.gateways.gateway import Gateway
from anlan.monitoring.gateways.gb26875 import Gb26875
from anlan.monitoring.gateways.hj212 import Hj212
from anlan.monitoring.gateways.jt808 import Jt808
from anlan.monitoring.simulate import city
from anlan.monitoring.simulate.counting import Tally
from anlan.monitoring.simulate.senders import gb26875, hj212, jt808
from anlan.monitoring.simulate.senders.line import Speaker
from anlan.monitoring.simulate.world import World
from anlan.monitoring.stream.connection import Connection
from anlan.monitoring.stream.letters import newest
from anlan.monitoring.stream.publishing import Publisher

SEED = 1
MINUTES_AGO = (125, 65, 5)  # when each of them spoke
SOURCE = "演示设备"  # in place of host and port
SPOILT_AT = 80  # the byte that a bad line changed in one message of the data logger
# a data logger that a clerk may register (its PW is the secret), one detector more than a known
# device has points for, a lorry
STRANGERS = city.of(
    {
        "devices": [
            {
                "protocol": "hj212", "address": "DEMO00000000000000000001", "secret": "123456",
                "every": 10, "points": [
                    {"channel": "a34001-Rtd", "quantity": "other", "unit": "mg/m³",
                     "low": 0, "high": 10, "resolution": 0.001},
                    {"channel": "a01001-Rtd", "quantity": "temperature", "unit": "℃",
                     "low": -40, "high": 60, "resolution": 0.1},
                ],
            },
            {
                "protocol": "gb26875", "address": UNHEARD, "every": 10, "points": [
                    {"channel": "1/1/40/3:state", "quantity": "fire_part",
                     "low": 0, "high": 65535, "resolution": 1, "held": 1},
                ],
            },
            {
                "protocol": "jt808", "address": "13900000001", "secret": "DEMO001", "every": 10,
                "points": [
                    {"channel": "speed", "quantity": "speed", "unit": "km/h",
                     "low": 0, "high": 120, "resolution": 0.1},
                ],
            },
        ]
    }
)  # fmt: skip
_SPEAKERS: dict[str, Callable[[city.Device, Tally], Speaker]] = {
    "hj212": hj212.Hj212,
    "gb26875": gb26875.Gb26875,
    "jt808": jt808.Jt808,
}


def bury() -> int:
    """Let them speak, unless letters lie on the broker already; how many letters were made.
    NotStored where the broker does not answer."""
    register = Register()
    register.refresh()
    heard = list(_heard(register, time.time()))

    async def work(connection: Connection) -> int:
        kept, _ = await newest(connection.stream, 1)
        if kept:
            return 0
        gateway = Gateway(Publisher(connection.stream), register)
        for each in heard:
            await gateway.perform(_Line(), each)
        if gateway.counters.unburied:
            raise NotStored("有演示报文没有存下来，请稍后再试。")
        return gateway.counters.dead

    return on_broker(work)


class _Line:
    """To devices that are not there: what they are answered goes nowhere."""

    host = SOURCE

    async def send(self, data: bytes) -> None:
        """Nobody hears it."""


def _heard(directory: Directory, now: float) -> Iterator[Heard]:
    """What the gateways make of all that they say, the oldest first; last of a spoilt message."""
    world = World(STRANGERS, [], seed=SEED, start=now)
    for minutes in MINUTES_AGO:
        at = now - 60 * minutes
        for device in STRANGERS.devices:
            yield _conversation(device.protocol, directory).feed(_bytes(world, device, at), at)
    logger = STRANGERS.devices[0]
    whole = _bytes(world, logger, now)
    spoilt = whole[:SPOILT_AT] + b"?" + whole[SPOILT_AT + 1 :]
    yield _conversation(logger.protocol, directory).feed(spoilt, now)


def _bytes(world: World, device: city.Device, at: float) -> bytes:
    """What a device says that has just connected."""
    speaker = _SPEAKERS[device.protocol](device, Tally())
    said = world.said(device, np.array([round(at * 1000)], np.int64))
    return speaker.opened(at) + speaker.say(said, at)


def _conversation(protocol: str, directory: Directory) -> Conversation:
    if protocol == "jt808":
        return Jt808(directory, SOURCE, b"")  # nobody is let in, so no code is made from it
    return Hj212(directory, SOURCE) if protocol == "hj212" else Gb26875(directory, SOURCE)
