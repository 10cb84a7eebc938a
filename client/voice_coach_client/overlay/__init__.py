"""The overlay of a headset call on the whole terminal, in Textual.

`app` holds the screens and runs what happens beneath them; `call_screen` is the screen of a call and of a
drill; the other screens ask, help and sum up. What is seen is `call_view.CallView` as ever: nothing here
decides anything about a call. People whose reader or pipe cannot do with a full screen get the lines of
`voice_coach_client.terminal` instead.
"""
