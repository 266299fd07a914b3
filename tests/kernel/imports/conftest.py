"""The small city with its people, and an importer of villages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from anlan.kernel.access.actor import Actor
from anlan.kernel.imports.models import ImportBatch
from anlan.kernel.imports.services.reading import batch_read
from anlan.kernel.imports.services.uploading import batch_upload
from tests import factories
from tests.kernel.access.conftest import (
    _fresh_process as _fresh_process,
)
from tests.kernel.access.conftest import (
    _log_guards as _log_guards,
)
from tests.kernel.access.conftest import (
    committed_db as committed_db,
)
from tests.kernel.imports import books, villages
from tests.plan.conftest import city as city
from tests.plan.conftest import store as store
from tests.plan.conftest import who as who

Send = Callable[..., ImportBatch]


@pytest.fixture
def importer() -> Iterator[villages.Villages]:
    with villages.registered() as made:
        yield made


@pytest.fixture
def send(who: SimpleNamespace, importer: villages.Villages) -> Send:
    """Upload these rows below the headings, as the bureau's clerk unless told otherwise."""

    def upload(
        rows: list[list[Any]],
        *,
        by: Actor | None = None,
        content: bytes | None = None,
        name: str = "村.xlsx",
    ) -> ImportBatch:
        if content is None:
            content = books.xlsx([villages.HEAD, *rows])
        return batch_upload(
            actor=by or who.bureau_staff, importer=villages.KEY, given={}, organisation=None,
            upload=factories.upload(content, name),
        )  # fmt: skip

    return upload


@pytest.fixture
def ready(send: Send) -> Send:
    """Uploaded and read."""

    def make(rows: list[list[Any]], **more: Any) -> ImportBatch:
        batch = send(rows, **more)
        batch_read(batch=batch.pk)
        return ImportBatch.objects.get(pk=batch.pk)

    return make
