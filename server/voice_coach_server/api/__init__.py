"""What the pages ask the server for, besides calls: kept sessions, as JSON and sound."""
