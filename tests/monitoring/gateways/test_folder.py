"""Files of coal mines: what they say, when they are taken, and that a kill loses nothing."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.monitoring.gateways import coal
from anlan.monitoring.gateways.coal import Foreign, said
from anlan.monitoring.gateways.folder import Folder
from anlan.monitoring.gateways.gateway import Gateway
from anlan.monitoring.gateways.ledger import KEPT, Ledger
from anlan.monitoring.protocols.coal import FileName
from tests.monitoring.gateways import killed
from tests.monitoring.gateways.given import MemorySink, Register, known, refuses, run, until
from tests.monitoring.gateways.killed import MINE
from tests.monitoring.protocols.coal.files import AT

POINTS = {
    "01MN0001": 1, "01MN0001:status": 2, "01MN0001:alarm": 3, "01KG0003": 4,
    "people": 5, "people/0002": 6, "people/0009": 7, "S1:running": 8,
}  # fmt: skip
DEVICE = known(1, POINTS, site=5)
NAME = f"{MINE}_CDSS_20261126080000.txt"
NOW = 1_795_651_260.0  # 2026-11-26 08:01 in China
HEAD = f"{MINE};样例矿;{AT}~"
VALUE = f"01MN0001;环境瓦斯;回风;0.42;%CH4;0;{AT}~"
WHOLE = (HEAD + VALUE + "||").encode()


def named(kind: str) -> FileName:
    return FileName.parse(f"{MINE}_{kind}_20261126080000.txt")


def rows(kind: str, text: str) -> tuple[list[tuple], list]:
    found = said(named(kind), text.encode(), DEVICE, NOW)
    batch = found.batch
    values = zip(batch.point.tolist(), batch.value.tolist(), batch.quality.tolist(), strict=True)
    return [row if row[1] == row[1] else (row[0], None, row[2]) for row in values], list(
        found.letters
    )


def value(text: str, status: str, point: str = "01MN0001") -> str:
    return HEAD + f"{point};环境瓦斯;回风;{text};%CH4;{status};{AT}~||"


POSITION = ";".join(["C1", "甲", "{}", AT, "", "{}", *[""] * 9]) + "~"


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("CDSS", value("0.42", "0"), [(1, 0.42, 0), (2, 0, 0)]),
        ("CDSS", value("0.42", "1"), [(1, 0.42, 0), (2, 1, 0)]),
        ("CDSS", value("", "4"), [(1, None, 3), (2, 4, 0)]),
        ("CDSS", value("", "0"), [(1, None, 2), (2, 0, 0)]),
        ("CDSS", value("9", "5"), [(1, 9, 1), (2, 5, 0)]),
        ("CDSS", value("9", "8"), [(1, 9, 4), (2, 8, 0)]),
        ("CDSS", value("9", "99"), [(1, 9, 0), (2, 99, 0)]),
        ("CDSS", value("开", "0", "01KG0003"), [(4, 1, 0)]),
        ("CDSS", value("关", "0", "01KG0003"), [(4, 0, 0)]),
        (
            "YCBJ",
            HEAD + ";".join(["01MN0001", "", "", "", "1", AT, AT, *[""] * 7, AT]) + "~||",
            [(3, 1, 0), (3, 0, 0)],
        ),
        (
            "YCBJ",
            HEAD + ";".join(["01MN0001", "", "", "", "1", AT, *[""] * 8, AT]) + "~||",
            [(3, 1, 0)],
        ),
        (
            "RYSS",
            HEAD
            + POSITION.format("1", "0001")
            + POSITION.format("1", "0002")
            + POSITION.format("2", "0002")
            + "||",
            [(5, 2, 0), (6, 1, 0), (7, 0, 0)],
        ),
        ("JZSS", HEAD + f"S1;1;0;{AT}~||", [(8, 1, 0)]),
        ("RYQY", HEAD + "1;0002;50;采区~||", []),
    ],
)
def test_what_a_record_becomes(kind: str, text: str, expected: list[tuple]):
    found, letters = rows(kind, text)
    assert found == expected
    assert letters == []


def test_a_faulty_record_costs_no_other_and_its_place_is_said():
    bad = "01MN0001;环境瓦斯;回风;0.42;%CH4;0;昨天~"
    found, letters = rows("CDSS", HEAD + bad + VALUE + "||")
    assert found == [(1, 0.42, 0), (2, 0, 0)]
    [letter] = letters
    at = len((HEAD + bad).encode()) - len("昨天~".encode())
    assert letter.source.endswith(f"@{at}")
    assert letter.data.decode() == bad


@pytest.mark.parametrize(
    ("kind", "text", "word"),
    [
        ("CDSS", value("有风", "0", "01KG0003"), "有风"),
        ("CDSS", value("1", "0", "99MN0001"), "99MN0001"),
        ("CDSS", HEAD + VALUE, "没有文件结束符"),
        ("RYQJ", HEAD + "C1;求救~||", "RYQJ"),
    ],
)
def test_what_cannot_be_used_is_a_letter(kind: str, text: str, word: str):
    _, letters = rows(kind, text)
    assert [word in letter.reason for letter in letters] == [True]
    assert (letters[0].device, letters[0].protocol) == (1, "coal")


def test_a_count_without_the_faulty_records_is_doubted():
    found, letters = rows("RYSS", HEAD + POSITION.format("1", "0002") + "x;y~||")
    assert found == [(5, 1, 2), (6, 1, 2), (7, 0, 2)]
    assert len(letters) == 1


def test_letters_of_one_file_are_bounded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(coal, "MOST_LETTERS", 3)
    _, letters = rows("CDSS", HEAD + "x;y~" * 10 + "||")
    assert len(letters) == 4
    assert "还有 7 处" in letters[-1].reason


@given(st.binary(max_size=400) | st.text(st.sampled_from("01;~|^]MN\n.-"), max_size=200), st.data())
@settings(max_examples=60, deadline=None)
def test_any_bytes_are_read_to_their_end(noise, data):
    kind = data.draw(st.sampled_from(["CDSS", "YCBJ", "RYSS", "JZSS", "CDDY", "RYQJ"]))
    body = noise if isinstance(noise, bytes) else noise.encode()
    said(named(kind), HEAD.encode() + body, DEVICE, NOW)
    with suppress(Foreign):  # the bytes may stand where the mine's code should
        said(named(kind), body, DEVICE, NOW)


def test_a_file_of_another_mine_is_foreign():
    with pytest.raises(Foreign, match="140000000002"):
        rows("CDSS", HEAD.replace(MINE, "140000000002") + VALUE + "||")


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
