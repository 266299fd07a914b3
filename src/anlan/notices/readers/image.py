"""Scanned pages and photographs (.png .jpg .tiff .bmp), also several pages in one file."""

from __future__ import annotations

import io
import warnings
from typing import Any

import numpy as np
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from anlan.notices.document import NoticeError, Source
from anlan.notices.readers.pages import Page, assemble
from anlan.notices.readers.recognition import recognise

MAX_PIXELS = 80_000_000
"""Largest image: A3 at 600 dpi has 70 million pixels."""
MAX_PAGES = 100
_MAX_SIDE = 3500  # pixels; larger photographs are reduced before recognition
_DAMAGED = "图片已损坏，打不开（可能没有下载完整）。请重新扫描或重新下载。"


def read(data: bytes) -> Source:
    """The image ``data`` as a source; raises NoticeError when damaged, too large or blank."""
    scores: list[float] = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data)) as image:
                pages = _pages(image, scores)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise _too_large() from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise NoticeError(_DAMAGED) from error
    if not scores:
        raise NoticeError("图片里没有认出文字。请换更清晰、摆正的扫描件或照片。")
    return assemble(pages, "scan", sum(scores) / len(scores))


def _pages(image: Image.Image, scores: list[float]) -> list[Page]:
    count = getattr(image, "n_frames", 1)
    if count > MAX_PAGES:
        raise NoticeError(f"图片有 {count} 页，超过 {MAX_PAGES} 页的上限。请分成几个文件。")
    return [recognise(_pixels(frame), scores) for frame in ImageSequence.Iterator(image)]


def _pixels(frame: Image.Image) -> Any:
    if frame.width * frame.height > MAX_PIXELS:
        raise _too_large()
    upright = ImageOps.exif_transpose(frame)
    grey = _on_white(upright).convert("L")
    grey.thumbnail((_MAX_SIDE, _MAX_SIDE))
    return np.asarray(grey)


def _on_white(image: Image.Image) -> Image.Image:
    """A transparent background reads as black; a page is white."""
    if image.mode not in {"RGBA", "LA", "PA"} and "transparency" not in image.info:
        return image
    page = image.convert("RGBA")
    white = Image.new("RGBA", page.size, "white")
    return Image.alpha_composite(white, page)


def _too_large() -> NoticeError:
    return NoticeError("图片太大，没有读取。请降低扫描分辨率（300 dpi 已足够）后再读。")
