"""Reading a notice for programs: the same JSON as ``anlan notice read FILE --json``."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from ninja import File, Router
from ninja.files import UploadedFile

from anlan.intake import policies
from anlan.intake.bounded import read_bounded
from anlan.intake.services.reading import READABLE
from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.errors import Refused
from anlan.kernel.evidence.storing import store
from anlan.kernel.visits import release
from anlan.notices.document import NoticeError

router = Router(tags=["notices"])
SECONDS = 120  # a program waits for the answer; what takes longer is imported by a job
_reading = BoundedSemaphore(1)  # in one web process: reading takes a core for itself


@router.post("read/", response=dict[str, Any])
@page(policies.IMPORT, methods=("POST",))
def read(request: Request, file: File[UploadedFile]) -> dict[str, Any]:
    """Read a notice without keeping it, within two minutes; a scan takes ten seconds a page.

    503 while another reading is under way.
    """
    with tempfile.TemporaryDirectory() as folder, _slot():
        stored = store(file, Path(folder), allowed=READABLE)
        release()  # the reading takes long and needs no database
        try:
            return read_bounded(stored.path, seconds=SECONDS).as_dict()
        except NoticeError as error:
            raise Refused("not_a_notice", str(error)) from error


class Busy(Refused):
    """Another file is being read."""

    status = 503

    def __init__(self) -> None:
        super().__init__("busy", "正在读取另一份文件，请稍后再试。")


@contextmanager
def _slot() -> Iterator[None]:
    if not _reading.acquire(blocking=False):
        raise Busy
    try:
        yield
    finally:
        _reading.release()
