"""Who answers: a person with a reason, moved by being understood and closed by pressure. Pure.

`story.py` says what a scenario consists of, `scenario.py` loads one (the only file reading here),
`mind.py` is what the person carries through a call, `counterpart.py` finds the rule that answers a
turn, `rules.py` says what each rule does, and `reply.py` is what comes out. Why it is built so:
`docs/why/counterpart.md`.
"""
