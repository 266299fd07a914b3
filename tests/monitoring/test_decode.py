"""``anlan decode`` as an installer meets it: forms of input, faults, streams, exit codes."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from anlan import cli
from anlan.monitoring.cli import decoding
from anlan.monitoring.cli.pieces import PROTOCOLS
from anlan.monitoring.protocols import batch, coal
from tests.shared import shared

from .protocols.coal.files import CDSS, TEXT
from .protocols.hj212.messages import FRAME
from .protocols.jt808.test_vectors import TOO_LONG, UNESCAPED

NAME = "140000000001_CDSS_20261126080000.txt"
MESSAGE = batch.pack(batch.Batch.of([1], [1_795_651_200_000], [0.5], [0]))
# Example of GB/T 26875.3: a confirmation, whose checksum is the sum of what stands between.
FIRE = bytes.fromhex("4040 0100 0001 050009020715 050403020100 0b0a09080706 0000 03 73 2323")

# A heartbeat of JT/T 808: the byte before the last is the exclusive or of those before it.
VEHICLE = bytes.fromhex("7e0002000001390000000100073c7e")


def run(*arguments: str, data: bytes = b"") -> tuple[int, list[dict], str]:
    done = subprocess.run(
        [sys.executable, "-m", "anlan.cli", "decode", *arguments],
        input=data, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    return (
        done.returncode,
        [json.loads(line) for line in done.stdout.splitlines()],
        done.stderr.decode(),
    )


def inside(
    monkeypatch: pytest.MonkeyPatch, *arguments: str, data: bytes = b""
) -> tuple[int, list[dict]]:
    """The same without a process, for tables."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    monkeypatch.setattr(sys, "stdout", out)
    code = decoding.main(arguments)
    return code, [json.loads(line) for line in out.buffer.getvalue().splitlines()]


GOOD = [
    ("hj212", [], FRAME),
    ("hj212", ["--binary"], FRAME),
    ("hj212", [], FRAME.hex(" ").encode()),
    ("hj212", ["--hex"], b"# from the log\n" + FRAME.hex().encode()),
    ("batch", [], MESSAGE),
    ("batch", [], MESSAGE.hex().encode()),
    ("batch", [], b' \n{"readings": [{"point": 1, "time": 0, "value": 1}]}'),
    ("coal", ["--name", NAME], TEXT.encode()),
    ("coal", ["--name", NAME], TEXT.encode("gbk")),
    ("coal", ["--name", NAME.replace("CDSS", "NCDSS")], coal.write(CDSS, coal.CARET)),
    ("jt808", [], VEHICLE),
    ("jt808", [], VEHICLE.hex().encode()),
    ("gb26875", [], FIRE),
    ("gb26875", [], FIRE.hex(" ").encode()),
]


@pytest.mark.parametrize(("protocol", "options", "data"), GOOD)
def test_good_input_ends_with_0(
    monkeypatch: pytest.MonkeyPatch, protocol: str, options: list[str], data: bytes
) -> None:
    code, lines = inside(monkeypatch, protocol, "-", *options, data=data)
    assert code == 0
    assert lines
    for line in lines:
        assert sorted(line) == ["length", "message", "offset"]
    assert lines[0]["offset"] == 0


@pytest.mark.parametrize(
    ("protocol", "options", "data"), [row for row in GOOD if row[2][:1] != b" "]
)
def test_many_frames_with_faults_between_end_with_1(
    monkeypatch: pytest.MonkeyPatch, protocol: str, options: list[str], data: bytes
) -> None:
    if protocol == "coal":
        data += data
    else:
        form = b" 00 11 22 " if looks_hexadecimal(data) else b"\x00\x11\x22"
        data = data + form + data
    code, lines = inside(monkeypatch, protocol, "-", *options, data=data)
    assert code == 1
    (fault,) = [line for line in lines if "fault" in line]
    assert fault["fault"]
    assert fault["offset"] <= fault["fault_at"] <= fault["offset"] + fault["length"]


def looks_hexadecimal(data: bytes) -> bool:
    return data.strip()[-1:] in b"0123456789abcdef"


def test_a_line_says_what_the_frame_says_or_at_which_byte_it_fails(tmp_path: Path) -> None:
    wrong = FRAME[:-6] + b"0000\r\n"
    file = tmp_path / "现场.log"
    file.write_bytes(FRAME + wrong)
    code, (good, bad), errors = run("hj212", str(file))
    assert (code, errors) == (1, "")
    assert (good["offset"], good["length"]) == (0, len(FRAME))
    assert good["message"]["command"] == {"code": "2061", "words": "小时数据"}
    assert (bad["offset"], bad["length"]) == (len(FRAME), len(FRAME))
    assert bad["fault_at"] == len(FRAME) + len(FRAME) - 6
    assert bad["fault"].startswith("校验码写的是 0000")
    assert bad["bytes"] == wrong[:32].hex(" ")


