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
_SIDE = 3500  # pixels of the longer side: no page is reduced before its text is looked for
_INK = 8  # pixels: a smaller dark spot is grain
_LEAST_SURE = 0.6  # confidence below which a lone character is grain


def recognise(pixels: Pixels, scores: list[float]) -> Page:
    """The page in ``pixels`` (grey values); adds each line's confidence (0..1) to ``scores``."""
    result = _engine()(pixels)
    runs: list[Run] = []
    if result.boxes is not None:
        for box, text, score in zip(result.boxes, result.txts, result.scores, strict=True):
            (left, top), (right, bottom) = box.min(axis=0).tolist(), box.max(axis=0).tolist()
            runs.append(Run(text, left, top, right, bottom))
            scores.append(float(score))
    dark = cv2.threshold(pixels, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)[1]
    rules = _rules(dark)
    runs += _lone_characters(pixels, dark, runs, rules)
    return Page(blocks(runs, rules), float(pixels.shape[0]), recognised=True)


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


def _lone_characters(pixels: Pixels, dark: Any, runs: list[Run], rules: list[Rule]) -> list[Run]:
    """Characters that stand alone (一 in a table's first column), which the detector overlooks."""
    if not runs:
        return []
    size = sorted(run.height for run in runs)[len(runs) // 2]
    rest = dark.copy()
    for run in runs:
        _blank(rest, run.x0, run.y0, run.x1, run.y1)
    for rule in rules:
        _blank(rest, rule.x0 - _THICK, rule.y0 - _THICK, rule.x1 + _THICK, rule.y1 + _THICK)
    found = []
    for left, top, width, height in _spots(rest, size):
        text, score = _read_spot(pixels, left, top, width, height, size)
        if score >= _LEAST_SURE:
            found.append(Run(text, left, top, left + width, top + height))
    return found


def _blank(dark: Any, x0: float, y0: float, x1: float, y1: float) -> None:
    dark[max(0, int(y0)) : int(y1) + 1, max(0, int(x0)) : int(x1) + 1] = 0


def _spots(rest: Any, size: float) -> list[tuple[int, int, int, int]]:
    """Boxes of the dark spots as large as one or two characters."""
    joined = cv2.morphologyEx(rest, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    reach = max(3, int(size / 4))
    joined = cv2.morphologyEx(joined, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    return [
        (left, top, width, height)
        for left, top, width, height, _ in stats[1:].tolist()
        if size / 3 <= max(width, height) <= 2.5 * size and min(width, height) >= 2
        if width * height >= _INK * _INK
    ][:_MAX_SPOTS]


_MAX_SPOTS = 200


def _read_spot(
    pixels: Pixels, left: int, top: int, width: int, height: int, size: float
) -> tuple[str, float]:
    """The character in the box, set in the middle of a white square as the model expects it."""
    side = int(max(width, height, size) * 1.4)
    square = np.full((side, side), 255, np.uint8)
    crop = pixels[top : top + height, left : left + width][:side, :side]
    y, x = (side - crop.shape[0]) // 2, (side - crop.shape[1]) // 2
    square[y : y + crop.shape[0], x : x + crop.shape[1]] = crop
    result = _engine()(square, use_det=False, use_cls=False, use_rec=True)
    if not result.txts:
        return "", 0.0
    return result.txts[0], float(result.scores[0]) if result.txts[0].strip() else 0.0


def _rules(dark: Any) -> list[Rule]:
    """The straight dark stretches of the page: morphological opening with a long thin kernel."""
    height, width = dark.shape[:2]
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
