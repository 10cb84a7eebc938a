"""The training room: tables that join with a code, calls that belong to them, and a trainer who watches."""
