"""What ``anlan edge`` says to who calls it wrongly, and what a register on disk survives."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from anlan.config.edge import edge
from anlan.monitoring.edge.snapshot import Entry, Snapshot, Told
from anlan.monitoring.edge.wire import AFTER, BIRTH, LAST, PART, place, stretch
from anlan.monitoring.gateways.secrets import digest


@pytest.mark.parametrize(
    ("city", "name", "key", "said"),
    [
        ("http://a:7422", "linxian", "k", "nats-leaf://"),
        ("nats-leaf://a:7422", "临县", "k", "小写字母"),
        ("nats-leaf://a:7422", "linxian", "", "ANLAN_EDGE_KEY"),
    ],
)
def test_what_is_missing_is_said(
    city: str,
    name: str,
    key: str,
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ANLAN_EDGE_KEY", key)
    assert edge(["--city", city, "--name", name]) == 1
    assert said in capsys.readouterr().err


def test_a_register_is_there_again_after_a_start(tmp_path: Path) -> None:
    path, key = tmp_path / "register.json", bytes(32)
    first = Snapshot(path)
    assert first.told is None
    assert first.device("hj212", "M1") is None
    entry = Entry("hj212", "M1", 4, 9, 50, digest("s", key), {"a34004": 12})
    first.take(Told(7, key.hex(), (entry,)))
    again = Snapshot(path)
    found = again.device("hj212", "M1")
    assert again.told == first.told
    assert found is not None
    assert (found.key, found.site, dict(found.points)) == (4, 9, entry.points)
    assert found.proves("s")
    assert not found.proves("t")
    assert not found.proves("")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"revision": 1}', '{"devices": [{"x": 1}]}'])
def test_a_spoiled_register_is_asked_for_anew(tmp_path: Path, text: str) -> None:
    (tmp_path / "register.json").write_text(text)
    assert Snapshot(tmp_path / "register.json").told is None


@pytest.mark.parametrize(
    "said",
    [
        {},
        {PART: "1"},
        {PART: "one", BIRTH: "b"},
        {PART: "1", BIRTH: "2026", AFTER: "5", LAST: "5"},
        {PART: "1", BIRTH: "2026", AFTER: "-1", LAST: "5"},
        {PART: "64", BIRTH: "2026", AFTER: "1", LAST: "5"},
        {PART: "-2", BIRTH: "2026", AFTER: "1", LAST: "5"},
        {PART: "1", BIRTH: "2026 x", AFTER: "1", LAST: "5"},
        {PART: "1", BIRTH: "2" * 41, AFTER: "1", LAST: "5"},
    ],
)
def test_a_question_that_says_no_place_is_refused(said: dict[str, str]) -> None:
    with pytest.raises(ValueError):
        stretch(said)


def test_headers_say_the_place() -> None:
    said = {PART: "3", BIRTH: "2026", AFTER: "4", LAST: "9"}
    assert stretch(said).headers() == said
    assert json.dumps(place(said).headers()) == json.dumps({PART: "3", BIRTH: "2026"})
