"""What a power cut must not take: it is on the disk before anybody relies on it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from anlan.kernel import durable, secret
from anlan.kernel.durable import sync


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, bytes]]:
    """Size and content of each file as it was when it was synced; of folders none."""
    found: list[tuple[int, bytes]] = []

    def fsync(descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        found.append((descriptor, b"" if path.is_dir() else path.read_bytes()))

    monkeypatch.setattr(durable.os, "fsync", fsync)
    return found


def test_files_and_folders_are_synced(tmp_path: Path, synced: list[tuple[int, bytes]]) -> None:
    file = tmp_path / "file"
    file.write_text("words")
    sync(file, tmp_path)
    assert [content for _, content in synced] == [b"words", b""]
    with pytest.raises(OSError, match="Bad file"):  # nothing stays open
        os.fstat(synced[0][0])


def test_a_secret_is_on_the_disk_before_it_has_its_name(
    tmp_path: Path, synced: list[tuple[int, bytes]]
) -> None:
    made = secret.kept(tmp_path / "var", "secret-key")
    assert [content for _, content in synced] == [made.encode(), b""]
    assert [each.name for each in (tmp_path / "var").iterdir()] == ["secret-key"]
    assert secret.kept.__wrapped__(tmp_path / "var", "secret-key") == made
    assert len(synced) == 2
