"""Writes the reference pages from the code. `--check` only says which are out of date (exit 1).

usage: python docs/generate.py [--check]
"""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import get_args

import click
import msgspec
from prometheus_client.metrics import MetricWrapperBase

from voice_coach import messages, room_messages, settings
from voice_coach.cli.main import main as main_command
from voice_coach.coaching.drill_shape import drill_schema
from voice_coach.conversation import session
from voice_coach.counterpart.scenario import list_scenarios
from voice_coach.counterpart.scenario_shape import scenario_schema
from voice_coach.counterpart.story import Guardedness
from voice_coach.moves.recognizer import load_recognizer
from voice_coach.simulation.call import Call
from voice_coach.simulation.trainees import TRAINEES, play
from voice_coach_benchmarks.fault_figures import read_figures, table
from voice_coach_server import metrics
from voice_coach_server.metrics import Metrics
from voice_coach_server.rights import RULES
from voice_coach_server.visitor import Role

DOCS = Path(__file__).parent
FAULTS_BEGIN = "<!-- The table is made by docs/generate.py from docs/figures/faults.json. -->"
FAULTS_END = "<!-- End of the table. -->"
MADE = "<!-- Made by docs/generate.py; change the code, then run it again. -->\n\n"


def field_docs(module: ModuleType) -> dict[tuple[str, str], str]:
    """Give the docstring under each field, by class and field: Python itself does not keep them."""
    found: dict[tuple[str, str], str] = {}
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if not isinstance(node, ast.ClassDef):
            continue
        for field, after in zip(node.body, node.body[1:], strict=False):
            if (
                isinstance(field, ast.AnnAssign)
                and isinstance(field.target, ast.Name)
                and isinstance(after, ast.Expr)
                and isinstance(after.value, ast.Constant)
            ):
                found[node.name, field.target.id] = " ".join(str(after.value.value).split())
    return found


def type_name(kind: msgspec.inspect.Type) -> str:
    """Say a field's type in the words of JSON."""
    match kind:
        case msgspec.inspect.UnionType(types=types):
            return " or ".join(type_name(part) for part in types)
        case msgspec.inspect.VarTupleType(item_type=item) | msgspec.inspect.ListType(item_type=item):
            return f"list of {type_name(item)}"
        case msgspec.inspect.TupleType(item_types=items):
            return f"[{', '.join(type_name(item) for item in items)}]"
        case msgspec.inspect.StructType(cls=cls):
            return f"[{cls.__name__}](#{cls.__name__.lower()})"
        case msgspec.inspect.EnumType(cls=cls):
            return ", ".join(f"`{member.value}`" for member in cls)
    words = {
        "StrType": "text",
        "IntType": "whole number",
        "FloatType": "number",
        "BoolType": "true/false",
    }
    name = type(kind).__name__
    return words.get(name, name.removesuffix("Type").lower())


def struct_table(cls: type[msgspec.Struct]) -> Iterator[str]:
    """Give the rows of one struct's fields."""
    docs = field_docs(sys.modules[cls.__module__])
    yield "| field | type | default | meaning |"
    yield "|---|---|---|---|"
    for field in msgspec.structs.fields(cls):
        kind = type_name(msgspec.inspect.type_info(field.type))
        default = "" if field.required else f"`{_default(field)}`"
        meaning = next(
            (docs[c.__name__, field.name] for c in cls.__mro__ if (c.__name__, field.name) in docs), ""
        )
        yield f"| `{field.encode_name}` | {kind} | {default} | {meaning} |"


def _default(field: msgspec.structs.FieldInfo) -> str:
    value = field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
    return msgspec.json.encode(value).decode()


def nested_structs(classes: list[type[msgspec.Struct]]) -> list[type[msgspec.Struct]]:
    """Give all structs that the fields of these mention, in order of first mention."""
    found: dict[type[msgspec.Struct], None] = {}

    def visit(kind: msgspec.inspect.Type) -> None:
        match kind:
            case msgspec.inspect.UnionType(types=types):
                for part in types:
                    visit(part)
            case msgspec.inspect.VarTupleType(item_type=item) | msgspec.inspect.ListType(item_type=item):
                visit(item)
            case msgspec.inspect.StructType(cls=cls) if cls not in found:
                found[cls] = None
                fields_of(cls)

    def fields_of(cls: type[msgspec.Struct]) -> None:
        for field in msgspec.structs.fields(cls):
            visit(msgspec.inspect.type_info(field.type))

    for cls in classes:
        fields_of(cls)
    return list(found)


