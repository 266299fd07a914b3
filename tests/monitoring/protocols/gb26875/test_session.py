"""The centre and a device of GB/T 26875.3 speak: loss, repetition, disorder, and the clock.

6.5 of the standard (STANDARDS.md 4.2): ten seconds, three repetitions, refusal of what is bad.
"""

from __future__ import annotations

from datetime import datetime
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.monitoring.protocols.exchange import Remembered
from anlan.monitoring.protocols.gb26875 import flags, parse, session, write
from anlan.monitoring.protocols.gb26875 import objects as o
from anlan.monitoring.protocols.gb26875.device import Device, Ordered
from anlan.monitoring.protocols.gb26875.frame import Frame
from anlan.monitoring.protocols.gb26875.layouts import AppData, UnknownData
from anlan.monitoring.protocols.gb26875.session import Centre, Outcome, Result, Unasked, Upload
from anlan.monitoring.protocols.gb26875.tables import Command, Kind
from anlan.monitoring.protocols.values import BEIJING

NOW = datetime(2026, 11, 26, 3, 0, tzinfo=BEIJING).timestamp()
DEVICE, CENTRE = 0x112233445566, 0x99


def fire(number: int = 1) -> AppData:
    state = o.PartState(1, 1, 42, number, flags.PartFlag.FIRE, "三层走廊", None)
    return AppData(Kind.PART_STATE, (state,))


def refuse_all(data: AppData) -> None:
    return None


def pair(answers: Any = refuse_all) -> tuple[Centre, Device]:
    return Centre(CENTRE), Device(DEVICE, CENTRE, answers)


def only(messages: tuple[Any, ...]) -> Any:
    assert len(messages) == 1
    return messages[0]


def test_confirmed_only_when_stored() -> None:
    centre, device = pair()
    turn = centre.feed(device.upload(fire(), NOW), NOW)
    upload = only(turn.messages)
    assert isinstance(upload, Upload)
    assert (upload.frame.data, upload.frame.source) == (fire(), DEVICE)
    assert (turn.send, turn.dead) == (b"", ()), "nothing is stored yet"
    confirmation = centre.confirm(upload, NOW)
    said = parse(confirmation)
    assert (said.command, said.serial, said.source, said.target) == (3, 0, CENTRE, DEVICE)
    assert said.time == datetime.fromtimestamp(NOW, BEIJING)
    outcome = only(device.feed(confirmation, NOW).messages)
    assert outcome == Outcome(upload.frame, Result.CONFIRMED, said)
    assert device.tick(NOW + 60).send == b""
    with pytest.raises(KeyError):
        centre.confirm(upload, NOW)


def test_a_repetition_while_storing_is_silent_and_afterwards_confirmed_again() -> None:
    centre, device = pair()
    upload = only(centre.feed(device.upload(fire(), NOW), NOW).messages)
    again = device.tick(NOW + 10).send
    assert again == write(upload.frame)
    assert centre.feed(again, NOW + 10) == session.Turn()
    lost = centre.confirm(upload, NOW + 11)
    turn = centre.feed(device.tick(NOW + 20).send, NOW + 20)
    assert turn.messages == ()
    assert parse(turn.send).command == Command.CONFIRM
    assert parse(turn.send).serial == parse(lost).serial


def test_denied_comes_again_as_new() -> None:
    centre, device = pair()
    upload = only(centre.feed(device.upload(fire(), NOW), NOW).messages)
    denial = centre.deny(upload, NOW)
    assert parse(denial).command == Command.DENY
    assert device.feed(denial, NOW).messages == ()
    assert only(centre.feed(device.tick(NOW + 10).send, NOW + 10).messages) == upload


@pytest.mark.parametrize(("later", "new"), [(299.0, False), (301.0, True)])
def test_a_device_without_a_clock_is_heard_at_its_next_fire(later: float, new: bool) -> None:
    """It starts counting from 0, its clock names no time, and the same part burns again."""
    remembered = Remembered(seconds=300)
    frame = write(Frame(0, Command.UPLOAD, DEVICE, CENTRE, None, data=fire()))
    first = Centre(CENTRE, remembered=remembered)
    first.confirm(only(first.feed(frame, NOW).messages), NOW)
    second = Centre(CENTRE, remembered=remembered)
    turn = second.feed(frame, NOW + later)
    assert bool(turn.messages) is new
    assert bool(turn.send) is not new


def test_what_was_not_stored_when_the_line_broke_is_delivered_again() -> None:
    remembered = Remembered()
    frame = write(Frame(0, Command.UPLOAD, DEVICE, CENTRE, None, data=fire()))
    assert Centre(CENTRE, remembered=remembered).feed(frame, NOW).messages
    assert Centre(CENTRE, remembered=remembered).feed(frame, NOW + 5).messages


