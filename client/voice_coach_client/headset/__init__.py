"""The sound of a call on this machine: a microphone and a loudspeaker, through PortAudio.

`Headset` is what a call holds. Beneath it, each module is one concept: `portaudio` is the only one that
imports sounddevice, `devices` chooses by name, `streams` opens a device at a rate it has, `ring` and
`pump` bring the microphone from the sound thread into the call without a gap, `player` mixes and counts
what the loudspeaker gives out, `plug` watches a device and looks for it when it is gone.
"""

from voice_coach_client.headset.devices import Device, Side, choose
from voice_coach_client.headset.headset import Headset
from voice_coach_client.headset.options import HeadsetOptions

__all__ = ["Device", "Headset", "HeadsetOptions", "Side", "choose"]
