"""Recognising photographs again, and reading when and where they were taken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageEnhance

from anlan.kernel.evidence import pictures
from anlan.kernel.evidence.pictures import ALIKE, ZONE, Picture
from tests import factories
from tests.factories import photograph


def read(folder: Path, image: Image.Image, **more: object) -> Picture:
    path = folder / "p.jpg"
    path.write_bytes(factories.jpeg(image, **more))
    return pictures.read(path, "p.jpg")


def distance(a: Picture, b: Picture) -> int:
    assert a.fingerprint is not None
    assert b.fingerprint is not None
    return ((a.fingerprint ^ b.fingerprint) & (2**64 - 1)).bit_count()


def _trim(image: Image.Image) -> Image.Image:
    """One per cent of each side cut away."""
    w, h = image.size
    return image.crop((w // 100, h // 100, w - w // 100, h - h // 100))


SAME: dict[str, Callable[[Image.Image], Image.Image]] = {
    "half the size": lambda image: image.resize((320, 240)),
    "a thumbnail": lambda image: image.resize((160, 120)),
    "twice the size": lambda image: image.resize((1280, 960)),
    "brighter": lambda image: ImageEnhance.Brightness(image).enhance(1.1),
    "greyed": lambda image: image.convert("L").convert("RGB"),
    "slightly cropped": _trim,
}


@pytest.mark.parametrize("how", SAME)
@pytest.mark.parametrize("seed", range(10))
def test_the_same_photograph_is_known_again(tmp_path: Path, how: str, seed: int) -> None:
    image = photograph(seed)
    original, changed = read(tmp_path, image), read(tmp_path, SAME[how](image))
    assert distance(original, changed) <= ALIKE


@pytest.mark.parametrize("quality", [20, 50, 95])
@pytest.mark.parametrize("seed", range(10))
def test_after_compression(tmp_path: Path, quality: int, seed: int) -> None:
    image = photograph(seed)
    assert distance(read(tmp_path, image), read(tmp_path, image, quality=quality)) <= ALIKE


def test_turned_by_the_camera_s_note_or_by_a_program(tmp_path: Path) -> None:
    image = photograph(3)
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = image.transpose(Image.Transpose.ROTATE_90)
    assert distance(read(tmp_path, image), read(tmp_path, lying, exif=exif)) <= ALIKE


def test_fifty_different_photographs_are_not_confused(tmp_path: Path) -> None:
    read_all = [read(tmp_path, photograph(seed)) for seed in range(100, 150)]
    near = [pair for pair in combinations(range(50), 2)
            if distance(read_all[pair[0]], read_all[pair[1]]) <= ALIKE]  # fmt: skip
    assert near == []


@pytest.mark.parametrize("colour", ["white", "black", "grey"])
def test_a_plain_surface_proves_no_likeness(tmp_path: Path, colour: str) -> None:
    assert read(tmp_path, Image.new("RGB", (640, 480), colour)).fingerprint is None


# --- time and place ----------------------------------------------------------------------------


def noted(taken: str | None = None, gps: dict[int, object] | None = None) -> Image.Exif:
    exif = Image.Exif()
    if taken is not None:
        exif.get_ifd(0x8769)[0x9003] = taken
    if gps:
        exif.get_ifd(0x8825).update(gps)
    return exif


NORTH_EAST = {1: "N", 2: (37.0, 30.0, 36.0), 3: "E", 4: (111.0, 9.0, 0.0)}


def test_time_and_place_are_read(tmp_path: Path) -> None:
    found = read(tmp_path, photograph(1), exif=noted("2025:06:30 23:59:58", NORTH_EAST))
    assert found.taken_at == datetime(2025, 6, 30, 23, 59, 58, tzinfo=ZONE)
    assert (found.latitude, found.longitude) == (pytest.approx(37.51), pytest.approx(111.15))


def test_the_other_hemispheres(tmp_path: Path) -> None:
    gps = NORTH_EAST | {1: "S", 3: "W"}
    found = read(tmp_path, photograph(1), exif=noted(gps=gps))
    assert (found.latitude, found.longitude) == (pytest.approx(-37.51), pytest.approx(-111.15))


@pytest.mark.parametrize(
    "taken", ["", "0000:00:00 00:00:00", "2025-06-30 10:00:00", "2025:13:40 10:00:00", "昨天"]
)
def test_a_time_that_is_none(tmp_path: Path, taken: str) -> None:
    assert (
        read(tmp_path, photograph(1), exif=noted(taken.encode().decode("latin-1"))).taken_at is None
    )


@pytest.mark.parametrize(
    "gps",
    [
        {2: (37.0, 30.0, 0.0)},  # half of it
        {1: "N", 2: (0.0, 0.0, 0.0), 3: "E", 4: (0.0, 0.0, 0.0)},  # no satellites
        {1: "N", 2: (137.0, 0.0, 0.0), 3: "E", 4: (111.0, 0.0, 0.0)},
        {1: "N", 2: (37.0, 0.0), 3: "E", 4: (111.0, 0.0, 0.0)},
    ],
)
def test_a_place_that_is_none(tmp_path: Path, gps: dict[int, object]) -> None:
    found = read(tmp_path, photograph(1), exif=noted(gps=gps))
    assert (found.latitude, found.longitude) == (None, None)


@given(noise=st.binary(max_size=300))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damaged_notes_spoil_no_photograph(tmp_path: Path, noise: bytes) -> None:
    path = tmp_path / "p.jpg"
    path.write_bytes(factories.jpeg(photograph(1, (64, 48)), exif=b"Exif\0\0MM\0*" + noise))
    assert pictures.read(path, "p.jpg").fingerprint is not None