def test_uploads_that_differ_in_anything_are_different() -> None:
    centre = Centre(CENTRE)
    base = Frame(0, Command.UPLOAD, DEVICE, CENTRE, None, data=fire())
    others = [
        Frame(1, Command.UPLOAD, DEVICE, CENTRE, None, data=fire()),
        Frame(0, Command.UPLOAD, DEVICE + 1, CENTRE, None, data=fire()),
        Frame(0, Command.UPLOAD, DEVICE, CENTRE, datetime(2026, 1, 1, tzinfo=BEIJING), data=fire()),
        Frame(0, Command.UPLOAD, DEVICE, CENTRE, None, data=fire(2)),
    ]
    found = centre.feed(b"".join(map(write, [base, *others, base])), NOW).messages
    assert [message.frame for message in found] == [base, *others]


BAD_SUM = write(Frame(5, Command.UPLOAD, DEVICE, CENTRE, None, data=fire()))
BAD_SUM = BAD_SUM[:-3] + bytes([BAD_SUM[-3] ^ 1]) + b"##"
NO_OBJECTS = bytearray(write(Frame(5, Command.UPLOAD, DEVICE, CENTRE, data=UnknownData(b"\x80\0"))))
NO_OBJECTS[27] = Kind.DEVICE_STATE
NO_OBJECTS[-3] = sum(NO_OBJECTS[2:-3]) & 0xFF


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (BAD_SUM, "校验和不符"),
        (bytes(NO_OBJECTS), "信息对象数目为 0"),
        (write(Frame(5, 9, DEVICE, CENTRE)), "命令字节不能识别：预留（9）"),
        (write(Frame(5, 200, DEVICE, CENTRE)), "命令字节不能识别：用户自定义（200）"),
        (write(Frame(5, Command.REQUEST, DEVICE, CENTRE, data=fire())), "不应"),
    ],
)
def test_what_is_refused_and_why(data: bytes, reason: str) -> None:
    turn = Centre(CENTRE).feed(data, NOW)
    assert turn.messages == ()
    assert reason in (only(turn.dead).fault or "")
    assert only(turn.dead).data == data
    denial = parse(turn.send)
    assert (denial.command, denial.serial, denial.target) == (Command.DENY, 5, DEVICE)


@pytest.mark.parametrize("command", [Command.CONFIRM, Command.DENY])
def test_what_answers_nothing_is_not_answered(command: Command) -> None:
    good = write(Frame(5, command, DEVICE, CENTRE))
    assert Centre(CENTRE).feed(good, NOW) == session.Turn()
    bad = good[:-3] + bytes([good[-3] ^ 1]) + b"##"
    assert Centre(CENTRE).feed(bad, NOW).send == b"", "a damaged refusal must not be refused"


def test_more_than_can_wait_is_refused_until_the_caller_has_caught_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(session, "MOST_OPEN", 2)
    centre, device = pair()
    sent = [device.upload(fire(number), NOW) for number in range(3)]
    turn = centre.feed(b"".join(sent), NOW)
    assert [message.frame.serial for message in turn.messages] == [0, 1]
    assert (parse(turn.send).command, parse(turn.send).serial) == (Command.DENY, 2)
    centre.confirm(turn.messages[0], NOW)
    assert only(centre.feed(sent[2], NOW).messages).frame.serial == 2


STATE = AppData(Kind.DEVICE_STATE, (o.DeviceState(flags.DeviceFlag.NORMAL, None),))
POLL = AppData(Kind.READ_DEVICE_STATE, (o.DeviceQuery(),))
DUTY = AppData(Kind.CHECK_DUTY, (o.DutyCheck(10),))


@pytest.mark.parametrize(
    ("request_data", "answer", "command", "result"),
    [
        (POLL, STATE, Command.REQUEST, Result.ANSWERED),
        (POLL, None, Command.REQUEST, Result.DENIED),
        (DUTY, None, Command.CONTROL, Result.CONFIRMED),
    ],
)
def test_polls_and_orders(
    request_data: AppData, answer: AppData | None, command: Command, result: Result
) -> None:
    centre, device = pair(lambda data: answer)
    sent = centre.request(request_data, target=DEVICE, now=NOW)
    assert parse(sent).command == command
    outcome = only(centre.feed(device.feed(sent, NOW).send, NOW + 1).messages)
    assert (outcome.request, outcome.result) == (parse(sent), result)
    if answer:
        assert outcome.answer.data == answer
    assert centre.tick(NOW + 100) == session.Turn()


