"""The command line as a user meets it: output, errors, exit codes, speed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from anlan import cli
from anlan.notices import labels
from anlan.notices.document import ObligationKind, Period, Role
from anlan.notices.kinds import DifferenceKind, RemarkKind
from anlan.notices.structure.ledger import RepairKind

SAMPLES = Path(__file__).resolve().parents[2] / "data" / "samples"
SAMPLE = SAMPLES / "yunling-2026-sample.txt"
KEYS = [
    "title", "issuer", "year", "draft", "preamble", "closing", "chapters", "table", "differences",
    "warnings", "repairs",
]  # fmt: skip


def run(
    *arguments: str, data: bytes = b"", **environment: str
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "anlan.cli", *arguments],
        input=data,
        capture_output=True,
        timeout=60,
        check=False,
    )


def test_json_has_exactly_the_contracted_keys() -> None:
    done = run("notice", "read", str(SAMPLE), "--json")
    document = json.loads(done.stdout)
    assert done.returncode == 0
    assert sorted(document) == sorted(KEYS)
    assert document["year"] == 2026
    assert "云岭市" in done.stdout.decode()  # not escaped
    assert done.stderr == b""


def test_json_of_rows_items_and_obligations() -> None:
    document = json.loads(run("notice", "read", str(SAMPLE), "--json").stdout)
    chapter, row = document["chapters"][0], document["table"][0]
    item = chapter["items"][1]
    assert sorted(chapter) == ["items", "number", "text", "title"]
    assert sorted(item) == ["number", "obligations", "parts", "responsible", "text", "title"]
    assert sorted(item["responsible"]) == ["inherited", "text", "units"]
    assert item["responsible"]["units"][0] == {"name": "市应急局", "role": "responsible"}
    assert sorted(row) == ["item", "obligations", "part", "responsible", "text", "title"]
    assert sorted(item["obligations"][0]) == [
        "deadline", "kind", "op", "period", "subject", "text", "unit", "value", "value_max",
        "window_months",
    ]  # fmt: skip
    assert "2026-03-31" in [each["deadline"] for each in item["obligations"]]


def test_standard_input_and_output_file(tmp_path: Path) -> None:
    target = tmp_path / "结果.json"
    done = run("notice", "read", "-", "--json", "--output", str(target), data=SAMPLE.read_bytes())
    assert (done.returncode, done.stdout) == (0, b"")
    assert json.loads(target.read_text(encoding="utf-8"))["issuer"] == "云岭市人民政府"


def test_report_without_terminal_has_no_colour() -> None:
    done = run("notice", "read", str(SAMPLE))
    text = done.stdout.decode()
    assert done.returncode == 0
    assert "\x1b[" not in text
    for words in ("附表缺责任单位", "市住建局", "不少于12处", "请起草单位核对", "适时组织回头看"):
        assert words in text


def test_colour_is_for_terminals_and_can_be_switched_off(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setattr(sys.stdout, "reconfigure", lambda **_: None, raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert cli.main(["notice", "read", str(SAMPLE)]) == 0
    assert "\x1b[31m附表缺责任单位" in capsys.readouterr().out
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setattr(sys.stdout, "reconfigure", lambda **_: None, raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    assert cli.main(["notice", "read", str(SAMPLE)]) == 0
    assert "\x1b[" not in capsys.readouterr().out


BAD = [
    (["notice", "read", "没有这个文件.txt"], b"", "找不到"),
    (["notice", "read", str(SAMPLES)], b"", "文件夹"),
    (["notice", "read", "-"], b"", "空的"),
    (["notice", "read", "-"], b"MZ" + bytes(100), "程序"),
    (["notice", "read", "-"], b"hello world, this is a letter\n" * 5, "通知"),
    (
        ["notice", "read", "-"],
        "白日依山尽，黄河入海流。\n欲穷千里目，更上一层楼。".encode(),
        "通知",
    ),
    (["notice", "read"], b"", "参数"),
    (["notice"], b"", "参数"),
    (["notice", "read", "--colour", "x"], b"", "参数"),
    (["notices"], b"", "没有“notices”这个命令"),
    (["notice", "read", str(SAMPLE), "--output", "/没有/这个/文件夹"], b"", "不能写入"),
]


@pytest.mark.parametrize(("arguments", "data", "words"), BAD)
def test_mistakes_end_with_2_and_one_plain_message(arguments, data, words) -> None:
    done = run(*arguments, data=data)
    message = done.stderr.decode()
    assert done.returncode == 2
    assert done.stdout == b""
    assert message.startswith("错误：")
    assert words in message
    assert "Traceback" not in message


def test_reader_that_leaves_early_causes_no_error() -> None:
    command = f'"{sys.executable}" -m anlan.cli notice read "{SAMPLE}" --json | head -c 10'
    done = subprocess.run(["bash", "-c", command], capture_output=True, timeout=60, check=False)
    assert done.stderr == b""


@pytest.mark.parametrize(
    "arguments", [["--help"], [], ["notice", "--help"], ["notice", "read", "-h"]]
)
def test_help_is_chinese(arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.returncode == 0
    assert done.stdout.decode().startswith("用法：anlan")


def test_every_command_names_a_module_and_a_function() -> None:
    for target, what in cli.COMMANDS.values():
        assert target.count(":") == 1
        assert what


def test_reading_text_loads_nothing_heavy() -> None:
    """Speed is bought by what is not imported; each of these costs a tenth of a second or more."""
    code = (
        "import sys; from anlan import cli;"
        f"cli.main(['notice', 'read', {str(SAMPLE)!r}, '--json', '--output', {os.devnull!r}]);"
        "heavy = {'django', 'numpy', 'PIL', 'cv2', 'rapidocr', 'pypdfium2', 'docx', 'rich'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, timeout=60)
    assert done.stdout.decode().strip() == "[]"


def test_every_kind_has_a_chinese_name() -> None:
    assert set(labels.DIFFERENCES) == set(DifferenceKind)
    assert set(labels.REMARKS) == set(RemarkKind)
    assert set(labels.OBLIGATIONS) == set(ObligationKind)
    assert set(labels.ROLES) == set(Role)
    assert set(labels.PERIODS) == set(Period)
    assert set(labels.REPAIRS) >= set(RepairKind)
