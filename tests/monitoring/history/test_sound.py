"""A power cut leaves files empty or short: the table is then what it was before them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from anlan.monitoring.history import sound
from anlan.monitoring.history.table import History
from tests.monitoring.history.test_history import batch, columns, said


@pytest.fixture
def history(tmp_path: Path) -> History:
    """Six steps, of two parts in turns."""
    made = History.at(tmp_path / "readings")
    for step in range(6):
        made.append(step % 2, batch(step), step + 1, step + 1001)
    return made


def _log(history: History, version: int) -> Path:
    return Path(history.where) / "_delta_log" / f"{version:020}.json"


def _file(history: History, version: int) -> Path:
    lines = map(json.loads, _log(history, version).read_text().splitlines())
    return Path(history.where) / next(line["add"]["path"] for line in lines if "add" in line)


def _empty(path: Path) -> None:
    os.truncate(path, 0)


def _short(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 1)


@pytest.mark.parametrize("tear", [_empty, _short, Path.unlink])
@pytest.mark.parametrize("version", [6, 4])
def test_readings_that_did_not_reach_the_disk_are_not_in_the_table(
    history: History, version: int, tear: Callable[[Path], None]
) -> None:
    tear(_file(history, version))
    history.mend()
    left = version - 1
    assert columns(history) == said([batch(step) for step in range(left)])
    marks = {part: max(n for n in range(1, left + 1) if (n - 1) % 2 == part) for part in (0, 1)}
    assert {part: history.after(part) for part in (0, 1)} == {
        part: (number, number + 1000) for part, number in marks.items()
    }
    history.append(0, batch(9), 9)  # and it can be written again
    assert columns(history) == said([*(batch(step) for step in range(left)), batch(9)])


@pytest.mark.parametrize("tear", [_empty, _short])
def test_a_commit_that_did_not_reach_the_disk_is_none(
    history: History, tear: Callable[[Path], None]
) -> None:
    tear(_log(history, 5))
    history.mend()
    assert columns(history) == said([batch(step) for step in range(4)])
    aside = [each.name for each in (Path(history.where) / "_torn").rglob("*.json")]
    assert sorted(aside) == [_log(history, number).name for number in (5, 6)]


def test_a_whole_table_is_left_alone(history: History) -> None:
    history.table().create_checkpoint()
    before = {path: path.stat().st_mtime_ns for path in Path(history.where).rglob("*")}
    history.mend()
    assert {path: path.stat().st_mtime_ns for path in Path(history.where).rglob("*")} == before


def test_files_that_were_put_together_and_cleared_away_are_not_missed(history: History) -> None:
    history.compact()
    history.table().vacuum(0, dry_run=False, enforce_retention_duration=False)
    history.mend()
    assert columns(history) == said([batch(step) for step in range(6)])


def test_a_compaction_that_did_not_reach_the_disk_is_taken_back(history: History) -> None:
    history.compact()
    _empty(_file(history, history.table().version()))
    history.mend()
    assert columns(history) == said([batch(step) for step in range(6)])


@pytest.mark.parametrize("torn", ["_last_checkpoint", "*.checkpoint.parquet"])
def test_a_checkpoint_that_did_not_reach_the_disk_is_passed_over(
    history: History, torn: str
) -> None:
    history.table().create_checkpoint()
    (path,) = (Path(history.where) / "_delta_log").glob(torn)
    _short(path)
    history.mend()
    assert columns(history) == said([batch(step) for step in range(6)])


def test_a_checkpoint_of_what_is_taken_back_goes_with_it(history: History) -> None:
    history.table().create_checkpoint()
    _empty(_file(history, 6))
    history.mend()
    assert columns(history) == said([batch(step) for step in range(5)])


def test_without_mending_nobody_can_read(history: History) -> None:
    """The reason of all this; when the library takes care of it, our code can go."""
    _short(_log(history, 6))
    with pytest.raises(DeltaError):
        DeltaTable(history.where).to_pyarrow_table()


def test_each_commit_is_on_the_disk_before_it_counts(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(sound, "sync", lambda *paths: synced.extend(paths))
    history.append(0, batch(7), 8)
    folder, file = Path(history.where), _file(history, 7)
    assert synced[:2] == [file, _log(history, 7)]
    assert {*synced[2:]} == {file.parent, folder, folder / "_delta_log"}
