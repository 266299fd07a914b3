"""Devices that publish by MQTT as fast as they are acknowledged, or at a pace.

Bytes are written by hand: a client library for each of a thousand devices would cost more than what
is measured. MQTT 3.1.1: CONNECT (3.1), PUBLISH with QoS 1 (3.3), PUBACK (3.4).
"""

from __future__ import annotations

import select
import socket
import struct
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

KEEP_ALIVE = 600  # seconds
PUBACK = 4  # bytes of one
SLICE = 0.002  # seconds; so exactly a pace is kept
HOST = "127.0.0.1"


@dataclass(eq=False)
class Device:
    """A connection; ``heard``: bytes of an answer that is not whole."""

    name: str
    line: socket.socket
    packet: int = 0
    left: bytes = b""
    heard: int = 0
    topic: bytes = b""

    def __post_init__(self) -> None:
        self.topic = _text(f"devices/{self.name}/readings")

    def publish(self, *payloads: bytes) -> None:
        """Hand over as much as the line takes; the rest waits."""
        self.left += b"".join(map(self._packet, payloads))
        self.flush()

    def flush(self) -> None:
        if self.left:
            try:
                self.left = self.left[self.line.send(self.left) :]
            except BlockingIOError:
                return

    def acknowledged(self) -> int:
        """How many answers have come; raises ConnectionError where the line has ended."""
        data = self.line.recv(65536)
        if not data:
            raise ConnectionResetError("the broker has ended the connection")
        answers, self.heard = divmod(self.heard + len(data), PUBACK)
        return answers

    def _packet(self, payload: bytes) -> bytes:
        self.packet = self.packet % 65535 + 1
        body = self.topic + self.packet.to_bytes(2, "big") + payload
        return b"\x32" + _length(len(body)) + body


def connected(port: int, name: str, secret: str) -> Device:
    """Raises ConnectionRefusedError where the broker refuses."""
    line = socket.create_connection((HOST, port))
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    body = (
        _text("MQTT") + bytes([4, 0xC2]) + struct.pack(">H", KEEP_ALIVE)
        + _text(name) + _text(name) + _text(secret)
    )  # fmt: skip
    line.sendall(b"\x10" + _length(len(body)) + body)
    answer = line.recv(4)
    if len(answer) < 4 or answer[3]:
        raise ConnectionRefusedError(f"{name}: {answer!r}")
    line.setblocking(False)
    return Device(name, line)


def press(
    devices: list[Device], payload: Callable[[Device], bytes], count: int, window: int,
    each_second: int | None = None,
) -> float:  # fmt: skip
    """Send ``count`` messages in all, at most ``window`` of a device under way; seconds until the
    last is acknowledged. ``each_second`` paces them."""
    chosen, by_line = select.epoll(), {device.line.fileno(): device for device in devices}
    for line in by_line:
        chosen.register(line, select.EPOLLIN)
    begun, done, sent = time.monotonic(), 0, 0
    free = deque(devices)  # in turn; each as often as it may send one more
    if each_second is None:
        free.extend(device for _ in range(window - 1) for device in devices)
    while done < count:
        due = count if each_second is None else int((time.monotonic() - begun) * each_second)
        for _ in range(min(due - sent, count - sent, len(free))):
            device = free.popleft()
            device.publish(payload(device))
            sent += 1
        if each_second is not None:
            time.sleep(SLICE)  # or our own waking would cost more than what is measured
        for line, _ in chosen.poll(0 if free and sent < count else 0.001):
            device = by_line[line]
            device.flush()
            answers = device.acknowledged()
            free.extend([device] * answers)
            done += answers
    chosen.close()
    return time.monotonic() - begun


def names(count: int) -> Iterator[str]:
    """Of the devices: their numbers from 1."""
    return map(str, range(1, count + 1))


def _text(text: str) -> bytes:
    data = text.encode()
    return struct.pack(">H", len(data)) + data


def _length(number: int) -> bytes:
    """MQTT 2.2.3: seven bits in each byte, the lowest first."""
    found = b""
    while True:
        number, seven = divmod(number, 128)
        found += bytes([seven | (128 if number else 0)])
        if not number:
            return found
