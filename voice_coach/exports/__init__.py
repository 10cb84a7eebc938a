"""Calls to take elsewhere: report, captions, table, archive; and archives taken in."""