def first_paragraph(obj: object) -> str:
    """Give a docstring's text, without its sections."""
    return inspect.cleandoc(obj.__doc__ or "").split("\n\n")[0]


def wire_page() -> str:
    """The page on every message between server and client."""
    client, server = (list(get_args(u)) for u in (messages.ClientMessage, messages.ServerMessage))
    lines = [
        "# The wire",
        "",
        inspect.cleandoc(messages.__doc__ or ""),
        "",
        f"Protocol version: **{messages.PROTOCOL_VERSION}**.",
        "",
        "## Audio frames",
        "",
        _header_line(),
        "",
        "| kind | name | meaning |",
        "|---|---|---|",
    ]
    kinds = field_docs_of_enum(messages, "AudioKind")
    lines += [f"| {k.value} | `{k.name.lower()}` | {kinds[k.name]} |" for k in messages.AudioKind]
    for title, group in (("Client to server", client), ("Server to client", server)):
        lines += ["", f"## {title}"]
        for cls in group:
            lines += ["", f"### `{cls.__struct_config__.tag}`", "", first_paragraph(cls), ""]
            lines += struct_table(cls)
    lines += ["", "## Values inside messages"]
    for cls in nested_structs(client + server):
        lines += ["", f"### {cls.__name__}", "", first_paragraph(cls), "", *struct_table(cls)]
    return "\n".join(lines) + "\n"


def room_page() -> str:
    """The page on the messages of a training room, and on who may use which address of it."""
    groups = {
        "Joining": [room_messages.Join, room_messages.Joined],
        "Server to table": list(get_args(room_messages.ToTable)),
        "Table to server": list(get_args(room_messages.TableMessage)),
        "Server to trainer": list(get_args(room_messages.ToTrainer)),
        "Trainer to server": list(get_args(room_messages.TrainerMessage)),
    }
    lines = ["# The wire of a training room", "", inspect.cleandoc(room_messages.__doc__ or "")]
    for title, group in groups.items():
        lines += ["", f"## {title}"]
        for cls in group:
            name = cls.__struct_config__.tag or cls.__name__
            lines += ["", f"### `{name}`", "", first_paragraph(cls), "", *struct_table(cls)]
    lines += ["", "## Values inside messages"]
    for cls in nested_structs([cls for group in groups.values() for cls in group]):
        lines += ["", f"### {cls.__name__}", "", first_paragraph(cls), "", *struct_table(cls)]
    return "\n".join([*lines, "", *_rights_lines()]) + "\n"


def _rights_lines() -> Iterator[str]:
    yield "## Who may use which address"
    yield ""
    yield "The owner of a server without a room may use all that it has. `WS` is a websocket."
    yield ""
    yield "| address | anybody | table | trainer | whose |"
    yield "|---|---|---|---|---|"
    for address, rule in RULES.items():
        whose = "a table's own sessions" if rule.own_session else ""
        if whose and Role.TRAINER in rule.roles:
            whose += "; for the trainer those of tables that share"
        may = ["yes" if role in rule.roles else "" for role in (Role.NOBODY, Role.TABLE, Role.TRAINER)]
        yield f"| `{address}` | {' | '.join(may)} | {whose} |"


def _header_line() -> str:
    return (
        f"Little-endian `{messages.HEADER.format}`: kind (1 byte), protocol version (1), zero (2), "
        "stream (4), sample offset (8); then signed 16-bit mono samples."
    )


def field_docs_of_enum(module: ModuleType, name: str) -> dict[str, str]:
    """Give the docstring under each member of an enumeration."""
    found: dict[str, str] = {}
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.ClassDef) and node.name == name:
            for member, after in zip(node.body, node.body[1:], strict=False):
                if isinstance(member, ast.Assign) and isinstance(after, ast.Expr):
                    target, doc = member.targets[0], after.value
                    if isinstance(target, ast.Name) and isinstance(doc, ast.Constant):
                        found[target.id] = " ".join(str(doc.value).split())
    return found


