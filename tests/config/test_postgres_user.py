"""Letting PostgreSQL's system user in where a strict umask keeps all others out."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from anlan.config import embedded, postgres_user
from anlan.config.errors import SetupError

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another user")


@pytest.fixture
def strict_umask() -> Iterator[None]:
    before = os.umask(0o077)
    yield
    os.umask(before)


@needs_root
def test_programs_installed_under_a_strict_umask_run(tmp_path: Path, strict_umask: None) -> None:
    wheel = embedded.programs().parents[1]
    for folder in (wheel.with_name(f"{wheel.name}.libs"), wheel / embedded.PROGRAMS[1]):
        copy = tmp_path / "shut" / folder.relative_to(wheel.parent)
        shutil.copytree(folder, copy, copy_function=shutil.copy)
        for path in [copy, *copy.rglob("*")]:
            path.chmod(path.stat().st_mode & 0o700)
        postgres_user.open_programs(copy, postgres_user.find())
    subprocess.run(
        [tmp_path / "shut" / wheel.name / embedded.PROGRAMS[1] / "bin" / "initdb", "--version"],
        check=True,
        **postgres_user.run_as(postgres_user.find()),
    )


@needs_root
def test_a_folder_of_ours_alone_may_be_passed_but_not_listed(
    tmp_path: Path, strict_umask: None
) -> None:
    inner = tmp_path / "shut" / "inner"
    inner.mkdir(parents=True)
    inner.chmod(0o755)
    as_user = postgres_user.run_as(postgres_user.find())
    postgres_user.open_way(inner, postgres_user.find())
    assert subprocess.run(["ls", inner], check=False, **as_user).returncode == 0
    listed = subprocess.run(["ls", inner.parent], check=False, capture_output=True, **as_user)
    assert listed.returncode != 0
    assert inner.parent.stat().st_mode & 0o007 == 0


@needs_root
def test_a_folder_shared_with_a_group_keeps_its_group(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o750)
    group = shared.stat().st_gid
    postgres_user.open_way(shared / "inner", postgres_user.find())
    assert (shared.stat().st_gid, shared.stat().st_mode & 0o777) == (group, 0o751)


def test_a_folder_of_somebody_else_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    with pytest.raises(SetupError, match="属于另一个用户"):
        postgres_user.make_private(tmp_path, None)
