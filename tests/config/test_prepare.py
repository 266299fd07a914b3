"""Static files after a power cut."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test.utils import override_settings

from anlan.config import prepare
from anlan.config.settings import STORAGES


@pytest.fixture
def manifest(tmp_path: Path) -> Iterator[Path]:
    """Of a first copy; it names every file, and without it Django does not begin."""
    with override_settings(VAR=tmp_path, STATIC_ROOT=tmp_path / "static", STORAGES=STORAGES):
        prepare.collect_static()
        yield tmp_path / "static" / "staticfiles.json"


def test_a_whole_copy_is_left_alone(manifest: Path) -> None:
    before = manifest.stat().st_mtime_ns
    prepare.collect_static()
    assert manifest.stat().st_mtime_ns == before


def test_a_copy_that_a_power_cut_left_half_made_is_made_anew(
    manifest: Path, tmp_path: Path
) -> None:
    whole = manifest.read_text()
    for file in (manifest, tmp_path / "stamps" / "static"):
        file.write_text("")
    prepare.collect_static()
    assert manifest.read_text() == whole
