"""Recognising the text of a scanned page, offline: the models ship in rapidocr's wheel."""

from __future__ import annotations

import functools
from typing import Any

import cv2
import numpy as np

from anlan.notices.document import NoticeError
from anlan.notices.readers.grid import Rule
from anlan.notices.readers.layout import Run, blocks
from anlan.notices.readers.pages import Page

Pixels = np.ndarray[Any, np.dtype[np.uint8]]

_RULE_SHARE = 1 / 30  # of the page's side: a dark stretch at least this long is a ruled line
_MIN_RULE = 40  # pixels
_THICK = 12  # pixels: a thicker dark stretch is a picture or a stamp
_SIDE = 2400  # pixels of the longer side at which A4 text is recognised well


def recognise(pixels: Pixels, scores: list[float]) -> Page:
    """The page in ``pixels`` (grey values); adds each line's confidence (0..1) to ``scores``."""
    result = _engine()(pixels)
    runs: list[Run] = []
    if result.boxes is not None:
        for box, text, score in zip(result.boxes, result.txts, result.scores, strict=True):
            xs, ys = box[:, 0], box[:, 1]
            runs.append(
                Run(text, float(xs.min()), float(ys.min()), float(xs.max()), float(ys.max()))
            )
            scores.append(float(score))
    return Page(blocks(runs, _rules(pixels)), float(pixels.shape[0]))


@functools.lru_cache(maxsize=1)
def _engine() -> Any:
    try:
        from rapidocr import RapidOCR

        # no model path, language or version is named: the defaults are the files of the wheel
        return RapidOCR(params={"Global.log_level": "error", "Global.max_side_len": _SIDE})
    except (ImportError, OSError, RuntimeError) as error:
        raise NoticeError(
            "图像识别组件不可用，不能读扫描件。请用带文字的 .docx、.pdf，或请管理员检查安装。"
        ) from error


def _rules(pixels: Pixels) -> list[Rule]:
    """The straight dark stretches of the page: morphological opening with a long thin kernel."""
    dark = cv2.threshold(pixels, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)[1]
    height, width = pixels.shape[:2]
    across = max(_MIN_RULE, int(width * _RULE_SHARE))
    down = max(_MIN_RULE, int(height * _RULE_SHARE))
    return [*_stretches(dark, (across, 1)), *_stretches(dark, (1, down))]


def _stretches(dark: Any, kernel: tuple[int, int]) -> list[Rule]:
    shape = cv2.getStructuringElement(cv2.MORPH_RECT, kernel)
    opened = cv2.morphologyEx(dark, cv2.MORPH_OPEN, shape)
    _, _, stats, _ = cv2.connectedComponentsWithStats(opened, connectivity=8)
    rules = []
    for left, top, width, height, _ in stats[1:].tolist():
        if min(width, height) <= _THICK:
            rules.append(_middle(left, top, width, height))
    return rules


def _middle(left: int, top: int, width: int, height: int) -> Rule:
    if width >= height:
        y = top + height / 2
        return Rule(left, y, left + width, y)
    x = left + width / 2
    return Rule(x, top, x, top + height)
