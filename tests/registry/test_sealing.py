"""Identity numbers at rest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from anlan.registry.sealing import SECRET, SealBroken, digest, opened, seal

NUMBER = "11010519491231002X"


@pytest.fixture(autouse=True)
def _var(settings: Any, tmp_path: Path) -> None:
    settings.VAR = tmp_path


def test_a_number_opens_again_and_its_cipher_says_nothing() -> None:
    first, second = seal(NUMBER), seal(NUMBER)
    assert first != second
    assert NUMBER.encode() not in first
    assert opened(first, digest(NUMBER)) == opened(second, digest(NUMBER)) == NUMBER


def test_the_digest_finds_a_number_and_is_keyed(settings: Any, tmp_path: Path) -> None:
    here = digest(NUMBER)
    assert here == digest(NUMBER)
    assert here != digest(NUMBER[:-1] + "1")
    settings.VAR = tmp_path / "elsewhere"
    assert digest(NUMBER) != here


def test_another_installation_a_changed_byte_or_another_s_digest_do_not_open_it(
    settings: Any, tmp_path: Path
) -> None:
    cipher, beside = seal(NUMBER), digest(NUMBER)
    for place in range(len(cipher)):
        spoilt = cipher[:place] + bytes([cipher[place] ^ 1]) + cipher[place + 1 :]
        with pytest.raises(SealBroken):
            opened(spoilt, beside)
    with pytest.raises(SealBroken):
        opened(cipher, digest(NUMBER[:-1] + "1"))
    settings.VAR = tmp_path / "elsewhere"
    with pytest.raises(SealBroken):
        opened(cipher, beside)


def test_the_key_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    seal(NUMBER)
    assert (tmp_path / SECRET).stat().st_mode & 0o077 == 0
