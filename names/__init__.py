"""Finding a person by a name, in any script, case, spelling or nickname."""

from names.decision import Candidate, Decision, Match, Verdict, decide
from names.keys import ALGORITHM, MOST_CANDIDATES, keys_of
from names.line import Line, read_line
from names.question import Question, read
from names.words import Intent

__all__ = [
    "ALGORITHM",
    "MOST_CANDIDATES",
    "Candidate",
    "Decision",
    "Intent",
    "Line",
    "Match",
    "Question",
    "Verdict",
    "decide",
    "keys_of",
    "read",
    "read_line",
]
