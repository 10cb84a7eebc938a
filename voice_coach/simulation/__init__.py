"""Simulated trainees: calls played in text, to see whether a scenario rewards what it should. Pure.

`call.py` plays one call and `trainees.py` says who calls, each with one habit. `watch.py` checks what
must hold in any call, turn by turn; `trial.py` plays many seeded calls and says who got where. Chance
comes from seeds alone: the same seed gives the same call, on every machine.
"""
