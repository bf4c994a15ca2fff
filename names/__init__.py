"""Finding a person by a name, in any script, case, spelling or nickname."""

from names.decision import MOST_SHOWN, Candidate, Decision, Doubt, Match, Verdict, decide
from names.keys import ALGORITHM, MOST_CANDIDATES, keys_of
from names.line import Line, fits_as_it_stands, is_whole_name, part_line, read_line
from names.question import Question, read

__all__ = [
    "ALGORITHM",
    "MOST_CANDIDATES",
    "MOST_SHOWN",
    "Candidate",
    "Decision",
    "Doubt",
    "Line",
    "Match",
    "Question",
    "Verdict",
    "decide",
    "fits_as_it_stands",
    "is_whole_name",
    "keys_of",
    "part_line",
    "read",
    "read_line",
]