def settings_page() -> str:
    """The page on every setting."""
    lines = ["# Settings", "", inspect.cleandoc(settings.__doc__ or "")]
    for field in msgspec.structs.fields(settings.Settings):
        lines += ["", f"## `[{field.name}]`", "", first_paragraph(field.type), ""]
        lines += struct_table(field.type)
    return "\n".join(lines) + "\n"


def cli_page() -> str:
    """The page on every command: what it does, its options, and its examples."""
    context = click.Context(main_command, info_name="voice-coach", **main_command.context_settings)
    lines = [
        "# Commands",
        "",
        "`--help` (`-h`) says the same. Exit codes: 2 for input that cannot be used, 1 for other",
        "trouble, and for a `replay` that is not identical.",
        *command_section(main_command, context, level=2),
    ]
    return "\n".join(lines) + "\n"


def command_section(command: click.Command, context: click.Context, level: int) -> Iterator[str]:
    """Give a command's section, and then those of its subcommands."""
    prose, _, examples = inspect.cleandoc(command.help or "").partition("\b\nExamples:\n")
    yield from ("", f"{'#' * level} `{context.command_path}`", "", prose.strip(), "")
    yield from ("```text", command.get_usage(context), "```")
    options = [p.get_help_record(context) for p in command.params if isinstance(p, click.Option)]
    if options:
        yield from ("", "| option | meaning |", "|---|---|")
    for record in filter(None, options):
        yield f"| `{record[0]}` | {' '.join(record[1].split())} |"
    if examples:
        yield from ("", "```sh", *(line.strip() for line in examples.splitlines()), "```")
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is None:
                raise ValueError(f"{context.command_path} lists {name}, but has no such command.")
            child = click.Context(inner, info_name=name, parent=context)
            yield from command_section(inner, child, level + 1)


def states_page() -> str:
    """The page on the states of a call: the diagram, the state table itself, and what each entry does."""
    table = session.Session._TABLE  # noqa: SLF001 - the table is what is shown
    known = {event.__name__: event for row in table.values() for event in row}
    handlers = {handler.__name__: handler for row in table.values() for handler in row.values()}
    phases = [f"`{phase.value}`" for phase in table]
    lines = [
        "# States of a call",
        "",
        session_prose(),
        "",
        "## The table",
        "",
        "A column is a state, a row an event. A dot: the event is let pass. An empty place: the event",
        "is an error in that state; the error names both.",
        "",
        f"| event | {' | '.join(phases)} |",
        "|---" * (len(phases) + 1) + "|",
    ]
    for name in sorted(known):
        cells = [handler_words(row.get(known[name])) for row in table.values()]
        lines.append(f"| `{name}` | {' | '.join(cells)} |")
    lines += [
        "",
        "## The entries whose name does not say it all",
        "",
        "| entry | what is done |",
        "|---|---|",
    ]
    for name in sorted(handlers):
        said = first_paragraph(handlers[name])
        if said:
            lines.append(f"| {handler_words(handlers[name])} | {said} |")
    return "\n".join(lines) + "\n"


def session_prose() -> str:
    """Give the session's docstring as Markdown: its indented diagram as a block."""
    parts = []
    for paragraph in inspect.cleandoc(session.__doc__ or "").split("\n\n"):
        block = textwrap.dedent(paragraph)
        parts.append(f"```text\n{block}\n```" if block != paragraph else paragraph.replace("::", ":"))
    return "\n\n".join(parts)


def handler_words(handler: Callable[..., None] | None) -> str:
    """Give a handler's name as words; a dot for the one that does nothing, nothing for none."""
    if handler is None:
        return ""
    name = handler.__name__.strip("_")
    return "." if name == "ignore" else name.replace("_", " ")


def calls_page() -> str:
    """The page of example calls: for each level of guardedness a good one and a bad one."""
    recognizer = load_recognizer()
    lines = [
        "# Six calls, in full",
        "",
        "For each level of guardedness one call that goes well and one that goes badly, with",
        "the same person. The trainees are simulated (`voice_coach/simulation/`): one who listens,",
        "and one who pushes. The moves were found in their words by the real rules, and the real",
        "counterpart answered. In brackets: the moves, the rule that answered, and trust and tension",
        "after it.",
    ]
    by_level = {scenario.guardedness: scenario for scenario in reversed(list_scenarios())}
    for level in (level for level in Guardedness if level in by_level):
        scenario = by_level[level]
        lines += ["", f"## {level.value.capitalize()}: {scenario.title}", "", scenario.brief]
        for title, trainee in (("Well", "empathic"), ("Badly", "bully")):
            call = play(TRAINEES[trainee], Call(scenario, recognizer, seed=_CALL_SEED, by_ear=True))
            lines += ["", f"### {title}, with {scenario.name}", "", *told_call(call)]
    return "\n".join(lines) + "\n"


