"""Small files as shops really have them, each with the rows that must come out of it, or the question it must raise.

Knows no parser: it makes bytes, and says what a careful person would read in them.
"""

from __future__ import annotations

from tests.data.nasty.arrangements import further_ways, labels, one_hot, parts_of_one_text, side_by_side
from tests.data.nasty.bots import answered, in_yaml, parts, projects
from tests.data.nasty.copies import copies, judged, posts
from tests.data.nasty.elements import asked_pages, repeated
from tests.data.nasty.exports import argilla, kiln, label_studio
from tests.data.nasty.left_over import above_questions, lost, machines, remembered
from tests.data.nasty.markup import no_tables, spreadsheets, webpages
from tests.data.nasty.records import records
from tests.data.nasty.surveys import surveys
from tests.data.nasty.talks import talks
from tests.data.nasty.texts import delimited, dialogues, texts
from tests.data.nasty.ways_of_writing import careless_json, databases, fasttext, fronts, garbled, other_tools
from tests.data.nasty.workbooks import cells, headers, others, sheets
from tests.data.nasty.written import (
    commented,
    headed,
    lettered,
    long_separators,
    messenger_tables,
    messengers,
    without_marks,
)

KINDS = (
    texts, delimited, dialogues, records, label_studio, argilla, kiln, sheets, cells, headers, others, webpages,
    spreadsheets, no_tables, talks, side_by_side, one_hot, parts_of_one_text, further_ways, labels,
    fasttext, databases, careless_json, other_tools, garbled, fronts, projects, in_yaml, answered, parts,
    long_separators, without_marks, headed, lettered, messengers, messenger_tables, commented, repeated, asked_pages,
    copies, judged, posts, surveys, machines, remembered, above_questions, lost,
)  # fmt: skip
CASES = [case for kind in KINDS for case in kind()]