def _frames(protocol: str) -> list[tuple[bytes, bool]]:
    """The shared frames of a protocol, and whether they are good ones."""
    name = {"hj212": "hj212_messages"}.get(protocol, f"{protocol}_frames")
    found = []
    for row in json.loads(shared(f"data/protocol/{name}.json").read_text(encoding="utf-8")):
        own = row.get("own_decode") or row["own_check"]
        if own.get("segment_only"):
            continue
        good = own.get("checksum_ok", own.get("crc_ok")) and own.get("body_len_ok", True)
        data = row["message"].encode() if "message" in row else bytes.fromhex(row["hex"])
        exception = data.hex() == TOO_LONG or data.hex().startswith(UNESCAPED)
        found.append((data, bool(good) and not exception))
    return found


@pytest.mark.parametrize("protocol", ["gb26875", "jt808", "hj212"])
def test_shared_frames(monkeypatch: pytest.MonkeyPatch, protocol: str) -> None:
    frames = _frames(protocol)
    assert len(frames) > 3
    for data, good in frames:
        code, lines = inside(monkeypatch, protocol, "--binary", data=data)
        assert (code == 0) == good, data.hex()
        assert (["message" in line for line in lines] == [True]) == good


def test_a_file_of_a_mine_by_its_name(tmp_path: Path) -> None:
    file = tmp_path / NAME
    file.write_bytes(TEXT.encode()[:-2])
    code, lines, _ = run("coal", str(file))
    assert code == 1
    assert [("message" in line, line["offset"]) for line in lines[:2]] == [(True, 0), (True, 43)]
    assert lines[-1]["fault"] == "没有文件结束符：文件可能没有传完"


def test_a_fault_of_json_has_its_byte() -> None:
    code, (line,), _ = run("batch", data=b'{"readings": [}')
    assert (code, line["fault_at"]) == (1, 14)


def test_json_over_the_limit_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("anlan.monitoring.protocols.batch.text.LONGEST", 1000)
    code, (line,) = inside(monkeypatch, "batch", data=b"{" + b" " * 100_000)
    assert (code, line["length"]) == (1, 1001)


def test_a_stream_is_answered_while_it_goes_on() -> None:
    """What has come is printed before the input ends: a log can be watched."""
    process = subprocess.Popen(
        [sys.executable, "-m", "anlan.cli", "decode", "hj212", "-"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin
    assert process.stdout
    for number in range(2):
        process.stdin.write(FRAME)
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["offset"] == number * len(FRAME)
    rest, errors = process.communicate(timeout=60)
    assert (rest, errors, process.returncode) == (b"", b"", 0)


MISTAKES = [
    (["hj212", "没有这个文件"], b"", "找不到文件“没有这个文件”"),
    (["hj212", "."], b"", "是文件夹"),
    (["hj212", "a\0b"], b"", "打不开"),
    (["hj212", "-"], b"", "输入是空的"),
    (["hj212"], b"", "输入是空的"),
    (["hj212", "--hex"], b"# nothing", "输入是空的"),
    (["hj212", "--hex"], b"\n7e7\n", "第 2 行：“7e7”的位数是单数"),
    (["hj212", "--hex"], FRAME, "输入是空的"),
    (["coal", "-"], b"x", "文件名“-”应为"),
    (["coal", "--name", "a.txt"], b"x", "用 --name"),
]


@pytest.mark.parametrize(("arguments", "data", "words"), MISTAKES)
def test_mistakes_end_with_2_and_one_chinese_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    data: bytes,
    words: str,
) -> None:
    code, lines = inside(monkeypatch, *arguments, data=data)
    message = capsys.readouterr().err
    assert (code, lines) == (2, [])
    assert message.startswith("错误：")
    assert words in message
    assert message.count("\n") == 1


@pytest.mark.parametrize(
    "arguments", [["modbus"], ["hj212", "--hex", "--binary"], ["hj212", "a", "b"], ["hj212", "--x"]]
)
def test_wrong_arguments_end_with_2_and_the_help(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        decoding.main(arguments)
    assert caught.value.code == 2
    assert "用法：anlan decode" in capsys.readouterr().err


def test_without_permission(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Root may read all: so the system's refusal is played."""
    file = tmp_path / "x"

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert decoding.main(["hj212", str(file)]) == 2
    assert f"没有权限读“{file}”" in capsys.readouterr().err


def test_a_disk_that_fails_in_the_middle(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Failing(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: object) -> int:
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(Failing())))
    assert decoding.main(["hj212"]) == 2
    assert "读到中途出错" in capsys.readouterr().err


def test_being_stopped(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(decoding, "_decode", stop)
    assert decoding.main(["hj212"]) == 2
    assert capsys.readouterr().err == "已停止，输入没有读完。\n"


def test_a_reader_that_leaves_early_is_said() -> None:
    command = f'"{sys.executable}" -m anlan.cli decode hj212 - | head -c 10'
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        input=FRAME * 5000, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.decode() == "错误：接收输出的程序已经关闭，后面的没有写出。\n"


@pytest.mark.parametrize("arguments", [[], ["--help"], ["hj212", "-h"]])
def test_help_is_chinese_and_names_every_protocol(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["decode", *arguments])
    said = capsys.readouterr().out
    assert caught.value.code == 0
    assert said.startswith("用法：anlan decode")
    assert all(f"  {name} " in said for name in PROTOCOLS)
