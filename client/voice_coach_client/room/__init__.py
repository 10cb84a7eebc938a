"""The headset client in a training room.

`trust` makes sure that the room is the one on the trainer's screen, `joining` gets a token for the code,
`lobby` keeps the table's socket, `lobby_view` is what a table sees of the room, and `stay` lives through
it: waits, calls when told, and shows what the trainer says.
"""
