"""Platform and terminal of JT/T 808 speak: the way to be let in, loss, repetition, parts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from anlan.monitoring.protocols.exchange import Remembered, Turn
from anlan.monitoring.protocols.jt808 import parse, session, write
from anlan.monitoring.protocols.jt808.flags import Alarm, Status
from anlan.monitoring.protocols.jt808.messages import (
    Authentication,
    Batch,
    Fragment,
    Heartbeat,
    Location,
    PlatformAnswer,
    Registration,
    RegistrationAnswer,
    TerminalAnswer,
    Unknown,
)
from anlan.monitoring.protocols.jt808.packet import Packet
from anlan.monitoring.protocols.jt808.session import Platform, Received, Told
from anlan.monitoring.protocols.jt808.tables import Registered, Result
from anlan.monitoring.protocols.jt808.terminal import Delivered, Reached, Stage, Terminal
from anlan.monitoring.protocols.values import BEIJING

TIME = datetime(2026, 11, 26, 8, 0, tzinfo=BEIJING)
NOW = TIME.timestamp()
PHONE = "013812345678"
VEHICLE = Registration(14, 1109, "MAKER", "MODEL", "T1", 2, "晋J12345")


def place(number: int = 0) -> Location:
    return Location(Alarm(0), Status.LOCATED, 37_500_000, 111_100_000, number, 0, 0, TIME)


def only(messages: tuple[Any, ...]) -> Any:
    assert len(messages) == 1
    return messages[0]


def packet(body: Any, serial: int = 9, phone: str = PHONE) -> Packet:
    return Packet(phone, serial, body)


def let_in(**options: Any) -> Platform:
    platform = Platform(**options)
    received = only(platform.feed(write(packet(Authentication("abc"), 0)), NOW).messages)
    platform.authenticated(received, True)
    return platform


@pytest.mark.parametrize("version", [None, 1])
def test_registration_code_authentication_location(version: int | None) -> None:
    platform, terminal = Platform(), Terminal("13812345678", VEHICLE, version=version)
    assert terminal.report(place(), NOW) == b"", "it waits until it is let in"
    asked = only(platform.feed(terminal.start(NOW), NOW).messages)
    assert asked.packet.body == VEHICLE
    turn = terminal.feed(platform.registered(asked, Registered.SUCCESS, "abc"), NOW)
    assert turn.messages == (Reached(Stage.AUTHENTICATING),)
    asked = only(platform.feed(turn.send, NOW).messages)
    assert asked.packet.body.code == "abc"
    assert platform.phone is None
    turn = terminal.feed(platform.authenticated(asked, True), NOW)
    assert turn.messages == (Reached(Stage.READY),)
    assert platform.phone == asked.packet.phone
    turn = platform.feed(turn.send, NOW)
    assert turn.send == b"", "nothing is stored yet"
    received = only(turn.messages)
    assert received.packet.body == place()
    answer = platform.answer(received, Result.SUCCESS, NOW)
    assert parse(answer).version == version
    assert parse(answer).body == PlatformAnswer(received.packet.serial, 0x0200, 0)
    assert terminal.feed(answer, NOW).messages == (Delivered(received.packet.serial),)
    assert terminal.tick(NOW + 100).send == b""


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (place(), "终端尚未鉴权"),
        (Batch(1, (place(),)), "终端尚未鉴权"),
        (Heartbeat(), "终端尚未鉴权"),
        (Unknown(0x0104, b""), "终端尚未鉴权"),
        (Fragment(0x0704, 2, 1, b""), "终端尚未鉴权"),
        (Fragment(0x0102, 2, 1, b""), "终端尚未鉴权"),
        (RegistrationAnswer(0, 0, "abc"), "只应由平台发出"),
    ],
)
def test_before_authentication_nothing_is_taken_and_it_is_said(body: Any, reason: str) -> None:
    sent = packet(body)
    turn = Platform().feed(write(sent), NOW)
    assert turn.messages == ()
    assert parse(turn.send).body == PlatformAnswer(9, sent.id, Result.FAILURE)
    dead = only(turn.dead)
    assert reason in dead.fault
    assert dead.data == write(sent)


def test_another_terminal_on_the_connection_is_not_taken() -> None:
    turn = let_in().feed(write(packet(place(), phone="013800000000")), NOW)
    assert turn.messages == ()
    assert "不符" in (only(turn.dead).fault or "")
    assert parse(turn.send).body == PlatformAnswer(9, 0x0200, Result.FAILURE)


@pytest.mark.parametrize("result", [r for r in Registered if r != Registered.SUCCESS])
def test_a_registration_can_be_refused(result: Registered) -> None:
    platform, terminal = Platform(), Terminal(PHONE, VEHICLE)
    asked = only(platform.feed(terminal.start(NOW), NOW).messages)
    with pytest.raises(ValueError, match="success"):
        platform.registered(asked, result, "abc")
    with pytest.raises(ValueError, match="success"):
        platform.registered(asked, Registered.SUCCESS)
    turn = terminal.feed(platform.registered(asked, result), NOW)
    assert turn.messages == (Reached(Stage.REFUSED, result),)
    with pytest.raises(KeyError):
        platform.registered(asked, result)


def test_a_wrong_code_is_refused_and_the_terminal_registers_anew() -> None:
    platform, terminal = Platform(), Terminal(PHONE, VEHICLE, code="old")
    asked = only(platform.feed(terminal.start(NOW), NOW).messages)
    turn = terminal.feed(platform.authenticated(asked, False), NOW)
    assert turn.messages == (Reached(Stage.REFUSED, Result.FAILURE),)
    assert platform.phone is None
    assert platform.feed(write(packet(place())), NOW).messages == ()
    again = only(Platform().feed(terminal.start(NOW), NOW).messages)
    assert again.packet.body == VEHICLE


def test_a_login_that_is_not_answered_is_sent_again_and_asked_again() -> None:
    platform, terminal = Platform(), Terminal(PHONE, VEHICLE)
    first = only(platform.feed(terminal.start(NOW), NOW).messages)
    again = terminal.tick(NOW + 10).send
    assert platform.feed(again, NOW + 10) == Turn(), "the caller still thinks about the first"
    platform.registered(first, Registered.SUCCESS, "abc")
    repeated = only(platform.feed(terminal.tick(NOW + 20).send, NOW + 20).messages)
    assert repeated.packet == first.packet


def test_a_repetition_is_answered_again_and_stored_once() -> None:
    remembered = Remembered()
    platform, sent = let_in(remembered=remembered), write(packet(place()))
    received = only(platform.feed(sent, NOW).messages)
    assert platform.feed(sent, NOW + 5) == Turn()
    assert platform.feed(sent[1:], NOW + 5) == Turn(), "a delimiter is no part of the message"
    lost = parse(platform.answer(received, Result.SUCCESS, NOW + 6)).body
    with pytest.raises(KeyError):
        platform.answer(received, Result.SUCCESS, NOW + 6)
    for connection in (platform, let_in(remembered=remembered)):
        turn = connection.feed(sent, NOW + 20)
        assert turn.messages == ()
        assert parse(turn.send).body == lost


@pytest.mark.parametrize("result", [Result.FAILURE, Result.BAD_MESSAGE, Result.UNSUPPORTED])
def test_what_was_not_stored_comes_again(result: Result) -> None:
    platform, sent = let_in(), write(packet(place()))
    received = only(platform.feed(sent, NOW).messages)
    assert parse(platform.answer(received, result, NOW)).body == PlatformAnswer(9, 0x0200, result)
    assert only(platform.feed(sent, NOW).messages) == received


def test_what_is_answered_at_once_and_what_never() -> None:
    platform = let_in()
    turn = platform.feed(write(packet(Heartbeat())), NOW)
    assert (turn.messages, parse(turn.send).body) == ((), PlatformAnswer(9, 0x0002, 0))
    told = packet(TerminalAnswer(1, 0x8103, 0))
    assert platform.feed(write(told), NOW) == Turn((Told(told),))
    early = Platform().feed(write(told), NOW)
    assert (early.messages, early.send, len(early.dead)) == ((), b"", 1)


BAD_BODY = bytearray(write(packet(Unknown(0x0900, bytes(4)))))
BAD_BODY[1:3] = b"\x02\x00"
BAD_BODY[-2] ^= 0x09 ^ 0x02


@pytest.mark.parametrize(
    ("data", "result", "reason"),
    [
        (bytes(BAD_BODY), Result.BAD_MESSAGE, "还差 24 字节"),
        (write(Packet(PHONE, 9, Unknown(0x0200, b"x"), None, 1)), Result.UNSUPPORTED, "加密"),
    ],
)
def test_what_cannot_be_read_is_answered_so(data: bytes, result: Result, reason: str) -> None:
    turn = let_in().feed(data, NOW)
    assert turn.messages == ()
    assert parse(turn.send).body == PlatformAnswer(9, 0x0200, result)
    assert reason in (only(turn.dead).fault or "")


def test_an_unknown_message_is_the_callers() -> None:
    platform = let_in()
    received = only(platform.feed(write(packet(Unknown(0x0900, b"abc"))), NOW).messages)
    assert received.packet.body == Unknown(0x0900, b"abc")
    answer = platform.answer(received, Result.UNSUPPORTED, NOW)
    assert parse(answer).body == PlatformAnswer(9, 0x0900, 3)


def test_more_than_can_wait_is_refused_until_the_caller_has_caught_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(session, "MOST_OPEN", 1)
    platform = let_in()
    received = only(platform.feed(write(packet(place(1), 1)), NOW).messages)
    refused = platform.feed(write(packet(place(2), 2)), NOW)
    assert parse(refused.send).body == PlatformAnswer(2, 0x0200, Result.FAILURE)
    platform.answer(received, Result.SUCCESS, NOW)
    assert platform.feed(write(packet(place(2), 2)), NOW).messages


def test_each_part_is_answered_once_the_whole_is_stored() -> None:
    platform, terminal = let_in(), Terminal(PHONE, VEHICLE, code="abc")
    login = only(Platform().feed(terminal.start(NOW), NOW).messages)
    terminal.feed(Platform.authenticated(let_in_for(login), login, True), NOW)
    batch = Batch(1, tuple(place(number) for number in range(100)))
    turn = platform.feed(terminal.report(batch, NOW), NOW)
    received = only(turn.messages)
    assert turn.send == b""
    assert (received.packet.body, len(received.serials)) == (batch, 3)
    told = terminal.feed(platform.answer(received, Result.SUCCESS, NOW), NOW).messages
    assert told == tuple(Delivered(serial) for serial in received.serials)
    assert terminal.tick(NOW + 60).send == b""


def let_in_for(login: Received) -> Platform:
    platform = Platform()
    assert platform.feed(write(login.packet), NOW).messages == (login,)
    return platform


def test_parts_that_make_no_message_are_answered_so() -> None:
    platform = let_in()
    parts = [packet(Fragment(0x0200, 2, index, b"abc"), index) for index in (1, 2)]
    turn = platform.feed(b"".join(map(write, parts)), NOW)
    assert turn.messages == ()
    assert [piece.fault for piece in turn.dead] == ["消息体不完整：还差 22 字节"] * 2
    answers = [parse(data + b"\x7e").body for data in turn.send.split(b"\x7e") if data]
    assert answers == [PlatformAnswer(serial, 0x0200, Result.BAD_MESSAGE) for serial in (1, 2)]
