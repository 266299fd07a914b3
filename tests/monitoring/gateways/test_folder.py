"""Files of coal mines in a folder: when they are taken, and that a kill loses nothing."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from anlan.monitoring.gateways import folder
from anlan.monitoring.gateways.coal import said
from anlan.monitoring.gateways.folder import Folder
from anlan.monitoring.gateways.gateway import Gateway
from anlan.monitoring.gateways.ledger import KEPT, Ledger
from tests.monitoring.gateways import killed
from tests.monitoring.gateways.given import MemorySink, Register, known, refuses, run, until
from tests.monitoring.gateways.killed import MINE
from tests.monitoring.gateways.test_coal import DEVICE, HEAD, NAME, NOW, POINTS, VALUE, WHOLE


class Mine:
    """A folder, its watcher, and what it has stored."""

    def __init__(self, root: Path, *, settled: float = 60.0) -> None:
        self.root, self.sink = root, MemorySink()
        self.register = Register({("coal", MINE): DEVICE})
        self.gateway = Gateway(self.sink, self.register)
        self.folder = Folder(root, self.gateway, settled=settled)

    def put(self, data: bytes, name: str = NAME, mine: str = MINE) -> Path:
        path = self.root / "in" / mine / "aqjk" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def scan(self) -> int:
        return asyncio.run(self.folder.scan())

    def names(self, folder: str) -> list[str]:
        return sorted(path.name for path in (self.root / folder).rglob("*") if path.is_file())


@pytest.fixture
def mine(tmp_path: Path) -> Mine:
    return Mine(tmp_path)


def test_a_whole_file_is_stored_and_moved(mine: Mine):
    mine.put(WHOLE)
    assert mine.scan() == 1
    assert [row[:2] for row in mine.sink.rows()] == [(5, 1), (5, 2)]
    assert (mine.names("in"), mine.names("work"), mine.names("done")) == ([], [], [NAME])
    assert mine.scan() == 0


def test_what_is_half_written_is_left_until_it_is_whole(mine: Mine):
    path = mine.put(WHOLE[:-10])
    mine.put(WHOLE, NAME + ".part")
    assert mine.scan() == 0
    path.write_bytes(WHOLE)
    assert mine.scan() == 1
    assert len(mine.sink.rows()) == 2
    assert mine.names("in") == [NAME + ".part"]


def test_a_file_without_an_end_is_taken_once_it_has_settled(mine: Mine):
    path = mine.put((HEAD + VALUE).encode())
    long_ago = path.stat().st_mtime - timedelta(minutes=2).total_seconds()
    os.utime(path, (long_ago, long_ago))
    assert mine.scan() == 1
    assert len(mine.sink.rows()) == 2
    assert "没有文件结束符" in mine.sink.letters[0].reason


def test_the_same_file_again_is_not_stored_again_and_another_of_its_name_is(mine: Mine):
    for data in (WHOLE, WHOLE, WHOLE.replace(b"0.42", b"0.43")):
        mine.put(data)
        assert mine.scan() == 1
    assert [row[2] for row in mine.sink.rows() if row[1] == 1] == [0.42, 0.43]
    assert mine.names("done") == [NAME, NAME + ".1", NAME + ".2"]


@pytest.mark.parametrize(
    ("name", "folder", "data", "word"),
    [
        ("x.txt", MINE, WHOLE, "文件名"),
        (NAME, "140000000009", WHOLE, "没有登记"),
        (NAME.replace(MINE, "140000000009"), MINE, WHOLE, "所在文件夹"),
        (NAME, MINE, WHOLE.replace(MINE.encode(), b"140000000009"), "文件头"),
    ],
)
def test_files_of_others_are_refused(mine: Mine, name: str, folder: str, data: bytes, word: str):
    mine.put(data, name, folder)
    assert mine.scan() == 1
    assert mine.sink.stored == []
    assert word in mine.sink.letters[0].reason
    assert mine.names("refused") == [name]


def test_links_are_not_followed(mine: Mine, tmp_path: Path):
    secret = tmp_path / "secret.txt"
    secret.write_bytes(WHOLE)
    mine.put(WHOLE).unlink()
    (tmp_path / "in" / MINE / NAME).symlink_to(secret)
    (tmp_path / "in" / "140000000002").symlink_to(tmp_path)
    assert mine.scan() == 0
    assert mine.sink.letters == []


def test_what_is_not_stored_is_tried_again(mine: Mine):
    mine.put(WHOLE)
    mine.sink.before = refuses
    assert mine.scan() == 0
    assert (mine.names("work"), mine.gateway.counters.refused) == ([NAME], 1)
    mine.sink.before = None
    assert mine.scan() == 1
    assert len(mine.sink.rows()) == 2


def test_a_file_that_is_written_on_after_all_is_read_anew(mine: Mine):
    mine.put(WHOLE)

    async def more() -> None:
        mine.sink.before = None
        (mine.root / "work" / MINE / NAME).write_bytes(WHOLE.replace(b"||", VALUE.encode() + b"||"))

    mine.sink.before = more
    assert (mine.scan(), mine.names("work")) == (0, [NAME])
    assert mine.scan() == 1
    assert len(mine.sink.stored[1][1]) == 4


def test_a_file_that_breaks_the_program_stops_no_other(mine: Mine, monkeypatch: pytest.MonkeyPatch):
    later = NAME.replace("0800", "0801")
    mine.put(WHOLE)
    mine.put(WHOLE, later)

    def broken(name, *given):
        if str(name) == NAME:
            raise KeyError("a bug")
        return said(name, *given)

    monkeypatch.setattr(folder, "said", broken)
    assert mine.scan() == 1
    assert (mine.names("work"), mine.names("done")) == ([NAME], [later])
    assert mine.gateway.counters.broken == 1
    monkeypatch.undo()
    assert mine.scan() == 1
    assert mine.names("done") == [NAME, later]


def test_a_mine_over_its_rate_waits_and_another_does_not(mine: Mine):
    other = "140000000002"
    slow = known(1, POINTS, rate=1)
    mine.register["coal", MINE] = slow
    mine.register["coal", other] = known(2, {"01MN0001": 91}, site=6)
    many = (HEAD + VALUE * 10 + "||").encode()
    for minute in range(3):
        mine.put(many, f"{MINE}_CDSS_2026112608{minute:02}00.txt")
    mine.put(WHOLE.replace(MINE.encode(), other.encode()), NAME.replace(MINE, other), other)
    assert mine.scan() == 2
    assert len(mine.names("in")) == 2
    assert {row[0] for row in mine.sink.rows()} == {1, 6}


def test_it_runs_until_the_gateway_closes(tmp_path: Path):
    async def scene() -> None:
        mine = Mine(tmp_path)
        running = asyncio.create_task(mine.folder.run())
        mine.put(WHOLE)
        await until(lambda: mine.names("done") == [NAME])
        mine.gateway.closing.set()
        await running

    run(scene())


def test_the_ledger_forgets_in_the_end(tmp_path: Path):
    ledger = Ledger(tmp_path / "ledger")
    ledger.add(b"old", NOW)
    ledger.add(b"new", NOW + KEPT)
    assert ledger.has(b"old")
    ledger.add(b"newer", NOW + KEPT + 1)
    assert (ledger.has(b"old"), ledger.has(b"new")) == (False, True)
    ledger.close()


@pytest.mark.parametrize(
    ("owner", "method", "when", "stored_by_then"),
    [
        ("Folder", "_finish", "before", 0),
        ("FileSink", "bury", "after", 0),
        ("FileSink", "store", "after", 1),
        ("Ledger", "add", "after", 1),
        ("Folder", "_move", "after", 1),
    ],
)
def test_a_kill_loses_nothing(
    tmp_path: Path, owner: str, method: str, when: str, stored_by_then: int
):
    incoming, stored = tmp_path / "in" / MINE, tmp_path / "stored"
    incoming.mkdir(parents=True)
    (incoming / NAME).write_bytes((HEAD + VALUE + "x;y~||").encode())
    script = [sys.executable, "-m", "tests.monitoring.gateways.killed"]
    ended = subprocess.run(
        [*script, str(tmp_path), str(stored), owner, method, when], check=False, timeout=60
    )
    assert ended.returncode == -signal.SIGKILL
    assert _stored(stored) == [[5, [1]]] * stored_by_then
    asyncio.run(killed._scan(tmp_path, stored))
    noted = (owner, method) in {("Ledger", "add"), ("Folder", "_move")}
    # Once where it had been noted; where it had not, rather twice than never.
    assert _stored(stored) == [[5, [1]]] * (1 if noted else stored_by_then + 1)
    assert (tmp_path / "done" / MINE / NAME).exists()
    assert list((tmp_path / "work" / MINE).iterdir()) == []


def _stored(path: Path) -> list:
    lines = path.read_text().splitlines() if path.exists() else []
    return [row for row in map(json.loads, lines) if row[0] != "letter"]
