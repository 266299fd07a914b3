"""Bringing the front-end files: nothing to do twice, and a clear word when it cannot be done."""

from __future__ import annotations

import importlib.util
import re
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

import anlan

FRONTEND = Path(anlan.__file__).parents[2] / "frontend"


@pytest.fixture
def vendor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("vendor", FRONTEND / "vendor.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "TARGET", tmp_path / "static-vendor")
    monkeypatch.setattr(module, "MODULES", tmp_path / "node_modules")
    return module


def installed(vendor: ModuleType) -> None:
    """What npm would have brought."""
    for source in vendor.FILES.values():
        path = vendor.MODULES / source
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"content\n//# sourceMappingURL=x.map\n")
    for name in vendor.icon_names():
        path = vendor.MODULES / vendor.ICONS / f"{name}.svg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('<svg><path stroke="none" d="M0 0h24v24H0z" /><path d="M1 2" /></svg>')


def test_the_second_run_does_nothing(vendor: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(vendor)
    runs: list[int] = []
    monkeypatch.setattr(vendor, "install", lambda: runs.append(1))
    assert vendor.main() == 0
    first = {p: p.read_bytes() for p in vendor.TARGET.rglob("*") if p.is_file()}
    assert vendor.main() == 0
    assert runs == [1]
    (vendor.TARGET / vendor.STAMP).unlink()
    assert vendor.main() == 0
    assert {p: p.read_bytes() for p in vendor.TARGET.rglob("*") if p.is_file()} == first
    assert not any(b"sourceMappingURL" in content for content in first.values())


def test_the_sprite_holds_each_icon_without_its_frame(vendor: ModuleType) -> None:
    installed(vendor)
    sprite = vendor.sprite()
    assert re.findall(r'<symbol id="([^"]+)"', sprite) == vendor.icon_names()
    assert "M0 0h24v24H0z" not in sprite
    assert sprite.count("M1 2") == len(vendor.icon_names())


def test_without_npm_it_says_what_to_do(
    vendor: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(vendor.shutil, "which", lambda _: None)
    monkeypatch.setattr(vendor.importlib.util, "find_spec", lambda _: None)
    assert vendor.main() == 2
    assert "没有找到 npm" in capsys.readouterr().err
    assert not vendor.TARGET.exists()


def test_without_network_it_says_so_and_leaves_the_old_files(
    vendor: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    vendor.TARGET.mkdir()
    (vendor.TARGET / "htmx.min.js").write_text("old")
    failed = subprocess.CompletedProcess([], 1, "", "npm error code EAI_AGAIN")
    monkeypatch.setattr(vendor, "npm", lambda: ["npm"])
    monkeypatch.setattr(vendor.subprocess, "run", lambda *_, **__: failed)
    assert vendor.main() == 2
    said = capsys.readouterr().err
    assert "请检查网络" in said
    assert "EAI_AGAIN" in said
    assert (vendor.TARGET / "htmx.min.js").read_text() == "old"


def test_the_lock_names_no_host_and_every_hash() -> None:
    lock = (FRONTEND / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert lock.count('"integrity"') == lock.count('"node_modules/')
