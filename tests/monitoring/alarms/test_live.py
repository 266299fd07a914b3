"""What points say now: on a site's page and panel, and in the coverage; with a real worker."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from django.test import Client

from anlan.kernel.visits import release
from anlan.monitoring.choices import Quantity
from anlan.monitoring.engine import Engine, State
from anlan.monitoring.models import Alarm, Point, RuleVersion
from anlan.monitoring.now import live
from anlan.monitoring.now.bridge import Bridge
from anlan.monitoring.protocols.batch import Batch, Quality
from anlan.monitoring.running.ledger import DjangoLedger
from anlan.monitoring.stream.asking import answer
from anlan.monitoring.stream.broker import Broker
from anlan.monitoring.stream.connection import Connection
from anlan.monitoring.stream.names import STREAM, partition_of, partitions
from anlan.monitoring.stream.publishing import Publisher
from anlan.registry.models import Site
from tests.kernel.access.conftest import _log_guards as _log_guards
from tests.kernel.access.conftest import browser
from tests.kernel.access.conftest import committed_db as committed_db
from tests.monitoring.alarms.conftest import answers
from tests.monitoring.alarms.test_whole_way import until, working
from tests.monitoring.stream.conftest import broker as broker


class Worker:
    """Answers from an engine of its own for each part, without a broker between."""

    def __init__(self, now: int) -> None:
        self.now = now
        ledger = DjangoLedger()
        plans = [ledger.plan(part)[0] for part in range(partitions())]
        self.engines = [Engine(plan, State.fresh(plan, now)) for plan in plans]
        self.answers = True

    def says(self, point: Point, value: float, quality: Quality = Quality.GOOD) -> None:
        engine = self.engines[partition_of(point.site_id)]
        engine.evaluate(Batch.of([point.pk], [self.now], np.array([value]), [quality]))

    def asked(self, questions: Any) -> Any:
        from anlan.monitoring.stream.asking import NOW as CLOCK
        from anlan.monitoring.stream.asking import ROW, Answer, Ask

        if not self.answers:
            return [None] * len(questions)
        found = []
        for part, points in questions:
            what = bytes([Ask.SILENT if points is None else Ask.THESE])
            data = answer(self.engines[part], what + np.array(points or (), "<u4").tobytes())
            now = int(np.frombuffer(data, CLOCK, 1)[0])
            found.append(Answer(now, np.frombuffer(data, ROW, offset=CLOCK.itemsize)))
        return found


@pytest.fixture
def worker(point: Point, now: int, monkeypatch: pytest.MonkeyPatch) -> Worker:
    made = Worker(now)
    monkeypatch.setattr(live, "_answers", made.asked)
    return made


def text(client: Client, address: str, status: int = 200, **headers: str) -> str:
    answered = client.get(address, headers=headers)
    assert answered.status_code == status, address
    return answered.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("value", "quality", "words"),
    [
        (0.42, Quality.GOOD, "正常"),
        (4.0, Quality.OUT_OF_RANGE, "数据存疑"),
        (np.nan, Quality.LINE_BROKEN, "传感器故障"),
    ],
)
def test_a_point_says_what_it_measures_and_in_which_state_it_is(
    value: float, quality: Quality, words: str, mine: Site, point: Point, worker: Worker,
    who: SimpleNamespace,
) -> None:  # fmt: skip
    worker.says(point, value, quality)
    shown = text(browser(who.bureau_staff.user), f"/monitoring/sites/{mine.pk}/")
    assert words in shown
    assert quality.words in shown
    assert ("0.42 %" in shown) == (value == 0.42)
    assert "没有应答" not in shown


@pytest.mark.django_db
def test_a_point_that_never_sent_anything_says_so(
    mine: Site, point: Point, worker: Worker, who: SimpleNamespace
) -> None:
    client = browser(who.bureau_staff.user)
    assert "从未收到数据" in text(client, f"/monitoring/sites/{mine.pk}/")
    assert "从未收到数据" in text(client, f"/registry/sites/{mine.pk}/")
    assert "其中 1 处有测点无数据" in text(client, "/monitoring/coverage/")
    assert "东山矿" in text(client, "/monitoring/coverage/?standing=silent")
    worker.says(point, 0.3)
    assert "其中 0 处有测点无数据" in text(client, "/monitoring/coverage/")
    assert "东山矿" not in text(client, "/monitoring/coverage/?standing=silent")


@pytest.mark.django_db
def test_an_alarm_that_goes_on_is_the_state(
    mine: Site, point: Point, worker: Worker, alarm: Alarm, who: SimpleNamespace
) -> None:
    worker.says(point, 1.2)
    other = Point.objects.create(site=mine, name="0 号", quantity=Quantity.CO)
    shown = text(browser(who.bureau_staff.user), f"/monitoring/sites/{mine.pk}/")
    assert f"/monitoring/alarms/{alarm.pk}/" in shown
    assert shown.index("1201 上隅角") < shown.index(other.name)  # the most pressing first
    assert "暂时不知道" in shown  # the worker does not know the new point yet


@pytest.mark.django_db
def test_where_no_worker_answers_the_page_says_so_and_asks_no_more_for_a_while(
    mine: Site, point: Point, worker: Worker, who: SimpleNamespace
) -> None:
    worker.says(point, 0.42)
    worker.answers = False
    client, address = browser(who.bureau_staff.user), f"/monitoring/sites/{mine.pk}/"
    shown = text(client, address)
    assert "没有应答" in shown
    assert "0.42" not in shown
    assert "没有应答" in text(client, "/monitoring/coverage/")
    worker.answers = True
    assert "没有应答" in text(client, address)
    live._away.clear()
    assert "0.42 %" in text(client, address)


@pytest.mark.django_db
def test_a_worker_that_is_behind_is_told(
    mine: Site, point: Point, worker: Worker, who: SimpleNamespace
) -> None:
    worker.says(point, 0.42)
    for engine in worker.engines:
        engine.state.now -= 60_000
    shown = text(browser(who.bureau_staff.user), f"/monitoring/sites/{mine.pk}/")
    assert "积压" in shown
    assert "0.42 %" in shown


@pytest.mark.django_db
def test_htmx_gets_the_table_alone_and_strangers_nothing(
    mine: Site, point: Point, worker: Worker, who: SimpleNamespace
) -> None:
    worker.says(point, 0.42)
    client, address = browser(who.bureau_staff.user), f"/monitoring/sites/{mine.pk}/"
    part = text(client, address, **{"HX-Request": "true"})
    assert "0.42 %" in part
    assert "<html" not in part
    assert "数据质量" not in text(client, f"{address}?short=1", **{"HX-Request": "true"})
    text(browser(who.west_head.user), address, 404)


@pytest.mark.usefixtures("committed_db")
def test_a_page_asks_the_worker_at_work(
    broker: Broker, point: Point, version: RuleVersion, now: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the stream to what a page knows, over a real broker, well within a second."""
    made = Bridge(lambda: broker.url)
    monkeypatch.setattr(live, "bridge", made)
    monkeypatch.setattr(live, "_answers", answers)
    asked = [(point.pk, point.site_id)]
    part = partition_of(point.site_id)

    async def store(connection: Connection, value: float) -> None:
        await Publisher(connection.stream).store(
            point.site_id, Batch.of([point.pk], [now], np.array([value]), [0])
        )

    async def purge(connection: Connection) -> None:
        await connection.stream.purge_stream(STREAM)

    def shows(value: float) -> bool:
        live._away.clear()
        found = live.latest(asked).readings.get(point.pk)
        release()
        return found is not None and found.value == value

    async def work() -> None:
        async with working(broker, part):
            for value in (0.25, 0.5):
                await asyncio.to_thread(made.run, lambda c, v=value: store(c, v))
                await until(lambda v=value: shows(v), 1 if value == 0.5 else 20)

    made.run(purge)
    assert not live.latest(asked).known
    asyncio.run(work())
    live._away.clear()
    assert not live.latest(asked).known  # who has stopped says nothing
