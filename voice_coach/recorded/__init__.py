"""Calls that were made elsewhere, heard from a file.

`hearing.hear_call` listens to a file of any length in bounded memory and writes down what was heard
(`journal.heard`); `tell.tell_recorded` makes a review of that. Between them stand the steps: `call_file`
reads the channels, `survey` finds out what they hold, `cutting` finds the utterances, `echo` leaves out
what is only the other side heard through; `turns` and `floor` find who said what, when, over whom.
"""
