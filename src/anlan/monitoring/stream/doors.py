"""By which doors others come to the broker: MQTT devices, counties' nodes, the city above one."""

from __future__ import annotations

import os
from dataclasses import dataclass
from urllib.parse import quote

from anlan.monitoring.stream.names import CORE

MQTT_PORT = 1883  # IANA's for MQTT without TLS


class NoBroker(Exception):
    """The message, in Chinese, says what is missing and what to do."""


@dataclass(frozen=True)
class Listener:
    """What somebody outside connects to: host and port; files of a certificate and its key, or
    none."""

    listen: str
    certificate: str = ""
    key: str = ""

    @classmethod
    def wanted(cls, name: str, usual: str = "") -> Listener | None:
        """By ``ANLAN_<name>`` (host:port), ``…_CERTIFICATE`` and ``…_KEY``; ``usual`` where the
        first is not set, None where there is none."""
        listen = os.environ.get(f"ANLAN_{name}") or usual
        if not listen:
            return None
        certificate, key = (
            os.environ.get(f"ANLAN_{name}_{each}", "") for each in ("CERTIFICATE", "KEY")
        )
        if bool(certificate) != bool(key):
            raise NoBroker(f"ANLAN_{name}_CERTIFICATE 与 ANLAN_{name}_KEY 须同时给出。")
        return cls(listen, certificate, key)

    def block(self, name: str) -> str:
        """Of the broker's configuration."""
        tls = ""
        if self.certificate:
            tls = f'\n  tls: {{ cert_file: "{self.certificate}", key_file: "{self.key}" }}'
        return f'{name}: {{\n  listen: "{self.listen}"{tls}\n}}\n'


@dataclass(frozen=True)
class City:
    """Where a county's node is a leaf: the city's address (``nats-leaf://host:port``), the node's
    name and key."""

    url: str
    name: str
    key: str

    def block(self) -> str:
        """Of the configuration of the node's broker."""
        scheme, _, where = self.url.partition("://")
        remote = f"{scheme}://{self.name}:{quote(self.key, safe='')}@{where}"
        return f'leafnodes: {{ remotes: [{{ url: "{remote}", account: {CORE} }}] }}\n'


@dataclass(frozen=True)
class Doors:
    """Whom the broker lets in beside our own programs: MQTT devices, counties' nodes."""

    mqtt: Listener | None = None
    leaves: Listener | None = None

    @classmethod
    def wanted(cls) -> Doors:
        """By the environment: MQTT where gateways are wanted (``ANLAN_GATEWAYS``), at port 1883
        unless said otherwise (``ANLAN_MQTT``); nodes where ``ANLAN_LEAF`` says so."""
        host = os.environ.get("ANLAN_GATEWAYS")
        usual = f"{host}:{MQTT_PORT}" if host else ""
        return cls(Listener.wanted("MQTT", usual), Listener.wanted("LEAF"))
