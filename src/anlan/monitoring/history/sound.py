"""A power cut and the table: what was committed reaches the disk, and what did not is taken back.

A commit is a file of the log that names the files it adds. The library writes them and asks no
disk, so after a power cut a commit may stand there whose files, or which itself, is empty, and then
nobody can read any of the table. So the writer has each commit written to the disk before it counts
as done (``settle``), and who starts looks at the newest ones (``mend``): from the first that is not
whole on, they are set aside. The table is then as it was before them, its bookmarks too, and the
stream gives the readings once more.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.parquet as pq

from anlan.kernel.durable import sync

log = logging.getLogger("anlan.monitoring")
LOOKED_AT = 50  # commits; each but the newest of each part and of the upkeep has been settled
LOG = "_delta_log"
TORN = "_torn"  # readers of the table pass over folders that begin so
POINTER = "_last_checkpoint"
_ONE = threading.Lock()  # the writers of all parts begin at the same time


@dataclass(frozen=True, slots=True)
class _Commit:
    """``added``: files with their sizes; None where its own file is not whole."""

    version: int
    added: dict[str, int] | None
    removed: frozenset[str]

    @classmethod
    def read(cls, path: Path) -> _Commit:
        version = int(path.stem)
        try:
            lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
            added = {unquote(a["path"]): int(a["size"]) for a in _each(lines, "add")}
            removed = frozenset(unquote(each["path"]) for each in _each(lines, "remove"))
        except (ValueError, KeyError, TypeError, AttributeError):
            return cls(version, None, frozenset())
        return cls(version, added if lines else None, removed)


def _each(lines: list[dict[str, dict[str, str]]], action: str) -> Iterator[dict[str, str]]:
    return (each[action] for each in lines if action in each)


def settle(where: str, after: int, last: int) -> None:
    """Have the commits after this version, up to ``last``, written to the disk with all that they
    add; nothing for a table that is not in a folder."""
    folder = _folder(where)
    if folder is None:
        return
    touched = {folder / LOG}
    for version in range(after + 1, last + 1):
        path = folder / LOG / f"{version:020}.json"
        with suppress(FileNotFoundError):  # of another's, already cleared away
            for name in _Commit.read(path).added or ():
                with suppress(FileNotFoundError):
                    sync(folder / name)
                    touched |= {(folder / name).parent, folder}
            sync(path)
    sync(*touched)


def mend(where: str) -> int:
    """Set aside what a power cut left half written, and all that was built on it; how many commits.

    Another monitor that writes meanwhile finds its own commit gone, and reads it again.
    """
    folder = _folder(where)
    if folder is None or not (folder / LOG).is_dir():
        return 0
    with _ONE:
        return _mend(folder)


def _mend(folder: Path) -> int:
    torn = list(_torn(folder))
    points = [each for each in _checkpoints(folder) if not _whole(each)]
    pointer = folder / LOG / POINTER
    if torn:
        points += [each for each in _checkpoints(folder) if int(each.name[:20]) >= torn[0]]
    if not torn and not points and _reads(pointer):
        return 0
    gone = [*points, *(folder / LOG / f"{version:020}.json" for version in torn), pointer]
    _set_aside(folder, gone)
    log.error(
        "历史读数的最新 %s 次写入因断电不完整，已移到 %s；这些读数将从消息服务重新写入。",
        len(torn), folder / TORN,
    )  # fmt: skip
    return len(torn)


def _torn(folder: Path) -> range:
    """The versions from the first that is not whole on, of the newest."""
    paths = sorted((folder / LOG).glob("[0-9]*.json"))
    end = int(paths[-1].stem) + 1 if paths else 0
    commits = [_Commit.read(each) for each in paths[-LOOKED_AT:]]
    first = end
    while bad := [each.version for each in commits if not _stands(folder, each, commits)]:
        # what the commits that are taken back removed is there again, and looked at once more
        first = bad[0]
        commits = [each for each in commits if each.version < first]
    return range(first, end)


def _stands(folder: Path, commit: _Commit, commits: list[_Commit]) -> bool:
    if commit.added is None:
        return False
    removed = {name for each in commits if each.version > commit.version for name in each.removed}
    return all(
        _size(folder / name) == size
        for name, size in commit.added.items()
        if name not in removed
    )  # fmt: skip


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return -1


def _checkpoints(folder: Path) -> list[Path]:
    return sorted((folder / LOG).glob("*.checkpoint*.parquet"))


def _whole(checkpoint: Path) -> bool:
    try:
        pq.read_metadata(checkpoint)
    except (pa.ArrowException, OSError):
        return False
    return True


def _reads(pointer: Path) -> bool:
    """Whether it says something, or is not there: then readers list the log."""
    try:
        return isinstance(json.loads(pointer.read_text(encoding="utf-8")), dict)
    except FileNotFoundError:
        return True
    except ValueError:
        return False


def _set_aside(folder: Path, paths: list[Path]) -> None:
    """The newest first: whatever stops it in between, what is left is an earlier table."""
    into = folder / TORN / f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}"
    into.mkdir(parents=True)
    for path in sorted(paths, reverse=True):
        with suppress(FileNotFoundError):  # another monitor starts too
            path.rename(into / path.name)
    sync(folder / LOG)


def _folder(where: str) -> Path | None:
    return None if "://" in where else Path(where)
