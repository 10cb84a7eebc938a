"""The clients: the terminal overlay, the websocket connection, and the folder of the web page."""
