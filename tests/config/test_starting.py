"""What keeps ``anlan run`` from starting is said in one line, and nothing is begun."""

from __future__ import annotations

from pathlib import Path

import pytest

from anlan.config import commands, frontend
from anlan.config.announcement import Announcement
from anlan.config.errors import NotSetUp
from anlan.config.frontend import check_frontend


def test_a_checkout_without_front_end_files_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(frontend, "VENDOR", tmp_path / "static-vendor")
    monkeypatch.setattr(commands, "_settings", None)  # that would make the data folder
    assert commands.run(["--port", "1"]) == 2
    said = capsys.readouterr()
    assert said.err == "错误：还没有前端文件，页面打不开。请先运行 make setup，再启动。\n"
    assert said.out == ""
    assert list(tmp_path.iterdir()) == []


def test_half_fetched_files_are_none(tmp_path: Path) -> None:
    (tmp_path / "icons.svg").touch()
    with pytest.raises(NotSetUp):
        check_frontend(tmp_path)
    (tmp_path / "stamp").touch()
    check_frontend(tmp_path)


@pytest.mark.parametrize(
    ("accounts", "demo", "told"),
    [
        ([("sco", "secret", "市安委办")], False, True),
        ([("sco", "secret", "市安委办")], True, False),  # he sees it
        ([], False, False),  # in earnest
    ],
)
def test_who_tries_it_is_told_how_to_see_a_living_city(
    accounts: list[tuple[str, str, str]], demo: bool, told: bool,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    Announcement(8000, accounts, demo=demo)._say()
    assert ("make demo" in capsys.readouterr().out) is told
