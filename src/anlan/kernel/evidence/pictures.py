"""Recognising a photograph again after resizing or re-compression, and reading when and where it
was taken.

The difference hash (N. Krawetz, "Kind of like that", 2013) compares the brightness of neighbours
in a 9×8 thumbnail: 64 bits that survive scaling and JPEG loss. Two pictures whose hashes differ
in at most ``ALIKE`` bits are taken for the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import dhash
from PIL import Image, ImageOps, UnidentifiedImageError

from anlan.kernel.errors import Refused

ALIKE = 6
MAX_PIXELS = 80_000_000
ZONE = ZoneInfo("Asia/Shanghai")
_EXIF, _GPS, _TAKEN = 0x8769, 0x8825, 0x9003


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
                raise Refused("picture_too_large", f"“{name}”像素过大，请缩小后再上传。")
            exif = image.getexif()
            upright = ImageOps.exif_transpose(image).convert("L")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise Refused("picture_broken", f"“{name}”打不开，可能已损坏，请重新选择。") from error
    latitude, longitude = _place(exif)
    return Picture(_fingerprint(upright), _taken(exif), latitude, longitude)


def _fingerprint(image: Image.Image) -> int | None:
    row: int = dhash.dhash_row_col(image, size=8)[0]
    # A plain surface (blank page, night) has no structure to recognise it by.
    if row.bit_count() < 4 or row.bit_count() > 60:
        return None
    return row - 2**64 if row >= 2**63 else row


def _taken(exif: Image.Exif) -> datetime | None:
    text = exif.get_ifd(_EXIF).get(_TAKEN)
    try:
        return datetime.strptime(str(text), "%Y:%m:%d %H:%M:%S").replace(tzinfo=ZONE)
    except ValueError:
        return None


def _place(exif: Image.Exif) -> tuple[float | None, float | None]:
    gps = exif.get_ifd(_GPS)
    try:
        latitude = _degrees(gps[2], gps[1] == "S")
        longitude = _degrees(gps[4], gps[3] == "W")
    except (KeyError, TypeError, ValueError, ZeroDivisionError, IndexError):
        return None, None
    return latitude, longitude


def _degrees(parts: tuple[float, float, float], negative: bool) -> float:
    degrees = float(parts[0]) + float(parts[1]) / 60 + float(parts[2]) / 3600
    return -degrees if negative else degrees
