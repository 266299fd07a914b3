"""Sending: at least once, not before it is due, with bounded attempts, whole lines or none."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from anlan.kernel.access.models import User
from anlan.kernel.notify import delivery, senders
from anlan.kernel.notify.models import Delivery, DeliveryState
from tests.kernel.notify.conftest import Recorder
from tests.kernel.notify.test_telling import tell

People = tuple[User, User]
Forward = Callable[[timedelta], None]
LATER = timedelta(minutes=2, seconds=1)


def message(number: int = 1) -> senders.Message:
    return senders.Message(number, "张", "", "x", "标题", "正文", "/x/", 1, "2025-01-01T08:00:00")


def states() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))


def test_a_bundle_leaves_once_and_says_how_many(
    people: People, recorder: Recorder, forward: Forward
) -> None:
    tell(people[0])
    tell(people[0])
    assert delivery.send_due() == 0
    forward(LATER)
    assert delivery.send_due() == 1
    assert delivery.send_due() == 0
    assert [(m.to, m.title, m.count) for m in recorder.sent] == [
        (people[0].name, "任务将到期（共 2 条）", 2)
    ]
    assert states() == [DeliveryState.SENT]


def test_an_urgent_one_leaves_at_once(people: People, recorder: Recorder) -> None:
    tell(people[0], urgent=True)
    assert delivery.send_due() == 1
    assert len(recorder.sent) == 1


def test_a_failed_attempt_waits_and_others_go_ahead(
    people: People, recorder: Recorder, forward: Forward
) -> None:
    tell(*people, urgent=True)
    recorder.broken = 1
    assert delivery.send_due() == 2
    assert sorted(states()) == [DeliveryState.QUEUED, DeliveryState.SENT]
    failed = Delivery.objects.get(state=DeliveryState.QUEUED)
    assert (failed.attempts, failed.error) == (1, "ConnectionError: gateway away")
    assert delivery.send_due() == 0
    forward(timedelta(seconds=31))
    assert delivery.send_due() == 1
    assert states() == [DeliveryState.SENT] * 2
    assert len({m.id for m in recorder.sent}) == 2


def test_it_is_given_up_after_the_last_attempt(
    people: People, recorder: Recorder, forward: Forward
) -> None:
    tell(people[0], urgent=True)
    recorder.broken = 100
    attempts = 0
    for _ in range(delivery.MOST_ATTEMPTS + 3):
        attempts += delivery.send_due()
        forward(delivery.LONGEST_WAIT + timedelta(seconds=1))
    assert attempts == delivery.MOST_ATTEMPTS
    assert states() == [DeliveryState.FAILED]


def test_sent_but_not_noted_is_sent_again_under_the_same_id(
    people: People, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(people[0], urgent=True)

    def killed(*_: object, **__: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(Delivery, "save", killed)
        with pytest.raises(SystemExit):
            delivery.send_due()
    assert states() == [DeliveryState.QUEUED]
    delivery.send_due()
    assert len(recorder.sent) == 2
    assert len({m.id for m in recorder.sent}) == 1


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(1, 30), (2, 60), (3, 120), (7, 1920), (8, 3600), (20, 3600)]
)
def test_the_waits_double_up_to_an_hour(attempts: int, seconds: int) -> None:
    assert delivery.wait_after(attempts) == timedelta(seconds=seconds)


def test_the_file_holds_a_line_per_message(tmp_path: Path) -> None:
    sender = senders.FileSender(tmp_path / "outbox" / "messages.jsonl")
    sender.send(message(1))
    sender.send(message(2))
    lines = sender.path.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == [1, 2]
    assert json.loads(lines[0])["title"] == "标题"
    assert sender.path.stat().st_mode & 0o077 == 0  # names and numbers of people


def test_a_full_disk_leaves_no_half_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sender = senders.FileSender(tmp_path / "messages.jsonl")
    sender.send(message(1))
    before = sender.path.read_bytes()
    real = os.write
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda fd, data: real(fd, data[: len(data) // 2]))
        with pytest.raises(OSError, match="only part"):
            sender.send(message(2))
    assert sender.path.read_bytes() == before
    sender.send(message(3))
    assert len(sender.path.read_text(encoding="utf-8").splitlines()) == 2
