"""Batches by MQTT: a message of ANB1 with QoS 1, the next once it is acknowledged."""

from __future__ import annotations

import asyncio

import aiomqtt

from anlan.monitoring.simulate.city import Device
from anlan.monitoring.simulate.counting import Tally
from anlan.monitoring.simulate.senders.batches import BatchSender

TOPIC = "devices/{}/readings"
MOST_READINGS = 50_000  # of a message: 17 bytes each, within the 1 MiB that a device may send
TIMEOUT = 30  # seconds for an answer
_LONGEST_PAUSE = 30.0


class MqttSender(BatchSender):
    """One device."""

    def __init__(self, device: Device, host: str, port: int, tally: Tally) -> None:
        super().__init__(device, tally, MOST_READINGS)
        self._device, self._host, self._port = device, host, port

    async def run(self) -> None:
        pause = 1.0
        while True:
            try:
                async with self._client() as client:
                    pause = 1.0
                    await self._send(client)
            except (aiomqtt.MqttError, OSError) as error:
                self.tally.reasons[f"没有连上，或连接断了：{error}"] += 1
                self.tally.resent += bool(self.waiting)
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)

    async def _send(self, client: aiomqtt.Client) -> None:
        topic = TOPIC.format(self._device.address)
        while True:
            await self.more.wait()
            self.more.clear()
            while self.waiting:
                await client.publish(topic, self.waiting[0].data, qos=1)
                self.tally.acknowledged += self.waiting.popleft().readings

    def _client(self) -> aiomqtt.Client:
        return aiomqtt.Client(
            self._host, self._port, username=self._device.address, password=self._device.secret,
            identifier=self._device.address, timeout=TIMEOUT,
        )  # fmt: skip