def told_call(call: Call) -> Iterator[str]:
    """Give a call as a quoted dialogue with states in brackets."""
    name = call.scenario.name.split()[0]
    for heard, reply, mind in zip(call.heard, call.replies, call.minds, strict=True):
        if heard is not None:
            kinds = ", ".join(dict.fromkeys(move.kind.replace("_", " ") for move in heard.moves))
            yield f"> **You** {heard.text} *[{kinds or 'no move'}]*"
            yield ">"
        elif reply.because.rule != "opening":
            yield "> *(silence)*"
            yield ">"
        opened = f"; further: {', '.join(reply.opened)}" if reply.opened else ""
        state = f"trust {mind.trust:.2f}, tension {mind.tension:.2f}"
        yield f"> **{name}** ({reply.delivery}) {reply.text} *[{reply.because.rule}; {state}{opened}]*"
        yield ">"
    ends = call.reply.ends.value.replace("_", " ") if call.reply.ends else "broken off"
    yield f"> *Ended: {ends}.*"


def metrics_page() -> str:
    """The page on everything that a server counts."""
    counted = Metrics()
    families = sorted(counted.registry.collect(), key=lambda family: family.name)
    labels = {
        metric._name: metric._labelnames  # noqa: SLF001 - told by the library only once one is used
        for metric in vars(counted).values()
        if isinstance(metric, MetricWrapperBase)
    }
    lines = [
        "# Metrics",
        "",
        inspect.cleandoc(metrics.__doc__ or ""),
        "",
        "`/metrics` tells them in the text form of Prometheus, to the owner, or in a training room to",
        "the trainer. [How to watch a server](../how-to/watch-a-server.md).",
        "",
        "| name | kind | labels | meaning |",
        "|---|---|---|---|",
    ]
    for family in families:
        if not family.name.startswith("voice_coach"):
            continue
        name = family.name + ("_total" if family.type == "counter" else "")
        of = ", ".join(f"`{label}`" for label in labels[family.name])
        lines.append(f"| `{name}` | {family.type} | {of} | {family.documentation} |")
    return "\n".join(lines) + "\n"


def schema_file() -> str:
    """The JSON Schema of scenario files."""
    return msgspec.json.format(msgspec.json.encode(scenario_schema()), indent=2).decode() + "\n"


def drill_schema_file() -> str:
    """Give the JSON Schema of drill files."""
    return msgspec.json.format(msgspec.json.encode(drill_schema()), indent=2).decode() + "\n"


_CALL_SEED = 7


def faults_page() -> str:
    """The page on what is lost, with the table of the figures that the fault suite left."""
    text = (DOCS / "why/faults.md").read_text("utf-8")
    before, _, rest = text.partition(FAULTS_BEGIN)
    _, _, after = rest.partition(FAULTS_END)
    figures = table(read_figures(DOCS / "figures/faults.json"))
    return f"{before}{FAULTS_BEGIN}\n\n{figures}\n{FAULTS_END}{after}"


PAGES: dict[str, Callable[[], str]] = {
    "reference/wire.md": wire_page,
    "reference/room.md": room_page,
    "reference/settings.md": settings_page,
    "reference/metrics.md": metrics_page,
    "reference/cli.md": cli_page,
    "reference/call-states.md": states_page,
    "reference/scenario.schema.json": schema_file,
    "reference/drill.schema.json": drill_schema_file,
    "calls/six-calls.md": calls_page,
    "why/faults.md": faults_page,
}


def main() -> int:
    """Write the pages, or check them."""
    check = "--check" in sys.argv[1:]
    stale = []
    for name, make in PAGES.items():
        whole = name.endswith(".md") and make is not faults_page
        file, text = DOCS / name, (MADE if whole else "") + make()
        if check and (not file.is_file() or file.read_text("utf-8") != text):
            stale.append(name)
        elif not check:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
    for name in stale:
        print(f"docs/{name} is out of date: run `python docs/generate.py`")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
