"""`python -m voice_coach.cli`: the same as `voice-coach`, where the script is not on the path."""

from voice_coach.cli.main import main

main(prog_name="voice-coach")
