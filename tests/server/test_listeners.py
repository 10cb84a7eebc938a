import sys

import pytest

from voice_coach.errors import InputError
from voice_coach_server.listeners import allow_connections, listen, listen_on_all


def test_all_addresses_get_the_same_port() -> None:
    listeners = listen_on_all(("127.0.0.1", "127.0.0.2"), 0)
    ports = {listener.getsockname()[1] for listener in listeners}
    for listener in listeners:
        listener.close()
    assert len(ports) == 1


def test_when_one_is_taken_none_is_listened_on() -> None:
    taken = listen("127.0.0.2", 0)
    port = taken.getsockname()[1]
    with pytest.raises(InputError, match=f"Port {port} on 127.0.0.2 is in use"):
        listen_on_all(("127.0.0.1", "127.0.0.2"), port)
    listen("127.0.0.1", port).close()
    taken.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_small_limit_is_raised_and_a_large_one_left(monkeypatch: pytest.MonkeyPatch) -> None:
    limits: list[tuple[int, int]] = []
    monkeypatch.setattr("resource.setrlimit", lambda _, pair: limits.append(pair))
    for soft, hard in ((256, 10_240), (256, 800), (100_000, 200_000)):
        monkeypatch.setattr("resource.getrlimit", lambda _, pair=(soft, hard): pair)
        allow_connections(600)
    assert limits == [(1_600, 10_240), (800, 800)]
