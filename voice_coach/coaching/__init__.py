"""What practice teaches: one live cue at most, and a scorecard of yes/no checks. Pure."""
