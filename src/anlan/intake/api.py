"""Reading a notice for programs: the same JSON as ``anlan notice read FILE --json``."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from ninja import File, Router
from ninja.files import UploadedFile

from anlan.intake import policies
from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.errors import Refused
from anlan.kernel.evidence.storing import store
from anlan.notices.document import NoticeError
from anlan.notices.reading import read_notice

router = Router(tags=["notices"])


@router.post("read/", response=dict[str, Any])
@page(policies.IMPORT, methods=("POST",))
def read(request: Request, file: File[UploadedFile]) -> dict[str, Any]:
    """Read a notice without keeping it. Scans take about ten seconds a page."""
    with tempfile.TemporaryDirectory() as folder:
        stored = store(file, Path(folder))
        try:
            return read_notice(stored.path).as_dict()
        except NoticeError as error:
            raise Refused("not_a_notice", str(error)) from error
