"""Who answers: a person with a reason, moved by being understood and closed by pressure. Pure.

`story.py` says what a scenario consists of, `scenario.py` loads one (the only file reading here),
`mind.py` is what the person carries through a call. `counterpart.py` finds the rule that answers a turn:
`labels.py`, `mirrors.py` and `summaries.py` hold the reactions to being understood, `pressure.py`,
`talk.py` and `endings.py` those to the rest. `rules.py` says what each rule does, `telling.py` how it
is got out, `settling.py` what it leaves behind, and `reply.py` is what comes out, with its reasons. Why
it is built so: `docs/why/counterpart.md`.
"""