def test_three_repetitions_of_ten_seconds_and_then_silence() -> None:
    centre = Centre(CENTRE)
    sent = centre.request(POLL, target=DEVICE, now=NOW)
    again = {second: centre.tick(NOW + second) for second in range(60)}
    assert [second for second, turn in again.items() if turn.send] == [10, 20, 30]
    assert {turn.send for turn in again.values()} == {b"", sent}
    silent = {second: turn.messages for second, turn in again.items() if turn.messages}
    assert silent == {40: (Outcome(parse(sent), Result.SILENT),)}


def test_an_answer_to_another_question_does_not_end_the_request() -> None:
    centre, device = pair(lambda data: fire())
    sent = centre.request(POLL, target=DEVICE, now=NOW)
    turn = centre.feed(device.feed(sent, NOW).send, NOW)
    assert turn.messages == ()
    assert "与请求不符" in (only(turn.dead).fault or "")
    assert centre.tick(NOW + 10).send == sent


@pytest.mark.parametrize(("serial", "source"), [(1, DEVICE), (0, DEVICE + 1)])
def test_an_answer_that_nobody_asked_for_is_still_handed_over(serial: int, source: int) -> None:
    centre = Centre(CENTRE)
    centre.request(POLL, target=DEVICE, now=NOW)
    stray = Frame(serial, Command.ANSWER, source, CENTRE, data=STATE)
    assert centre.feed(write(stray), NOW).messages == (Unasked(stray),)
    assert centre.tick(NOW + 10).send


def test_the_clock_is_set_and_labels_what_follows() -> None:
    centre, device = pair()
    device.offset = -86400 * 365.0
    assert parse(device.upload(fire(), NOW)).time == datetime.fromtimestamp(
        NOW - 86400 * 365, BEIJING
    )
    time = datetime.fromtimestamp(NOW, BEIJING)
    order = AppData(Kind.SET_CLOCK, (o.DeviceTime(time),))
    turn = device.feed(centre.request(order, target=DEVICE, now=NOW), NOW)
    assert only(turn.messages) == Ordered(parse(centre.tick(NOW + 10).send))
    assert device.offset == 0
    assert parse(turn.send).time == time


def test_serial_numbers_in_use_are_left_out_and_begin_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(session, "write", lambda frame: frame.serial.to_bytes(2, "little"))
    exchanges = session.Exchanges(timeout=10, retries=None)
    for _ in range(65536):
        exchanges.begin(Command.CONTROL, CENTRE, DEVICE, DUTY, NOW)
    with pytest.raises(RuntimeError, match="serial"):
        exchanges.begin(Command.CONTROL, CENTRE, DEVICE, DUTY, NOW)
    held = exchanges.waiting_for(Frame(77, Command.CONFIRM, DEVICE, CENTRE))
    assert held is not None
    exchanges.end(held)
    assert exchanges.begin(Command.CONTROL, CENTRE, DEVICE, DUTY, NOW) == b"\x4d\0"


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 1 << 32), alarms=st.integers(1, 12))
def test_over_a_bad_line_every_alarm_is_stored_once(seed: int, alarms: int) -> None:
    """Lost, doubled, disordered and damaged: stored exactly once, and never confirmed before."""
    chance = Random(seed)
    centre, device = pair()
    stored: list[int] = []
    waiting: list[Upload] = []
    confirmed: set[int] = set()
    wire = [device.upload(fire(number), NOW) for number in range(alarms)]
    for second in range(0, 3000):
        now = NOW + second / 3
        arriving = [
            spoilt(data, chance) for data in wire for _ in range(chance.choice((0, 1, 1, 2)))
        ]
        chance.shuffle(arriving)
        turn = centre.feed(b"".join(arriving), now)
        waiting += turn.messages
        back = turn.send
        if waiting and chance.random() < 0.5:
            upload = waiting.pop(chance.randrange(len(waiting)))
            stored.append(upload.frame.data.objects[0].part_address)
            back += centre.confirm(upload, now)
        told = device.feed(spoilt(back, chance) if chance.random() < 0.6 else b"", now)
        for outcome in told.messages:
            confirmed.add(outcome.request.data.objects[0].part_address)
        assert confirmed <= set(stored)
        wire = [device.tick(now).send]
        if len(confirmed) == alarms and second > 200:
            break
    assert sorted(stored) == list(range(alarms))
    assert confirmed == set(range(alarms))


def spoilt(data: bytes, chance: Random) -> bytes:
    if not data or chance.random() < 0.8:
        return data
    place = chance.randrange(len(data))
    return data[:place] + bytes([chance.randrange(256)]) + data[place + chance.randrange(2) :]
