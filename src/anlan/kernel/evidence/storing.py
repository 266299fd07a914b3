"""Storing a content once, under its digest, typed by what it is and not by what it is called."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import filetype

from anlan.kernel.durable import sync
from anlan.kernel.errors import Refused
from anlan.kernel.evidence import pictures
from anlan.kernel.evidence.pictures import Picture

_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
MAX_BYTES = 50 * 1024 * 1024
ALLOWED = {
    "image/jpeg": "JPEG 照片",
    "image/png": "PNG 图片",
    "image/webp": "WebP 图片",
    "image/tiff": "TIFF 图片",
    "image/bmp": "BMP 图片",
    "application/pdf": "PDF",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word（.docx）",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel（.xlsx）",
    "video/mp4": "MP4 视频",
    "text/plain": "文本",
}


class Upload(Protocol):
    """What Django's uploaded files offer."""

    @property
    def name(self) -> str | None: ...

    def chunks(self) -> Iterable[bytes]: ...


@dataclass(frozen=True)
class Stored:
    digest: str
    size: int
    media_type: str
    path: Path
    picture: Picture | None


def store(
    upload: Upload,
    folder: Path,
    *,
    limit: int = MAX_BYTES,
    allowed: Mapping[str, str] = ALLOWED,
) -> Stored:
    """Write the upload below ``folder`` as ``ab/abcdef…``; the same content is kept once.

    Refused, and nothing is left behind: empty, larger than ``limit`` bytes, a type that is not
    allowed, a picture that cannot be opened, a full disk.
    """
    name = upload.name or "文件"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder)
    except OSError as error:
        raise _disk(error) from error
    try:
        with os.fdopen(handle, "wb") as file:
            digest, size = _copy(upload, file, name, limit)
            file.flush()
            os.fsync(file.fileno())
        media_type = sniff(Path(temporary), name, allowed)
        is_picture = media_type.startswith("image/")
        picture = pictures.read(Path(temporary), name) if is_picture else None
        path = folder / digest[:2] / digest
        path.parent.mkdir(exist_ok=True)
        Path(temporary).replace(path)
        sync(path.parent, folder)
    except OSError as error:
        raise _disk(error) from error
    finally:
        Path(temporary).unlink(missing_ok=True)
    return Stored(digest, size, media_type, path, picture)


def _copy(upload: Upload, file: object, name: str, limit: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for chunk in upload.chunks():
        size += len(chunk)
        if size > limit:
            raise Refused(
                "too_large", f"“{name}”超过 {limit // 1024 // 1024} MB 的上限，请压缩后再上传。"
            )
        digest.update(chunk)
        file.write(chunk)  # type: ignore[attr-defined]
    if size == 0:
        raise Refused("empty", f"“{name}”是空文件，请重新选择。")
    return digest.hexdigest(), size


def sniff(path: Path, name: str, allowed: Mapping[str, str] = ALLOWED) -> str:
    """The content's media type; Refused if it is none of ``allowed`` (media type → its name)."""
    guessed = filetype.guess(str(path))
    kind = guessed.mime if guessed else _text(path)
    if kind not in allowed:
        raise Refused(
            "type_not_allowed",
            f"“{name}”不是可用的文件类型。可用：{'、'.join(allowed.values())}。"
            "旧版 Word（.doc）或设了密码的文件，请另存为不设密码的 .docx 再上传。",
        )
    return str(kind)


def _text(path: Path) -> str | None:
    """Text holds no control characters but tabs, line ends and page breaks."""
    with path.open("rb") as file:
        start = file.read(8192)
    return None if _CONTROL.search(start) else "text/plain"


def _disk(error: OSError) -> Refused:
    return Refused("storage", f"文件没有保存成功（{error.strerror}），请联系系统管理员后重试。")
