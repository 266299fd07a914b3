"""What things on the stream are called."""

from __future__ import annotations

import os
from enum import StrEnum

STREAM = "READINGS"
DEAD = "DEAD"  # the stream of dead letters
DEAD_SUBJECTS = "dead.*"
SAID = "$MQTT_msgs"  # the broker's own stream of what MQTT devices said
DEVICES = "DEVICES"  # the broker's account of MQTT devices, apart from ours
CORE = "ANLAN"
KIND = "Anlan-Kind"  # the header that says what a message is; without it, a batch


class Kind(StrEnum):
    """What a message of the stream is."""

    BATCH = "batch"
    # the time of the stream, ms as decimal text
    TICK = "tick"
    # rules or points have changed: the number of the revision as decimal text
    RULES = "rules"
    # on the stream of dead letters
    LETTER = "letter"


def partitions() -> int:
    """``ANLAN_PARTITIONS``: into how many parts sites are dealt. Never made smaller: a site's
    readings must stay in one part."""
    return int(os.environ.get("ANLAN_PARTITIONS", "4"))


def replicas() -> int:
    """``ANLAN_STREAM_REPLICAS``: how many brokers of a cluster keep each message; an embedded
    broker is alone."""
    return int(os.environ.get("ANLAN_STREAM_REPLICAS", "1"))


def partition_of(site: int) -> int:
    """The part in which all points of a site lie: rules that combine them see one order."""
    return site % partitions()


def subject(partition: int) -> str:
    """Where messages of a part are published."""
    return f"readings.{partition}"


def dead_subject(protocol: str) -> str:
    """Where dead letters of a protocol are published."""
    return f"dead.{protocol}"
