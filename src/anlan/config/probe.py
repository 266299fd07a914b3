"""Asks a running server on this machine how it is."""

from __future__ import annotations

import http.client
import json
import re
from dataclasses import dataclass

PARTS = {
    "web": "网页服务",
    "database": "数据库",
    "worker": "后台任务",
    "migrations": "数据库结构",
    "watchman": "值守检查",
    "disk": "磁盘空间",
    "broker": "消息服务",
}
MONITOR = re.compile(r"monitor-(\d+)")  # a part of the stream of readings


@dataclass(frozen=True)
class State:
    """``parts``: Chinese name → whether it is up."""

    up: bool
    parts: dict[str, bool]


def ask(port: int, seconds: float = 15) -> State | None:
    """What ``/healthz`` says; None if nothing of ours answers in ``seconds``."""
    try:
        body = json.loads(_get(port, seconds))
        parts = {_words(name): up == "up" for name, up in body["parts"].items()}
        return State(body["state"] == "up", parts)
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError, AttributeError):
        return None


def _words(name: str) -> str:
    part = MONITOR.fullmatch(name)
    return f"监测（第 {part[1]} 分区）" if part else PARTS.get(name, name)


def _get(port: int, seconds: float) -> bytes:
    # Not urllib: a proxy of the environment has no part in talking to ourselves.
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().read()
    finally:
        connection.close()
