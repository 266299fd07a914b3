"""What people uploaded runs nothing and stays nowhere when it is handed out."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from anlan.kernel.errors import Unknown
from anlan.kernel.evidence.models import File
from anlan.kernel.evidence.pages import content
from anlan.kernel.evidence.services import file_store
from tests import factories
from tests.kernel.access.conftest import actor, user


@pytest.fixture
def kept(settings: Any, tmp_path: Path) -> Any:
    """A stored content of the given type."""
    settings.VAR = tmp_path

    def make(media_type: str, data: bytes = b"<script>alert(1)</script>") -> File:
        file = File(digest="ab" * 32, size=len(data), media_type=media_type, name="n")
        file.path.parent.mkdir(parents=True, exist_ok=True)
        file.path.write_bytes(data)
        return file

    return make


@pytest.mark.parametrize(
    ("media_type", "how"),
    [
        ("image/jpeg", "inline"),
        ("application/pdf", "inline"),
        ("text/plain", "attachment"),
        ("video/mp4", "attachment"),
        ("text/html", "attachment"),
        ("image/svg+xml", "attachment"),
    ],
)
def test_how_it_is_handed_out(kept: Any, media_type: str, how: str) -> None:
    answer = content(kept(media_type), '../"；a=b\r\nX: y.txt')
    assert answer.headers["Content-Disposition"].split(";")[0] == how
    assert "\n" not in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_lost_content_is_said_to_be_lost(kept: Any) -> None:
    file = kept("image/png")
    file.path.unlink()
    with pytest.raises(Unknown, match="存储"):
        content(file, "n")


def test_nobody_learns_how_another_named_the_same_content(city: SimpleNamespace, kept: Any) -> None:
    """Who guesses a content must not read from its name whose it is."""
    people = [actor(user(city, name)) for name in ("first", "second")]
    names = ("东县暗访.txt", "b.txt")
    files = [
        file_store(actor=who, upload=factories.upload(b"the same", name))
        for who, name in zip(people, names, strict=True)
    ]
    assert files[0] == files[1]
    assert [each.name for each in files] == list(names)
    assert File.objects.get(pk=files[0].pk).name == "东县暗访.txt"
