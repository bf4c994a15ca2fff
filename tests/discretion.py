"""The words that would tell a stranger what the bot is about, in all its languages."""

import re

PRISON = re.compile(
    # be, ru, uk: prisoner, prison, convict, colony, camp, detained, sentence
    r"вязн|вязень|турм|зняволен|асуджан|калоні|затрыман"
    r"|заключ[её]нн|узник|тюр[ье]?м|осужд[её]нн|колони|арест|задержан|политзек"
    r"|в['ʼ’]?язн|в['ʼ’]?язень|тюрм|ув['ʼ’]язнен|засуджен|арешт|затриман"
    # en, pl, lt, de
    r"|prison|jail|convict|inmate|detain|political"
    r"|więź|więzie|skazan|aresztowan|zatrzyman|polityczn"
    r"|kalin|kalėj|nuteist|sulaikyt|politin"
    r"|gefangen|gefängnis|häftling|haft|verurteilt|politisch",
    re.IGNORECASE,
)
