"""``anlan tamper check`` as an auditor meets it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from anlan.monitoring.cli import tampering
from anlan.monitoring.tamper.series import Track
from anlan.monitoring.tamper.signals import KINDS
from anlan.monitoring.tamper.words import moment
from tests.bench import touching
from tests.bench.readings import FOLDER
from tests.monitoring.tamper import made
from tests.monitoring.tamper.test_detector import touched


def write(path: Path, *, separator: str = ",", encoding: str = "utf-8") -> Path:
    series = touched(Track.of(made.coarse(4000)), touching.frozen, 2300, 240)
    rows = [
        separator.join((moment(int(at)), "瓦斯1", f"{value:.1f}"))
        for at, value in zip(series.times, series.values, strict=True)
    ]
    path.write_text("\n".join([separator.join(("时间", "测点", "值")), *rows]), encoding=encoding)
    return path


def checked(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    assert tampering.main(["check", *arguments, "--json"]) == 0
    told: dict[str, object] = json.loads(capsys.readouterr().out)
    return told


@pytest.mark.parametrize(
    ("separator", "encoding"), [(",", "utf-8"), (";", "utf-8-sig"), ("\t", "gb18030")]
)
def test_json_of_a_long_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], separator: str, encoding: str
) -> None:
    file = write(tmp_path / "a.csv", separator=separator, encoding=encoding)
    told = checked(capsys, str(file), "--unit", "%")
    assert told["read"]["readings"] == 4000
    (signal,) = told["signals"]
    assert (signal["kind"], signal["point"], signal["unit"]) == ("frozen", "瓦斯1", "%")
    assert signal["from"].endswith("+08:00")
    assert 100 <= len(signal["series"]) <= 200
    assert [time for time, _ in signal["series"]] == sorted(time for time, _ in signal["series"])
    assert signal["score"] > 2
    assert "连续" in signal["why"]


def test_the_table_for_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert tampering.main(["check", str(write(tmp_path / "a.csv"))]) == 0
    told = capsys.readouterr().out
    assert KINDS["frozen"] in told
    assert "瓦斯1" in told


def test_bad_rows_are_told_with_their_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.csv"
    file.write_text(
        "time,point,value\n2026-01-01 00:00:00,A,1\n昨天,A,2\n2026-01-01 00:01:00,A,多\n"
        "2026-01-01 00:02:00,A\n1767196980,A,\n1767197040000,A,4\n",
        encoding="utf-8",
    )
    read = checked(capsys, str(file))["read"]
    assert [row["line"] for row in read["bad_rows"]] == [3, 4, 5]
    assert (read["rows"], read["readings"], read["empty"], read["bad"]) == (6, 3, 1, 3)
    assert any("北京时间" in note for note in read["notes"])


def test_a_wide_file_one_column_of_it_and_words_left_aside(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.csv"
    file.write_text("time;CH4;CO;班次\n0;1;2;早\n30;1;3;早\n60;2;2;早\n", encoding="utf-8")
    read = checked(capsys, str(file))["read"]
    assert read["points"] == {"CH4": 3, "CO": 3}
    assert any("班次" in note for note in read["notes"])
    assert checked(capsys, str(file), "--column", "CO")["read"]["points"] == {"CO": 3}


def test_arff_without_times(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.arff"
    file.write_text(
        "% made\n@relation x\n@attribute 'CH4 a' numeric\n@attribute b {p,q}\n@data\n0.1,p\n?,q\n",
        encoding="utf-8",
    )
    read = checked(capsys, str(file), "--every", "30")["read"]
    assert (read["points"], read["empty"]) == ({"CH4 a": 2}, 1)


GOOD = "time,point,value\n0,A,1\n30,A,2\n"


@pytest.mark.parametrize(
    ("content", "arguments", "words"),
    [
        (None, [], "没有文件"),
        (b"", [], "是空的"),
        (b"\x00\x01PNG", [], "不是文本文件"),
        (b"\xff\xff\xff", [], "编码"),
        (b"a,b\n1,2\n", [], "--every"),
        (b"1,2\n3,4\n", [], "列名"),
        (b"time,a,a\n0,1,2\n", [], "列名重复"),
        (b"time\n0\n", [], "没有别的列"),
        (b"time,a\n0,x\n", [], "没有数字"),
        (b"time,point,value\nx,A,1\n", [], "没有一个可用的读数"),
        (b"@relation x\n@attribute a numeric\n", ["--every", "1"], "@data"),
        (b"@relation x\n@data\n1\n", ["--every", "1"], "@attribute"),
        (b"@relation x\n@attribute a numeric\n@data\n{0 1}\n", ["--every", "1"], "稀疏"),
        (GOOD.encode(), ["--column", "温度"], "没有“温度”这一列"),
        (GOOD.encode(), ["--every", "0"], "--every"),
        (GOOD.encode(), ["--limit", "A"], "测点=…"),
        (GOOD.encode(), ["--limit", "A=高"], "不是数字"),
        (GOOD.encode(), ["--limit", "B=1"], "没有测点“B”"),
        (GOOD.encode(), ["--role", "A=门"], "角色只能是"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_line(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    content: bytes | None,
    arguments: list[str],
    words: str,
) -> None:
    file = tmp_path / "a.csv"
    if content is not None:
        file.write_bytes(content)
    assert tampering.main(["check", str(file), *arguments]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("错误：")
    assert words in told.err
    assert told.err.count("\n") == 1


def test_a_file_of_a_gigabyte_is_refused_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.csv"
    with file.open("wb") as handle:
        handle.truncate(2**30)
    assert tampering.main(["check", str(file)]) == 2
    assert "1024兆" in capsys.readouterr().err


def test_wrong_arguments_show_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        tampering.main(["find"])
    assert stopped.value.code == 2
    assert "用法" in capsys.readouterr().err


@pytest.mark.skipif(
    not FOLDER.exists(), reason=f"REAL SERIES MISSING: {FOLDER} is not beside the project"
)
def test_a_real_mine_is_read_and_its_long_constant_run_not_hidden(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = checked(capsys, str(FOLDER / "methane" / "methane-train.arff"), "--every", "30")
    assert told["read"]["readings"] == 13368 * 8
    assert any(one["point"] == "MM116" for one in told["unjudged"])
    assert np.all([one["score"] > 0 for one in told["signals"]])
