"""Recognising a photograph again after resizing or re-compression, and reading when and where it
was taken.

The difference hash (N. Krawetz, "Kind of like that", 2013) compares the brightness of neighbours
in a 9×8 thumbnail: 64 bits that survive scaling and JPEG loss. Two pictures whose hashes differ
in at most ``ALIKE`` bits are taken for the same.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import dhash
from PIL import Image, UnidentifiedImageError

from anlan.kernel.errors import Refused

ALIKE = 6
MAX_PIXELS = 80_000_000
ZONE = ZoneInfo("Asia/Shanghai")
_EXIF, _GPS, _TAKEN, _TURNED = 0x8769, 0x8825, 0x9003, 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class Picture:
    """``fingerprint``: a signed 64-bit integer (PostgreSQL's bigint); None for a plain surface."""

    fingerprint: int | None
    taken_at: datetime | None
    latitude: float | None
    longitude: float | None


def read(path: Path, name: str) -> Picture:
    """Read a photograph; Refused if it cannot be opened or is absurdly large."""
    try:
        with Image.open(path) as image:
            if image.width * image.height > MAX_PIXELS:
                raise _too_large(name)
            exif = _exif(image)
            upright = _upright(image, exif.get(_TURNED))
    except Image.DecompressionBombError as error:
        raise _too_large(name) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, struct.error) as error:
        raise Refused("picture_broken", f"“{name}”打不开，可能已损坏，请重新选择。") from error
    latitude, longitude = _place(exif.get(_GPS, {}))
    return Picture(_fingerprint(upright), _taken(exif.get(_EXIF, {})), latitude, longitude)


def _too_large(name: str) -> Refused:
    return Refused("picture_too_large", f"“{name}”像素过大，请缩小后再上传。")


def _exif(image: Image.Image) -> dict[int, Any]:
    """What the camera noted; nothing where that is damaged: the photograph itself may be sound."""
    try:
        exif = image.getexif()
        parts = {part: dict(exif.get_ifd(part)) for part in (_EXIF, _GPS)}
        return {_TURNED: exif.get(_TURNED), **parts}
    except Exception:  # Pillow raises whatever the damaged bytes lead to
        return {}


def _upright(image: Image.Image, turned: object) -> Image.Image:
    """In grey and the right way up, small enough to compare: the same photograph, turned by the
    camera's note or by a program, looks the same."""
    image.draft("L", (256, 256))
    grey = image.convert("L")
    turn = _TURNS.get(turned) if isinstance(turned, int) else None
    return grey if turn is None else grey.transpose(turn)


def _fingerprint(image: Image.Image) -> int | None:
    row: int = dhash.dhash_row_col(image, size=8)[0]
    # A plain surface (blank page, night) has no structure to recognise it by.
    if row.bit_count() < 4 or row.bit_count() > 60:
        return None
    return row - 2**64 if row >= 2**63 else row


def _taken(exif: dict[int, Any]) -> datetime | None:
    text = exif.get(_TAKEN)
    try:
        return datetime.strptime(str(text), "%Y:%m:%d %H:%M:%S").replace(tzinfo=ZONE)
    except ValueError:
        return None


def _place(gps: dict[int, Any]) -> tuple[float | None, float | None]:
    try:
        latitude = _degrees(gps[2], gps[1] == "S")
        longitude = _degrees(gps[4], gps[3] == "W")
    except (KeyError, TypeError, ValueError, ZeroDivisionError, IndexError):
        return None, None
    if not (abs(latitude) <= 90 and abs(longitude) <= 180) or latitude == longitude == 0:
        return None, None  # no number, or what a receiver writes that found no satellites
    return latitude, longitude


def _degrees(parts: tuple[float, float, float], negative: bool) -> float:
    degrees = float(parts[0]) + float(parts[1]) / 60 + float(parts[2]) / 3600
    return -degrees if negative else degrees
