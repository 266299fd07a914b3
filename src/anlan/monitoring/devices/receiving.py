"""``POST /gateway/readings/``: a batch of readings from a device or an enterprise's system.

The device shows its number and its key: ``Authorization: Device <number>:<key>``. The answer is
JSON; 200 means that all but the named channels are stored on the stream (docs/gateways.md).
"""

from __future__ import annotations

import json
import time
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from anlan.kernel.access.policies import page, public
from anlan.monitoring.devices.register import register
from anlan.monitoring.devices.turns import Turns
from anlan.monitoring.gateways.contracts import NotStored
from anlan.monitoring.gateways.http import UNKNOWN, Outcome, accept, device
from anlan.monitoring.gateways.limits import Rates
from anlan.monitoring.now.bridge import bridge
from anlan.monitoring.stream.connection import Connection
from anlan.monitoring.stream.publishing import Publisher

_rates = Rates()
_turns = Turns()


@csrf_exempt  # no session: a device proves itself with each request
@page(public, methods=("POST",))
def readings(request: HttpRequest) -> HttpResponse:
    """Store what the device sends, and tell it the truth."""
    register.refresh()
    found = device(request.headers.get("Authorization", ""), register)
    if found is None:
        return _answer(UNKNOWN)
    body, kind, known = request.body, request.headers.get("Content-Type", ""), found

    async def work(connection: Connection) -> Outcome:
        sink = Publisher(connection.stream)
        return await accept(body, kind, known, sink, time.time(), _rates)

    try:
        with _turns.one() as stored:
            outcome = bridge.run(work)
            if outcome.status == HTTPStatus.SERVICE_UNAVAILABLE:
                raise NotStored(str(outcome.body["error"]))
            if outcome.status == HTTPStatus.OK:
                stored()
        return _answer(outcome)
    except NotStored as error:
        return _answer(Outcome(503, {"error": str(error)}, {"Retry-After": "5"}))


def _answer(outcome: Outcome) -> HttpResponse:
    body: dict[str, Any] = dict(outcome.body)
    return HttpResponse(
        json.dumps(body, ensure_ascii=False), status=outcome.status, headers=dict(outcome.headers),
        content_type="application/json; charset=utf-8",
    )  # fmt: skip
