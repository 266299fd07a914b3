"""Kill -9 of each part under load: what was sent, acknowledged, stored and alarmed.

``python -m tests.bench.bench_deaths`` (docs/benchmarks.md) starts a whole installation, lets
devices speak by HTTP and MQTT, and kills worker, broker, gateway, web and database in turn; one
more time the broker is frozen, which is to everybody else a link that is cut. Exits with 1 where an
acknowledged reading is missing, or an alarm is missing or doubled.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import psutil

from tests.bench.monitoring.surviving import BETWEEN, Trial, table, trial


def main() -> None:
    with trial() as made:
        story: list[list[str]] = []
        with made.load():
            for name, act in _deaths(made):
                act()
                story.append([name, made.again_after()])
                time.sleep(BETWEEN)
        table(["what died", "all devices acknowledged again after"], story)
        right = made.account()
    sys.exit(0 if right else 1)


def _deaths(made: Trial) -> list[tuple[str, Callable[[], None]]]:
    return [
        ("worker, kill -9", lambda: made.kill("monitor")),
        ("broker, kill -9", lambda: made.kill("nats-server")),
        ("gateway, kill -9", lambda: made.kill("gateways")),
        ("web, kill -9", lambda: made.kill("serve")),
        ("broker frozen for 5 s", lambda: _freeze(made, "nats-server", 5)),
        ("database, kill -9", lambda: _kill_database(made)),
    ]


def _freeze(made: Trial, word: str, seconds: float) -> None:
    for each in made.processes(word):
        each.suspend()
    time.sleep(seconds)
    for each in made.processes(word):
        each.resume()


def _kill_database(made: Trial) -> None:
    """Its first process; the others end when they miss it."""
    for each in psutil.process_iter(["name", "cmdline"]):
        if each.info["name"] == "postgres" and str(made.site.var) in " ".join(
            each.info["cmdline"] or []
        ):
            each.kill()


if __name__ == "__main__":
    main()
