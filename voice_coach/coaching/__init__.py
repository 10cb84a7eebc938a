"""What practice teaches: one live cue at most, a scorecard of yes/no checks, and drills. Pure."""
