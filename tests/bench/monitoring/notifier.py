"""Where vmalert tells its alarms."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Heard:
    """When the notifier first heard of an alarm of rule ``high`` at a point, s since 1970."""

    at: dict[int, float] = field(default_factory=dict)

    def told(self, alerts: Sequence[dict[str, dict[str, str]]]) -> None:
        now = time.time()
        for each in alerts:
            labels = each["labels"]
            if labels["alertname"] == "high":
                self.at.setdefault(int(labels["point"]), now)


@contextmanager
def notifier(heard: Heard) -> Iterator[int]:
    """Listens inside the block, at this port."""

    class Notified(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            heard.told(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Notified)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
