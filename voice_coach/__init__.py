"""voice_coach: rehearse hard conversations aloud, on your own machine.

Three rules carry the design.

1. **The conversation is a pure function of its journal.** `conversation.session.Session` takes
   timestamped events and returns commands. It has no socket, thread, clock or global randomness.
   Whatever happened is an append-only journal; feed it in again and the same call comes out.
2. **Everything impure is a small engine behind a small protocol.** Ears, voice activity, voice,
   store: each has a real implementation and a scripted one, and one contract suite runs on both.
3. **What trainers change is data.** Moves, scenarios and wording are YAML, validated at load with
   file and line, and each ships its own examples, which are its tests.

The rooms: `conversation` (the state table), `moves` (what was just said), `counterpart` (who
answers), `coaching` (what it teaches): all pure. `speech` (the engines), `journal` (what is kept),
`messages` (the wire), `settings`, `errors`, and `cli`, the one place where all of it is put together.

Imports run one way: cli -> voice_coach_server, voice_coach_client -> voice_coach; and inside it
conversation -> moves, counterpart, coaching, none of which knows speech, journal or asyncio.
"""

__all__ = ["__version__"]

__version__ = "0.1.0"
