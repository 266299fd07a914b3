"""Where the gateways of protocols listen, unless whoever starts them says otherwise."""

from __future__ import annotations

import os

PORTS = {
    "gb26875": (5200, "GB/T 26875.3"),
    "jt808": (8808, "JT/T 808"),
    "hj212": (8212, "HJ 212"),
}  # none is fixed by a standard


def listening(protocol: str) -> bool:
    """Whether this installation was told to open the protocol's gateway (docs/operations.md)."""
    if protocol == "coal":
        return bool(os.environ.get("ANLAN_COAL"))
    own = protocol == "mqtt" and os.environ.get("ANLAN_MQTT")
    return bool(own or os.environ.get("ANLAN_GATEWAYS"))
