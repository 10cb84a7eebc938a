import sys
from subprocess import run

import click
import pytest
from click.testing import CliRunner

from voice_coach.cli.main import _COMMANDS, main


@pytest.mark.parametrize("name", sorted(_COMMANDS))
def test_each_command_is_listed_with_its_own_first_sentence(name: str) -> None:
    group = main
    assert isinstance(group, click.Group)
    command = group.get_command(click.Context(group), name)
    assert command is not None
    assert command.help is not None
    assert command.help.split("\n\n")[0].replace("\n", " ") == _COMMANDS[name]


def test_help_does_not_load_the_engines() -> None:
    code = (
        "import sys; from voice_coach.cli.main import main; main(['--help'], standalone_mode=False);"
        "sys.exit(bool({'numpy', 'starlette', 'faster_whisper'} & set(sys.modules)))"
    )
    done = run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "rehearsal" in done.stdout


def test_our_own_errors_are_one_sentence_and_exit_2_for_bad_input() -> None:
    result = CliRunner().invoke(main, ["serve", "--settings", "nowhere.toml", "--no-open"])
    assert result.exit_code == 2
    assert result.output.strip() == "Error: There is no settings file at nowhere.toml."
