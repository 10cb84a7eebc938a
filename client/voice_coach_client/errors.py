"""What can go wrong between a client and its server, each with its own stable code."""

from __future__ import annotations

from voice_coach.errors import InputError, ProtocolError, VoiceCoachError

__all__ = [
    "ConnectionLostError",
    "DeviceChoiceError",
    "RefusedError",
    "ServerUnreachableError",
    "SoundError",
    "SpeakerError",
    "UntrustedError",
    "WrongVersionError",
]


class ServerUnreachableError(VoiceCoachError):
    """Nothing answers at the address, or what answers is no voice_coach server."""

    code = "no-server"


class WrongVersionError(ProtocolError):
    """Client and server speak different versions of the protocol."""

    code = "wrong-version"


class RefusedError(VoiceCoachError):
    """The server answered and said no. `stable_code` is the server's code when it gave one."""

    code = "refused"


class ConnectionLostError(VoiceCoachError):
    """The connection broke and did not come back in time."""

    code = "connection-lost"


class UntrustedError(VoiceCoachError):
    """The server cannot prove that it is the one that is meant."""

    code = "untrusted"


class SpeakerError(VoiceCoachError):
    """This machine cannot play sound."""

    code = "no-speaker"


class SoundError(VoiceCoachError):
    """This machine's sound cannot be used: no PortAudio, no device, or one that does not open."""

    code = "no-sound"


class DeviceChoiceError(InputError):
    """The device that was asked for is not there, or several are meant."""

    code = "no-such-device"
