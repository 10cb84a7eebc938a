"""The call itself: events in, commands out. Pure: no asyncio, socket, thread, clock or random."""
