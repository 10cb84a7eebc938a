"""A call as text for a terminal: the list of sessions, one conversation, its debrief."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from voice_coach.coaching.drill import Verdict
from voice_coach.coaching.turn import Check, Debrief, Speaker, Turn, TurningPoint
from voice_coach.journal.account import Account
from voice_coach.journal.kind import Kind
from voice_coach.journal.library import SessionRow
from voice_coach.moves.move import Family
from voice_coach.review.review import SOMEBODY, Review

__all__ = ["call_as_text", "clock", "heard_account", "session_table"]

_STYLES = {
    Family.REFLECTION: "bold green underline",
    Family.QUESTION: "blue underline",
    Family.EMPATHY: "bold magenta underline",
    Family.PRESSURE: "red underline",
    Family.SOLUTION: "yellow underline",
    Family.FLOW: "dim underline",
}


def session_table(rows: Sequence[SessionRow]) -> Table:
    """Give sessions as a table, one row each."""
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for heading in ("session", "when", "scenario"):
        table.add_column(heading, no_wrap=heading != "scenario")
    for heading in ("length", "labels", "summaries"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("ended")
    for row in rows:
        when = row.created.astimezone().strftime("%d %b %H:%M") if row.created else ""
        table.add_row(
            Text(row.id),
            Text(when),
            _plain(row.title),
            clock(row.seconds),
            str(row.labels),
            str(row.summaries),
            _ending(row),
        )
    return table


def heard_account(review: Review) -> tuple[Account, Collection[int]]:
    """Give a recorded call's review as an account, and the turns of which nobody knows whose they are."""
    unknown = {one.turn.index for one in review.turns if not one.speaker_known}
    turns = tuple(one.turn for one in review.turns)
    debrief = review.debrief
    mine = [t for t in turns if t.speaker is Speaker.TRAINEE and t.index not in unknown]
    account = Account(
        title=review.title,
        person="" if review.person == SOMEBODY else review.person,
        turns=turns,
        seconds=review.seconds,
        labels=debrief.labels if debrief else 0,
        summaries=debrief.summaries if debrief else 0,
        thats_right=debrief.thats_right if debrief else False,
        moves=dict(Counter(move.kind for turn in mine for move in turn.moves)),
        outcome=None,
        debrief=debrief,
    )
    return account, unknown


def call_as_text(row: SessionRow, account: Account, *, unknown: Collection[int] = ()) -> RenderableType:
    """Give a conversation with its moves marked, and the debrief.

    Args:
        row: What the library knows of it.
        account: The call.
        unknown: Indices of turns of which nobody knows whose they are.
    """
    person = account.person or "they"
    names = {Speaker.TRAINEE: "you", Speaker.COUNTERPART: person.split()[0]}
    head = Text.assemble((_plain(account.title).plain, "bold"), f" - {_plain(person).plain}\n")
    when = row.created.astimezone().strftime("%A %d %B %Y, %H:%M, ") if row.created else ""
    head.append(f"{when}{clock(row.seconds)} long, heard by {row.model or 'no model'}, ")
    head.append(_ending(row))
    talk = Table.grid(padding=(0, 2, 0, 0))
    talk.add_column(justify="right", style="dim", no_wrap=True)
    talk.add_column(no_wrap=True)
    talk.add_column()
    for turn in account.turns:
        name = Text(_plain(names[turn.speaker]).plain, "bold" if turn.speaker is Speaker.TRAINEE else "")
        if turn.index in unknown:
            name = Text("?", "dim")
        talk.add_row(clock(turn.start_seconds), name, Group(*_spoken(turn)))
    if not account.turns:
        talk.add_row("", "", Text("Nothing was said.", "dim"))
    parts: list[RenderableType] = [head, Padding(talk, (1, 0))]
    if account.verdicts:
        parts.append(_verdicts(account))
    elif account.debrief is not None:
        parts.append(_debrief(account.debrief))
    return Group(*parts)


