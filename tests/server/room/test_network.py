"""Where a room is: private addresses and this machine's names, and nothing else."""

import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.errors import InputError
from voice_coach_server.room.network import Places, is_hidden, look_around, own_name


@given(st.ip_addresses())
def test_no_address_of_the_open_internet_is_hidden(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if is_hidden(address):
        assert not address.is_global


@pytest.mark.parametrize("private", ["10.1.2.3", "172.31.0.1", "192.168.1.20", "169.254.3.4", "fd12::1"])
def test_private_addresses_are(private: str) -> None:
    assert is_hidden(ipaddress.ip_address(private))


@pytest.mark.parametrize("public", ["8.8.8.8", "172.32.0.1", "2001:4860::1", "193.0.0.1"])
def test_a_public_address_is_refused(public: str) -> None:
    with pytest.raises(InputError) as caught:
        look_around((public,))
    assert caught.value.stable_code == "public-address"
    assert str(caught.value) == (
        f"A room is for a private network, and {public} can be reached from outside one."
    )


def test_a_name_is_no_address() -> None:
    with pytest.raises(InputError, match=r"^wlan0 is not an address; give one of this machine"):
        look_around(("wlan0",))


def test_this_machine_is_found_with_its_names() -> None:
    places = look_around(("127.0.0.1",))
    assert places.addresses == (ipaddress.ip_address("127.0.0.1"),)
    assert places.names[0] == "localhost"
    if own_name():
        assert f"{own_name()}.local" in places.names


def test_a_machine_in_no_network_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("psutil.net_if_addrs", dict)
    with pytest.raises(InputError, match="in no private network") as caught:
        look_around()
    assert caught.value.stable_code == "no-network"


@pytest.mark.parametrize(
    ("named", "given"),
    [("Anna-Mac.fritz.box", "anna-mac"), ("bad_name", ""), ("localhost", ""), ("", "")],
)
def test_only_a_name_that_a_certificate_can_hold_counts(
    monkeypatch: pytest.MonkeyPatch, named: str, given: str
) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: named)
    assert own_name() == given


def test_what_is_ours() -> None:
    places = Places(
        addresses=(ipaddress.ip_address("192.168.1.20"), ipaddress.ip_address("fd00::2")),
        names=("localhost", "anna.local"),
    )
    for ours in ("192.168.1.20", "fd00::2", "fd00:0::2", "localhost", "anna.local", "127.0.0.1", "::1"):
        assert places.is_ours(ours), ours
    for foreign in ("192.168.1.21", "anna.local.evil.example", "evil.example", "", "0.0.0.0"):  # noqa: S104 - a name
        assert not places.is_ours(foreign), foreign
    assert places.host == "192.168.1.20"
    assert Places(addresses=places.addresses[1:], names=()).host == "[fd00::2]"
