"""The platform's side: "stored" is said when it is, repeats are known, requests seen through."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.monitoring.protocols.hj212 import (
    Message,
    Outcome,
    Requests,
    Session,
    ask_time,
    parse,
    set_time,
    set_timeouts,
    start_data,
    stop_data,
    write,
)
from anlan.monitoring.protocols.hj212.packets import MOST_MESSAGES, MOST_PACKETS, PATIENCE
from anlan.monitoring.protocols.hj212.requests import MOST_PENDING
from anlan.monitoring.protocols.hj212.session import REMEMBERED

from .messages import HOUR, MN, messages

NOW = 1_795_651_200.0  # 2026-11-26 08:00 in Beijing


@pytest.fixture
def session() -> Session:
    return Session(MN, pw="123456")


def answer(cn: str, qn: str | None, *pairs: tuple[str, str]) -> Message:
    groups = tuple((pair,) for pair in pairs)
    return Message(cn=cn, mn=MN, st="91", pw="123456", qn=qn, flag=4, groups=groups)


def test_data_is_answered_once_it_is_stored_and_not_before(session: Session) -> None:
    outcome = session.received(HOUR, NOW)
    assert outcome == Outcome(data=HOUR)
    (said,) = session.stored(HOUR.qn)
    assert said == answer("9014", HOUR.qn)
    assert parse(write(said)) == said
    assert session.stored(HOUR.qn) == ()


@pytest.mark.parametrize("flag", [4, None, 0])
def test_who_does_not_ask_for_an_answer_gets_none(session: Session, flag: int | None) -> None:
    message = replace(HOUR, flag=flag)
    assert session.received(message, NOW).data == message
    assert session.stored(HOUR.qn) == ()


def test_an_answer_is_in_the_edition_of_the_device(session: Session) -> None:
    session.received(replace(HOUR, flag=1), NOW)
    assert [said.flag for said in session.stored(HOUR.qn)] == [0]


@pytest.mark.parametrize("cn", ["2011", "2031", "2051", "2061"])
def test_sent_again_before_it_is_stored(session: Session, cn: str) -> None:
    message = replace(HOUR, cn=cn)
    session.received(message, NOW)
    again = session.received(message, NOW + 10)
    assert (again.data, again.answers) == (None, ())
    assert len(session.stored(HOUR.qn)) == 1


def test_sent_again_after_it_is_stored_is_answered_and_not_stored_twice(session: Session) -> None:
    session.received(HOUR, NOW)
    session.stored(HOUR.qn)
    again = session.received(HOUR, NOW + 10)
    assert (again.data, again.answers) == (None, (answer("9014", HOUR.qn),))
    assert session.received(replace(HOUR, flag=4), NOW + 20).answers == ()


def test_what_could_not_be_stored_is_delivered_again_when_it_is_sent_again(
    session: Session,
) -> None:
    session.received(HOUR, NOW)
    session.failed(HOUR.qn)
    assert session.stored(HOUR.qn) == ()
    assert session.received(HOUR, NOW + 10).data == HOUR
    assert len(session.stored(HOUR.qn)) == 1


def test_other_content_or_command_under_one_qn_is_no_repeat(session: Session) -> None:
    session.received(HOUR, NOW)
    for other in (replace(HOUR, cn="2051"), replace(HOUR, groups=HOUR.groups[:1])):
        assert session.received(other, NOW).data == other
    assert len(session.stored(HOUR.qn)) == 1, "one answer: it names nothing but the QN"


def test_messages_of_2005_without_qn_are_known_again_by_content(session: Session) -> None:
    old = replace(HOUR, qn=None, flag=None)
    assert session.received(old, NOW).data == old
    assert session.received(old, NOW + 10).data is None
    assert session.stored(None) == ()


def test_memory_is_bounded(session: Session) -> None:
    for number in range(REMEMBERED * 2):
        session.received(replace(HOUR, qn=f"{20261126080000000 + number}"), NOW)
    assert len(session._seen) == len(session._waiting) == REMEMBERED
    assert session.received(HOUR, NOW).data == HOUR
    for number in range(REMEMBERED + 5):
        old = replace(HOUR, qn=None, groups=((("a-Rtd", str(number)),),))
        session.received(old, NOW)
    assert len(session._waiting[None]) == REMEMBERED


def test_another_device_or_password_is_refused(session: Session) -> None:
    for wrong, words in ((replace(HOUR, mn="B"), "MN 是 B"), (replace(HOUR, pw="0"), "密码不对")):
        outcome = session.received(wrong, NOW)
        assert outcome.data is None
        assert words in (outcome.refused or "")
    assert session.stored(HOUR.qn) == ()


def packets(count: int, **changes: object) -> list[Message]:
    time = HOUR.groups[0]
    return [
        replace(
            HOUR, flag=7, pnum=count, pno=n, groups=(time, ((f"a{n}-Avg", str(n)),)), **changes
        )
        for n in range(1, count + 1)
    ]  # fmt: skip


def test_packets_in_any_order_become_one_message(session: Session) -> None:
    first, second, third = packets(3)
    for packet in (third, first, first):
        assert session.received(packet, NOW) == Outcome()
    whole = session.received(second, NOW).data
    assert whole is not None
    assert (whole.pnum, whole.pno, whole.flag) == (None, None, 5)
    assert [group[0][0] for group in whole.groups] == ["DataTime", "a1-Avg", "a2-Avg", "a3-Avg"]
    assert len(session.stored(HOUR.qn)) == 1
    again = session.received(second, NOW)
    assert (again.data, len(again.answers)) == (None, 1)


def test_packets_that_never_become_whole_are_given_up_and_said(session: Session) -> None:
    session.received(packets(3)[0], NOW)
    later = session.received(packets(2, qn="20261126090000000")[0], NOW + PATIENCE + 1)
    assert later.remarks == (f"QN={HOUR.qn} 的消息共 3 包，只收到 1 包，已放弃",)


def test_unfinished_messages_are_bounded(session: Session) -> None:
    lost = []
    for number in range(MOST_MESSAGES + 2):
        packet = packets(2, qn=f"{20261126080000000 + number}")[0]
        lost += session.received(packet, NOW).remarks
    assert len(lost) == 2
    refused = session.received(packets(MOST_PACKETS + 1)[0], NOW)
    assert "超过 64" in refused.remarks[0]


def test_two_contents_of_one_packet_are_said(session: Session) -> None:
    first = packets(2)[0]
    session.received(first, NOW)
    other = session.received(replace(first, groups=()), NOW)
    assert other.remarks == ("第 1 包来了两次，内容不同：用先来的",)


def test_a_request_that_is_done(session: Session) -> None:
    request = session.request(*set_time(NOW), st="31", now=NOW)
    assert request.qn == "20261126080000000"
    assert request.wants_answer
    assert request.groups == ((("SystemTime", "20261126080000"),),)
    assert session.received(answer("9011", request.qn, ("QnRtn", "1")), NOW + 1) == Outcome()
    (result,) = session.received(answer("9012", request.qn, ("ExeRtn", "1")), NOW + 2).finished
    assert (result.request, result.succeeded, result.words) == (request, True, "执行成功")
    assert session.tick(NOW + 1000) == Outcome()


def test_the_time_of_a_device_comes_under_the_requests_qn(session: Session) -> None:
    request = session.request(*ask_time("w01018"), st="32", now=NOW)
    assert request.value("PolId") == "w01018"
    session.received(answer("9011", request.qn, ("QnRtn", "1")), NOW)
    reply = answer("1011", request.qn, ("SystemTime", "20261126075930"))
    session.received(reply, NOW)
    session.received(reply, NOW)
    (result,) = session.received(answer("9012", request.qn, ("ExeRtn", "1")), NOW).finished
    assert result.replies == (reply,)


def test_data_that_was_asked_for_is_data_too(session: Session) -> None:
    request = session.request(*start_data(), st="31", now=NOW)
    data = replace(HOUR, cn="2011", qn=request.qn)
    assert session.received(data, NOW).data == data
    assert len(session.stored(request.qn)) == 1


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (("9011", "QnRtn", "2"), "请求被拒绝"),
        (("9011", "QnRtn", "77"), "设备拒绝，代码“77”"),
        (("9012", "ExeRtn", "5"), "系统繁忙"),
        (("9012", "ExeRtn", "77"), "执行结果代码“77”不认识"),
    ],
)
def test_a_request_that_fails(session: Session, reply: tuple[str, str, str], words: str) -> None:
    cn, key, code = reply
    request = session.request(*set_timeouts(5, 3), st="31", now=NOW)
    (result,) = session.received(answer(cn, request.qn, (key, code)), NOW).finished
    assert (result.succeeded, result.words) == (False, words)


def test_a_notice_is_over_with_its_confirmation(session: Session) -> None:
    request = session.request(*stop_data(), st="31", now=NOW)
    (result,) = session.received(answer("9013", request.qn), NOW).finished
    assert (result.request.cn, result.succeeded) == ("2012", True)


def test_silence_is_asked_again_three_times_then_given_up(session: Session) -> None:
    request = session.request(*ask_time(), st="31", now=NOW)
    assert session.tick(NOW + 9.9) == Outcome()
    for number in (1, 2, 3):
        assert session.tick(NOW + 10 * number).answers == (request,)
        assert session.tick(NOW + 10 * number) == Outcome()
    (result,) = session.tick(NOW + 40).finished
    assert (result.succeeded, result.words) == (False, "设备没有应答")


def test_a_device_that_executes_is_waited_for_and_not_asked_again(session: Session) -> None:
    request = session.request(*ask_time(), st="31", now=NOW)
    session.received(answer("9011", request.qn, ("QnRtn", "1")), NOW + 5)
    assert session.tick(NOW + 64) == Outcome()
    outcome = session.tick(NOW + 65)
    assert outcome.answers == ()
    assert [result.words for result in outcome.finished] == ["设备说准备执行，但没有等到结果"]


def test_two_requests_in_one_millisecond_have_two_numbers() -> None:
    session = Session(MN, requests=Requests(MN, "1", answer_in=1, result_in=1, resends=0))
    numbers = [session.request(*ask_time(), st="31", now=NOW).qn for _ in range(MOST_PENDING)]
    assert len(set(numbers)) == MOST_PENDING
    with pytest.raises(ValueError, match="没有回音"):
        session.request(*ask_time(), st="31", now=NOW)
    assert len(session.tick(NOW + 1).finished) == MOST_PENDING


def test_the_devices_wish_for_the_time_is_a_notice(session: Session) -> None:
    wish = answer("1013", HOUR.qn)
    assert session.received(wish, NOW) == Outcome(notice=wish)
    outcome = session.received(replace(wish, flag=5), NOW)
    assert outcome.answers == (answer("9013", HOUR.qn),)


@pytest.mark.parametrize("cn", ["9011", "9012", "9013", "9021", "3020"])
def test_what_nobody_asked_for_is_remarked(session: Session, cn: str) -> None:
    outcome = session.received(answer(cn, HOUR.qn), NOW)
    assert outcome.data is None
    assert f"命令 {cn}" in (outcome.refused or "")


@pytest.mark.parametrize(("overtime", "recount"), [(0, 1), (100, 1), (1, -1), (1, 100)])
def test_timeouts_have_two_digits(overtime: int, recount: int) -> None:
    with pytest.raises(ValueError, match="1–99"):
        set_timeouts(overtime, recount)


@settings(max_examples=40)
@given(st.lists(messages(), max_size=8))
def test_no_message_is_delivered_twice_or_answered_before(sent: list[Message]) -> None:
    session, delivered = Session(MN), []
    for message in sent:
        outcome = session.received(message, NOW)
        assert [said for said in outcome.answers if said.cn == "9014"] == []
        delivered += [outcome.data] if outcome.data else []
    contents = [(each.qn, each.cn, each.groups) for each in delivered]
    assert len(set(contents)) == len(contents)
