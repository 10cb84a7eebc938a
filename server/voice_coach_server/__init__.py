"""The server: one port for page, websocket, recordings, health and metrics."""
