"""Speed, accuracy and load, run on demand: each figure a ratio against a baseline of the same run.

One module is one benchmark, or material that several share. `voice-coach bench` runs the three that a
user may want (`ears`, `live`, `load`); the others are run as `python -m voice_coach_benchmarks.NAME`.
"""
