"""Sound of a call that a test makes itself."""

import asyncio
from collections.abc import AsyncIterator
from typing import Self

from voice_coach.messages import ClientMessage
from voice_coach_client.connection import Received


class MadeSound:
    """A headset whose microphone gives what the test puts into it; `None` ends it."""

    def __init__(self) -> None:
        self.level = 0.5
        self.heard: list[Received] = []
        self.defaults_taken = 0
        self.blocks: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.told: asyncio.Queue[ClientMessage] = asyncio.Queue()
        self.trouble: asyncio.Queue[str] = asyncio.Queue()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    async def microphone(self) -> AsyncIterator[bytes]:
        while (block := await self.blocks.get()) is not None:
            yield block

    async def reports(self) -> AsyncIterator[ClientMessage]:
        while True:
            yield await self.told.get()

    async def troubles(self) -> AsyncIterator[str]:
        while True:
            yield await self.trouble.get()

    def hear(self, message: Received) -> None:
        self.heard.append(message)

    def take_defaults(self) -> None:
        self.defaults_taken += 1
