"""Platform and terminal of JT/T 808 over a line that loses, doubles, disorders and damages."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.monitoring.protocols.exchange import Remembered
from anlan.monitoring.protocols.jt808.messages import Authentication, Batch, Registration
from anlan.monitoring.protocols.jt808.session import Platform, Received
from anlan.monitoring.protocols.jt808.tables import Registered, Result
from anlan.monitoring.protocols.jt808.terminal import Delivered, Stage, Terminal

from .test_session import NOW, PHONE, VEHICLE, place


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1 << 32), reports=st.integers(1, 10))
def test_over_a_bad_line_every_report_is_stored_once(seed: int, reports: int) -> None:
    """Lost, doubled, disordered, damaged, in parts, over several connections."""
    chance = Random(seed)
    remembered = Remembered(seconds=1e9)
    terminal = Terminal(PHONE, VEHICLE)
    bodies = [
        Batch(0, tuple(place(number) for _ in range(chance.choice((1, 70)))))
        for number in range(reports)
    ]
    stored: list[int] = []
    delivered = 0
    platform, wire, waiting = Platform(remembered=remembered), [terminal.start(NOW)], []
    for body in bodies:
        terminal.report(body, NOW)
    for second in range(6000):
        now = NOW + second
        if second % 600 == 599 and terminal.stage != Stage.READY:
            platform, waiting = Platform(remembered=remembered), []
            wire = [terminal.start(now)]
        arriving = [lossy(data, chance) for data in wire for _ in range(chance.choice((0, 1, 2)))]
        chance.shuffle(arriving)
        turn = platform.feed(b"".join(arriving), now)
        waiting += [message for message in turn.messages if isinstance(message, Received)]
        back = turn.send
        if waiting:
            back += settle(platform, waiting.pop(), stored, now)
        told = terminal.feed(back if chance.random() < 0.7 else b"", now)
        delivered += sum(isinstance(message, Delivered) for message in told.messages)
        assert delivered <= sum(parts_of(bodies[number]) for number in stored)
        wire = frames(told.send) + frames(terminal.tick(now).send)
        platform.tick(now)
        if delivered == sum(map(parts_of, bodies)):
            break
    assert sorted(stored) == list(range(reports))
    assert delivered == sum(map(parts_of, bodies))


def parts_of(body: Batch) -> int:
    return 1 if len(body.locations) == 1 else 3


def settle(platform: Platform, received: Received, stored: list[int], now: float) -> bytes:
    match received.packet.body:
        case Registration():
            return platform.registered(received, Registered.SUCCESS, "abc")
        case Authentication(code=code):
            return platform.authenticated(received, code == "abc")
        case Batch(locations=locations):
            stored.append(locations[0].altitude)
            return platform.answer(received, Result.SUCCESS, now)
    raise AssertionError(received)


def frames(sent: bytes) -> list[bytes]:
    return [b"\x7e" + content + b"\x7e" for content in sent.split(b"\x7e") if content]


def lossy(data: bytes, chance: Random) -> bytes:
    if chance.random() < 0.8:
        return data
    place = chance.randrange(len(data))
    return data[:place] + bytes([chance.randrange(256)]) + data[place + 1 :]
