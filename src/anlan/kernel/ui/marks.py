"""Marks in the header (演示数据) and watermarks over the page (演练): apps say when they show.

    marks.register(lambda request: "演示数据" if demo.loaded() else None)
    marks.register(lambda request: "演练" if exercise.running() else None, watermark=True)

A test runs on every page: it must be cheap (cached, no query of its own).
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest

Test = Callable[[HttpRequest], str | None]

_marks: list[Test] = []
_watermarks: list[Test] = []


def register(test: Test, *, watermark: bool = False) -> None:
    """``test`` gives the words to show on this request's page, or None."""
    registry = _watermarks if watermark else _marks
    if test not in registry:
        registry.append(test)


def shown(request: HttpRequest) -> list[str]:
    """The marks of this page, each once."""
    return _words(_marks, request)


def watermarks(request: HttpRequest) -> list[str]:
    """The watermarks of this page, each once."""
    return _words(_watermarks, request)


def _words(tests: list[Test], request: HttpRequest) -> list[str]:
    return list(dict.fromkeys(words for test in tests if (words := test(request))))
