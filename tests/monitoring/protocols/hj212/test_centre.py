"""A connection with HJ 212: bytes in, messages and answers out, the dead with their reason."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from anlan.monitoring.protocols.hj212 import (
    Centre,
    Remark,
    Session,
    TimeWish,
    Upload,
    ask_time,
    parse,
    write,
)
from anlan.monitoring.protocols.hj212.centre import MOST_DEVICES
from anlan.monitoring.protocols.hj212.frame import close_frame
from anlan.monitoring.protocols.hj212.packets import PATIENCE

from ..streams import cut_at, places
from .messages import FRAME, HOUR, MN
from .test_session import NOW, answer, packets
from .test_stream import stuff


@pytest.fixture
def centre() -> Centre:
    return Centre(Session)


def test_data_comes_out_and_is_answered_once_it_is_stored(centre: Centre) -> None:
    turn = centre.feed(b"?" + FRAME[:50], NOW)
    assert [piece.data for piece in turn.dead] == [b"?"]
    turn = centre.feed(FRAME[50:], NOW)
    assert (turn.messages, turn.send, turn.dead) == ((Upload(HOUR),), b"", ())
    assert parse(centre.confirm(Upload(HOUR))) == answer("9014", HOUR.qn)
    again = centre.feed(FRAME, NOW + 10)
    assert parse(again.send) == answer("9014", HOUR.qn)
    assert [type(message) for message in again.messages] == [Remark]


def test_what_was_denied_comes_again(centre: Centre) -> None:
    centre.feed(FRAME, NOW)
    assert centre.deny(Upload(HOUR)) == b""
    assert centre.feed(FRAME, NOW).messages == (Upload(HOUR),)


def test_a_session_outlives_its_connection() -> None:
    kept = Session(MN)
    Centre(lambda _: kept).feed(FRAME, NOW)
    kept.stored(HOUR.qn)
    assert Centre(lambda _: kept).feed(FRAME, NOW).send


def test_a_frame_without_line_end_is_taken_after_some_seconds(centre: Centre) -> None:
    assert centre.feed(FRAME[:-2], NOW).messages == ()
    assert centre.tick(NOW + 2.9).messages == ()
    assert centre.tick(NOW + 3).messages == (Upload(HOUR),)
    assert centre.tick(NOW + 6).messages == ()
    other = replace(HOUR, qn="20261126090000000")
    centre.feed(write(other)[:-1], NOW + 10)
    assert centre.tick(NOW + 13).messages == (Upload(other),)


def test_a_slow_line_loses_nothing(centre: Centre) -> None:
    """Half a frame is waited for as long as the connection lasts."""
    centre.feed(FRAME[:50], NOW)
    assert centre.tick(NOW + 60).dead == ()
    assert centre.feed(FRAME[50:], NOW + 61).messages == (Upload(HOUR),)
    centre.feed(FRAME[:10], NOW + 62)
    assert [piece.offset for piece in centre.end(NOW + 63).dead] == [len(FRAME)]


def test_two_uploads_under_one_qn_are_answered_when_both_are_stored(centre: Centre) -> None:
    other = replace(HOUR, cn="2051", flag=4)
    centre.feed(FRAME + write(other), NOW)
    assert centre.confirm(Upload(HOUR)) == b""
    assert centre.feed(FRAME, NOW).send == b"", "its sibling is not stored yet"
    assert parse(centre.confirm(Upload(other))).cn == "9014"
    minute = replace(other, qn="20261126080100000")
    hour = replace(HOUR, qn=minute.qn)
    centre.feed(write(hour) + write(minute), NOW)
    centre.deny(Upload(minute))
    assert parse(centre.confirm(Upload(hour))).cn == "9014"
    assert centre.feed(write(minute), NOW).messages == (Upload(minute),)


def test_several_devices_on_one_connection(centre: Centre) -> None:
    other = replace(HOUR, mn="B")
    assert centre.feed(FRAME + write(other), NOW).messages == (Upload(HOUR), Upload(other))
    assert parse(centre.confirm(Upload(other))).mn == "B"


def test_who_is_not_known_is_dead() -> None:
    (dead,) = Centre(lambda _: None).feed(FRAME, NOW).dead
    assert (dead.data, dead.fault) == (FRAME, f"MN 没有登记，或这个连接上的设备太多：{MN}")


def test_devices_of_a_connection_are_bounded(centre: Centre) -> None:
    for number in range(MOST_DEVICES):
        assert centre.feed(write(replace(HOUR, mn=str(number))), NOW).messages
    assert centre.feed(FRAME, NOW).dead


def test_requests_and_their_ends(centre: Centre) -> None:
    with pytest.raises(KeyError):
        centre.request(MN, ask_time(), st="31", now=NOW)
    centre.feed(FRAME, NOW)
    sent = centre.request(MN, ask_time(), st="31", now=NOW)
    assert centre.tick(NOW + 10).send == sent
    qn = parse(sent).qn
    (result,) = centre.feed(write(answer("9012", qn, ("ExeRtn", "1"))), NOW + 11).messages
    assert getattr(result, "succeeded", None) is True


def test_a_wish_for_the_time(centre: Centre) -> None:
    wish = replace(answer("1013", HOUR.qn), flag=5)
    turn = centre.feed(write(wish), NOW)
    assert turn.messages == (TimeWish(wish),)
    assert parse(turn.send).cn == "9013"


def test_what_is_refused_or_lost_is_said(centre: Centre) -> None:
    refused = write(replace(HOUR, cn="9021"))
    dead = centre.feed(refused + close_frame(b"CN=2011;MN=A"), NOW).dead
    assert [piece.fault for piece in dead] == [
        "命令 9021 不在约定之内，或没有这样的请求，未处理",
        "数据段缺少“CP=&&…&&”",
    ]
    centre.feed(write(packets(2)[0]), NOW)
    turn = centre.feed(write(packets(2, qn="20261126090000000")[0]), NOW + PATIENCE + 1)
    assert [type(message) for message in turn.messages] == [Remark]


@given(stuff, places)
def test_any_bytes_in_any_pieces_bring_the_same_data(data: bytes, ends: list[int]) -> None:
    found = []
    for chunks in ([data], cut_at(data, ends)):
        centre = Centre(Session)
        turns = [centre.feed(chunk, NOW) for chunk in chunks] + [centre.end(NOW)]
        found.append([m for turn in turns for m in turn.messages])
        for message in found[-1]:
            if isinstance(message, Upload):
                centre.confirm(message)
    assert found[0] == found[1]
