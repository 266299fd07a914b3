"""Messages of HJ 212 for tests: made here, by the algorithm of the standard's annex A."""

from __future__ import annotations

from hypothesis import strategies as st

from anlan.monitoring.protocols.hj212 import Crc, Message, write

MN = "010000A8900016F000169DC0"
HOUR = Message(
    cn="2061", mn=MN, st="31", pw="123456", qn="20261126080005123", flag=5,
    groups=(
        (("DataTime", "20261126080000"),),
        (("a01011-Min", "6.6"), ("a01011-Avg", "7.0"), ("a01011-Max", "7.4"), ("a01011-Flag", "N")),
        (("a34004-Avg", "-"), ("a34004-Cou", "1.5e3"), ("a34004-Flag", "D")),
    ),
)  # fmt: skip
FRAME = write(HOUR)

# What may stand in names and values: no separator, and no end of line.
_chars = st.sampled_from("abcXYZ019.-+_~ 温度值#é")
_pairs = st.tuples(st.text(_chars, min_size=1, max_size=8), st.text(_chars, max_size=8))
_groups = st.lists(_pairs, min_size=1, max_size=4).map(tuple)
_qns = st.none() | st.integers(10**16, 10**17 - 1).map(str)
_packets = st.none() | st.integers(1, 20).flatmap(
    lambda count: st.tuples(st.just(count), st.integers(1, count))
)


@st.composite
def messages(draw: st.DrawFn) -> Message:
    packet = draw(_packets)
    return Message(
        cn=draw(st.sampled_from(["2011", "2051", "2061", "9014", "1011"])),
        mn=draw(st.sampled_from([MN, "LD130133000015"])),
        st=draw(st.sampled_from(["", "21", "32"])),
        pw=draw(st.sampled_from(["", "123456"])),
        qn=draw(_qns),
        flag=draw(st.none() | st.integers(0, 255)),
        pnum=packet and packet[0],
        pno=packet and packet[1],
        groups=tuple(draw(st.lists(_groups, max_size=5))),
        crc=draw(st.sampled_from(Crc)),
    )


frames = messages().map(write)
