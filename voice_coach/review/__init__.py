"""The debrief as a whole page: one call retold with all that a reviewer may look at, hear and note."""
