"""The whole command as people start it, and how wrong cities are told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from copy import deepcopy
from pathlib import Path

import pytest

from anlan.monitoring.cli.simulating import main
from anlan.monitoring.simulate.city import Unreadable, load, of
from anlan.monitoring.simulate.counting import Tally, table
from tests.monitoring.simulate.given import DOCUMENT


def coal_city(tmp_path: Path) -> Path:
    document = {"devices": [each for each in DOCUMENT["devices"] if each["protocol"] == "coal"]}
    path = tmp_path / "city.json"
    path.write_text(json.dumps(document))
    return path


def test_ctrl_c_ends_it_cleanly_with_a_table(tmp_path):
    command = [sys.executable, "-m", "anlan.cli", "simulate", str(coal_city(tmp_path))]
    command += ["--folder", str(tmp_path / "in"), "--rate", "50", "--scenario", "silence"]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as process:
        end = time.monotonic() + 20
        while not list(tmp_path.glob("in/*/*CDSS*")):
            assert time.monotonic() < end, "no file came"
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        told, errors = process.communicate(timeout=20)
    assert (process.returncode, errors.decode()) == (0, "")
    assert "煤矿数据文件" in told.decode()
    assert "每秒" in told.decode()


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ([], "--folder"),
        (["--folder", "x", "--scenario", "none"], "没有场景“none”"),
        (["--folder", "x", "--rate", "1e9"], "--rate 太高"),
    ],
)
def test_what_cannot_run_is_told_before_it_starts(tmp_path, capsys, more, told):
    assert main([str(coal_city(tmp_path)), *more]) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("more", [["--speed", "0"], ["--rate", "x"], ["--what"]])
def test_wrong_arguments_show_the_usage(tmp_path, capsys, more):
    with pytest.raises(SystemExit) as ended:
        main([str(coal_city(tmp_path)), *more])
    assert ended.value.code == 2
    assert "用法：anlan simulate" in capsys.readouterr().err


def changed(*path_and_value):
    document = deepcopy(DOCUMENT)
    *path, last, value = path_and_value
    place = document
    for each in path:
        place = place[each]
    place[last] = value
    return document


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ([], "文件应是一个对象"),
        ({"devices": []}, "devices 应是不空的列表"),
        (changed("devices", 0, "protocol", "modbus"), "第 1 台设备：protocol“modbus”"),
        (changed("devices", 0, "every", 0), "第 1 台设备：every"),
        (changed("devices", 1, "address", "mine-1"), "写了 2 次"),
        (changed("devices", 2, "address", "x"), "第 3 台设备：address“x”"),
        (changed("devices", 0, "points", 1, "channel", "x"), "第 2 个测点：channel“x”"),
        (changed("devices", 0, "points", 1, "channel", "1"), "channel 相同"),
        (changed("devices", 0, "points", 1, "high", 0), "low 小于 high"),
        (changed("devices", 0, "points", 1, "resolution", 0), "resolution 大于 0"),
        (changed("devices", 0, "points", 1, "limits", ["1"]), "limits 应是数字的列表"),
        (changed("ports", "jt808", 0), "jt808: 0"),
    ],
)
def test_a_wrong_city_is_told_with_its_place(document, told):
    with pytest.raises(Unreadable, match=told):
        of(document)


def test_a_file_that_is_none_is_told(tmp_path):
    with pytest.raises(Unreadable, match="打不开"):
        load(tmp_path / "none.json")
    (tmp_path / "bad.json").write_text("{")
    with pytest.raises(Unreadable, match="JSON"):
        load(tmp_path / "bad.json")


def test_the_table_stands_in_columns_and_says_why():
    tally = Tally(sent=1200, acknowledged=1000, refused=50, resent=3)
    tally.reasons["401 密钥不对"] = 2
    lines = table({"http": tally, "coal": Tally(sent=7)}, 10).splitlines()
    assert "1,200" in lines[1]
    assert "150" in lines[1], "what waits"
    assert lines[3] == "共 1,207 条读数，10 秒，每秒 121 条"
    assert "HTTP 批次：401 密钥不对（2 次）" in lines
