from pathlib import Path

import pytest

from voice_coach.errors import VoiceCoachError
from voice_coach_client.web import web_folder


def test_in_a_wheel_the_page_is_inside_the_package(tmp_path: Path) -> None:
    package = tmp_path / "voice_coach_client"
    (package / "web").mkdir(parents=True)
    (tmp_path / "web").mkdir()
    assert web_folder(package) == package / "web"


def test_in_a_checkout_the_page_is_beside_the_package(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    assert web_folder(tmp_path / "voice_coach_client") == tmp_path / "web"


def test_a_missing_page_is_one_clear_sentence(tmp_path: Path) -> None:
    with pytest.raises(
        VoiceCoachError, match=r"overlay is missing: .*install voice-coach again"
    ) as caught:
        web_folder(tmp_path / "voice_coach_client")
    assert caught.value.stable_code == "no-web-folder"


def test_this_installation_has_the_page() -> None:
    assert web_folder().name == "web"
