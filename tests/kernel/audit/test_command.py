"""``anlan audit``: what it prints and its exit codes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from anlan import cli
from anlan.config import audit
from anlan.kernel.audit import chain
from anlan.kernel.audit.models import AuditRow
from tests.kernel.audit.conftest import rename


@pytest.fixture(autouse=True)
def running(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' own server already runs."""

    @contextmanager
    def django() -> Iterator[None]:
        yield

    monkeypatch.setattr(audit, "django", django)


def run(*arguments: str) -> int:
    return cli.main(["audit", *arguments])


def test_sealing_verifying_and_noting_the_head(
    committed_db: None, city: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = AuditRow.objects.count()
    assert run("seal") == 0
    assert f"已封存 {rows} 条" in capsys.readouterr().out
    assert run("head") == 0
    head = capsys.readouterr().out.strip()
    assert head == chain.head()
    assert run("verify", "--head", head) == 0
    out = capsys.readouterr().out
    assert f"审计链完好：已核验 {rows} 条" in out
    assert head in out


def test_a_touched_row_is_named_and_ends_with_1(
    sealed: SimpleNamespace, tamper: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    row = AuditRow.objects.get(changes__name__1="乙县")
    tamper("UPDATE audit_auditrow SET reason = 'x' WHERE id = %s", row.pk)
    assert run("verify") == 1
    out = capsys.readouterr().out
    assert "审计链不完好" in out
    assert f"审计记录 {row.pk}" in out
    assert f"orgs_area 第 {sealed.east.pk} 行" in out


def test_a_cut_tail_ends_with_1(
    sealed: SimpleNamespace, tamper: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    rename(sealed.west, "末")
    chain.seal_all()
    head = chain.head()
    tamper("DELETE FROM audit_seal WHERE number = (SELECT max(number) FROM audit_seal)")
    assert run("verify", "--head", head) == 1
    assert head in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [(), ("cut",), ("verify", "--head", "12"), ("--what",)])
def test_wrong_arguments_end_with_2(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        run(*arguments)
    assert ended.value.code == 2
    assert "错误" in capsys.readouterr().err