def clock(seconds: float) -> str:
    """Give a time as minutes and seconds: `3:07`."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02}"


def _spoken(turn: Turn) -> Iterable[Text]:
    """The words of a turn, moves underlined, and under them what they are."""
    words = _plain(turn.text)
    for move in turn.moves:
        words.stylize(_STYLES[move.family], move.start, move.end)
    yield words
    marks = [move.kind.replace("_", " ") for move in turn.moves]
    if turn.thats_right:
        marks.append("that's right")
    if turn.interrupted:
        marks.append("talking over" if turn.speaker is Speaker.TRAINEE else "talked over")
    if turn.because is not None:
        marks.extend(turn.because.reasons)
    if marks:
        yield _plain("; ".join(dict.fromkeys(marks)), "dim italic")


def _debrief(debrief: Debrief) -> RenderableType:
    lines = Table.grid(padding=(0, 2, 0, 0))
    lines.add_column(no_wrap=True)
    lines.add_column()
    for check in debrief.checks:
        verdict = Text("yes", "green") if check.passed else Text("no", "yellow")
        lines.add_row(verdict, Group(*_check(check)))
    led_here = Table.grid(padding=(0, 2, 0, 0))
    led_here.add_column(no_wrap=True)
    led_here.add_column()
    for point in debrief.turning_points:
        led_here.add_row(Text(clock(point.at_seconds), "dim"), Group(*_turning_point(point)))
    parts: list[RenderableType] = [_plain(debrief.headline, "bold")]
    if debrief.turning_points:
        parts.append(Padding(led_here, (1, 0, 0, 0)))
    return Group(*parts, Padding(lines, (1, 0, 0, 0)))


def _verdicts(account: Account) -> RenderableType:
    lines = Table.grid(padding=(0, 2, 0, 0))
    lines.add_column(no_wrap=True)
    lines.add_column()
    for each in account.verdicts:
        verdict = Text("passed", "green") if each.passed else Text("not yet", "yellow")
        lines.add_row(verdict, Group(*_verdict(each)))
    result = account.drill
    if result is None:
        return lines
    said = [f"{result.headline}", *([f"Work on: {result.work_on}"] if result.work_on else [])]
    return Group(*(_plain(sentence, "bold") for sentence in said), Padding(lines, (1, 0, 0, 0)))


def _verdict(verdict: Verdict) -> Iterable[Text]:
    yield _plain(verdict.reason)
    if verdict.you_said:
        yield _plain(f'You said: "{verdict.you_said}"', "dim")
    if verdict.you_could_have_said:
        yield _plain(f'You could have said: "{verdict.you_could_have_said}"', "dim")


def _turning_point(point: TurningPoint) -> Iterable[Text]:
    yield _plain(point.what, "green" if point.better else "yellow")
    if point.you_said:
        yield _plain(f'You had said: "{point.you_said}"', "dim")


def _check(check: Check) -> Iterable[Text]:
    yield _plain(check.question)
    if check.evidence is not None:
        proof = f'{clock(check.evidence.start_seconds)} "{check.evidence.quote}"'
        yield _plain(proof, "dim")
    if check.you_said:
        yield _plain(f'You said: "{check.you_said}"', "dim")
    if check.you_could_have_said:
        yield _plain(f'You could have said: "{check.you_could_have_said}"', "dim")


def _ending(row: SessionRow) -> Text:
    if row.problem:
        return Text("cannot be read", "red")
    if row.running:
        return Text("still running", "green")
    if row.kind is Kind.RECORDED:
        return Text(
            "recorded call" if row.complete else "heard in part", style="" if row.complete else "yellow"
        )
    if row.score is not None:
        return Text(f"drill, {row.score.passed} of {row.score.rounds}")
    if row.outcome is None:
        return Text("cut off", "yellow")
    ending = row.outcome.value.replace("_", " ")
    return Text(f"{ending}, that's right" if row.thats_right else ending)


def _plain(text: str, style: str = "") -> Text:
    """Text from a file: shown as it is, but what would steer the terminal becomes a space."""
    return Text("".join(char if char.isprintable() else " " for char in text), style)
