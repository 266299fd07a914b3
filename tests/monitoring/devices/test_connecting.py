"""Addresses, channels and secrets of each protocol: what is taken is what the gateway looks up."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.kernel.errors import Refused
from anlan.monitoring.choices import Protocol
from anlan.monitoring.devices.connecting import (
    LONGEST,
    WAYS,
    Secret,
    address_of,
    channel_of,
    secret_of,
    way,
)
from anlan.monitoring.devices.ports import PORTS
from anlan.monitoring.gateways import gb26875_points
from anlan.monitoring.gateways.jt808 import number


def test_every_protocol_has_a_way() -> None:
    assert set(WAYS) == set(Protocol.values)
    for protocol, how in WAYS.items():
        assert channel_of(protocol, how.example) == how.example
        assert how.port == (PORTS[protocol][0] if protocol in PORTS else None)
    with pytest.raises(Refused, match="没有这种协议"):
        way("telepathy")


@pytest.mark.parametrize(
    ("protocol", "typed", "stored"),
    [
        ("http", " DS-1 ", "DS-1"),
        ("gb26875", "281474976710655", "281474976710655"),
        ("jt808", "013912345678", "13912345678"),
        ("jt808", "000", "0"),
        ("hj212", "1401100000000000000000A1", "1401100000000000000000A1"),
        ("coal", "140000000001", "140000000001"),
    ],
)
def test_an_address_is_stored_as_it_is_looked_up(protocol: str, typed: str, stored: str) -> None:
    assert address_of(protocol, typed) == stored


@pytest.mark.parametrize(
    ("protocol", "typed"),
    [
        ("http", ""), ("http", "a:b"), ("http", "a b"), ("http", "长"), ("mqtt", "a/b"),
        ("mqtt", "+"), ("gb26875", "281474976710656"), ("gb26875", "007"), ("gb26875", "-1"),
        ("gb26875", "1.0"), ("jt808", "139-1234"), ("jt808", "1" * 21), ("jt808", "１３９"),
        ("hj212", "A" * 25), ("hj212", "A;PW=1"), ("coal", "14000000000"), ("coal", "../x"),
        ("coal", "a" * 19), ("http", "x" * 65),
    ],
)  # fmt: skip
def test_what_no_gateway_would_find_is_refused(protocol: str, typed: str) -> None:
    with pytest.raises(Refused, match=way(protocol).address_label.split("（")[0]):
        address_of(protocol, typed)


@pytest.mark.parametrize(
    ("protocol", "typed"),
    [
        ("http", "01"), ("http", "4294967296"), ("http", "a"), ("mqtt", "-1"), ("http", ""),
        ("gb26875", "256/3/30/1:state"), ("gb26875", "1/3/30/4294967296:state"),
        ("gb26875", "1/3/30/1:256"), ("gb26875", "1/3"), ("gb26875", "1/300:state"),
        ("jt808", "tyres"), ("hj212", "a34004"), ("hj212", "a34004-"), ("coal", "a:b"),
        ("coal", "people/"), ("coal", "a;b"), ("hj212", "a" * 40 + "-" + "b" * 40),
        ("http", "１"), ("jt808", "speed\n"),
    ],
)  # fmt: skip
def test_a_channel_that_no_device_can_send_is_refused(protocol: str, typed: str) -> None:
    if typed.strip() != typed:
        assert channel_of(protocol, typed) == typed.strip()
        return
    with pytest.raises(Refused, match="通道编号"):
        channel_of(protocol, typed)


@pytest.mark.parametrize(
    "typed",
    ["1/3/30/393217:state", "1/3/30/4294967295:255", "255/255:state", "0/0:operation",
     "device:state", "device:operation", "1/3/30/393217:fire", "0/0:fire", "device:fire"],
)  # fmt: skip
def test_addresses_of_fire_protection_can_be_asked_for(typed: str) -> None:
    assert channel_of("gb26875", typed) == typed
    asked = gb26875_points.polls([typed])
    assert bool(asked) is (not typed.endswith("operation"))


@given(st.sampled_from(sorted(WAYS)), st.text(max_size=80))
def test_whatever_is_typed_is_refused_or_fits_its_column(protocol: str, typed: str) -> None:
    for judge in (address_of, channel_of):
        try:
            stored = judge(protocol, typed)
        except Refused:
            continue
        assert 0 < len(stored) <= LONGEST
        assert not re.search(r"\s", stored)
        assert judge(protocol, stored) == stored


@given(st.text("0123456789", min_size=1, max_size=20))
def test_a_phone_is_found_however_it_is_filled_up(phone: str) -> None:
    assert address_of("jt808", phone) == number(phone.zfill(20))


def test_secrets_come_from_where_the_protocol_has_them() -> None:
    assert len(secret_of("http", "")) > 40
    assert re.fullmatch(r"[0-9A-Za-z]{6}", secret_of("hj212", ""))
    assert secret_of("hj212", " 123456 ") == "123456"
    assert secret_of("jt808", "T-0001") == "T-0001"
    assert secret_of("gb26875", "") == secret_of("coal", "") == ""
    for protocol, typed in (
        ("http", "mine"), ("coal", "mine"), ("jt808", ""), ("hj212", "a;MN=1"), ("hj212", "密"),
        ("hj212", "x" * 41),
    ):  # fmt: skip
        with pytest.raises(Refused):
            secret_of(protocol, typed)
    assert {each.secret for each in WAYS.values()} == set(Secret)
