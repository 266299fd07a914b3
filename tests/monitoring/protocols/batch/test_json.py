"""Batches as JSON: what is not understood is refused, never guessed."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from anlan.monitoring.protocols.batch import Quality, from_json
from anlan.monitoring.protocols.batch import text as json_text
from anlan.monitoring.protocols.framing import Malformed

from .readings import AT


def reading(**changes: object) -> dict[str, object]:
    return {"point": 1, "time": "2026-11-26T08:00:00+08:00", "value": 0.42, "quality": 0} | changes


def document(**changes: object) -> bytes:
    return json.dumps({"readings": [reading(**changes)]}).encode()


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("2026-11-26T08:00:00+08:00", AT),
        ("2026-11-26T00:00:00Z", AT),
        ("2026-11-26 00:00:00.250999+00:00", AT + 250),
        ("1969-12-31T23:59:59.9999Z", -1),
        (AT, AT),
        (-5, -5),
    ],
)
def test_times_in_json(time: object, expected: int) -> None:
    assert from_json(document(time=time)).time.tolist() == [expected]


def test_json_without_quality_and_without_value() -> None:
    bare = reading()
    del bare["quality"]
    batch = from_json(json.dumps({"readings": [bare, reading(value=None, quality=3)]}).encode())
    assert batch.quality.tolist() == [0, Quality.LINE_BROKEN]
    assert np.isnan(batch.value).tolist() == [False, True]


BAD_JSON = [
    (b"", "不是合格的 JSON（1 行 1 列）", 0),
    (b'{"readings": [}', "不是合格的 JSON", 14),
    ('{"读": 1,}'.encode(), "不是合格的 JSON", 10),
    (b"\xff", "不是 UTF-8", 0),
    (b"[" * 100_000, "嵌套太深", 0),
    (b"[" + b"9" * 5000 + b"]", "一个数太长", 0),
    (b"[]", "应为", 0),
    (b'{"readings": []}', "这里有 0 条", 0),
    (b'{"readings": {}}', "应为", 0),
    (b'{"readings": [1], "x": 1}', "没有别的字段", 0),
    (b'{"readings": [1]}', "第 1 条读数：应有", 0),
    (b'{"readings": [], "readings": []}', "“readings”写了两次", 0),
    (document(point=-1), "第 1 条读数：point 应为", 0),
    (document(point=True), "point 应为", 0),
    (document(point=1.0), "point 应为", 0),
    (document(point=2**32), "point 应为", 0),
    (document(quality=7), "quality 应为", 0),
    (document(qualty=0), "没有别的字段", 0),
    (document(time="2026-11-26T08:00:00"), "没有时区", 0),
    (document(time="2026-11-26"), "没有时区", 0),
    (document(time="昨天"), "不是 ISO 8601", 0),
    (document(time=1.5), "time 应为", 0),
    (document(time=None), "time 应为", 0),
    (document(time=2**63), "time（毫秒） 应为", 0),
    (document(time="0001-01-01T00:00:00+08:00"), "time（毫秒） 应为", 0),
    (document(value="0.42"), "value 应为数", 0),
    (document(value=True), "value 应为数", 0),
    (document(value=None), "质量就不能是“正常”", 0),
    (document(value=10**400), "value 太大", 0),
    (document().replace(b"0.42", b"1e999"), "value 太大", 0),
    (document(value=math.nan), "NaN 不是 JSON 的数", 0),
    (document(value=-math.inf, quality=2), "-Infinity 不是 JSON 的数", 0),
]


@pytest.mark.parametrize(("data", "words", "offset"), BAD_JSON, ids=range(len(BAD_JSON)))
def test_faults_of_json(data: bytes, words: str, offset: int) -> None:
    with pytest.raises(Malformed) as caught:
        from_json(data)
    assert words in caught.value.reason
    assert caught.value.offset == offset


def test_limits_of_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_text, "MOST_READINGS", 1)
    assert len(from_json(document())) == 1
    with pytest.raises(Malformed, match="这里有 2 条"):
        from_json(json.dumps({"readings": [reading(), reading()]}).encode())
    monkeypatch.setattr(json_text, "LONGEST", 10)
    with pytest.raises(Malformed, match="请分批"):
        from_json(document())


def test_a_bom_is_no_fault_and_counts() -> None:
    assert len(from_json(b"\xef\xbb\xbf" + document())) == 1
    with pytest.raises(Malformed) as caught:
        from_json(b"\xef\xbb\xbf{]")
    assert caught.value.offset == 4
    with pytest.raises(Malformed, match="UTF-8") as caught:
        from_json(b"\xef\xbb\xbf{\xff")
    assert caught.value.offset == 4
