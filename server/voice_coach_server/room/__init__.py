"""The training room: tables that join with a code, the calls that belong to them, and the trainer."""
