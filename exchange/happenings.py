"""What happened to people as editors write it: names, and below them a few plain lines.

    Maria Kalesnikava                    who: one name a line, as in a list
    transferred                          what happened, in any language of the bot
    12 March 2026                        when
    Homel, women's prison                where: whatever else stands below
    Radio Svoboda https://…              who says so

An empty line ends it. What follows is about other people, or the same where no name stands above.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from exchange.lists import (
    LINE_AT_MOST,
    LINES_AT_MOST,
    flat,
    read_date,
    read_place,
    read_source,
    without_harm,
)
from model.dates import PartialDate
from model.errors import Fault, Unreadable
from model.people import EventKind, Manner, Source

MONTHS_AT_MOST = 1200


@dataclass(frozen=True, slots=True)
class Written:
    """One thing that is said to have happened; what is not said is ``None`` or empty."""

    names: tuple[str, ...] = ()
    """Nobody where nobody is named above: it completes what is there already."""
    kind: EventKind | None = None
    on: PartialDate | None = None
    country: str = ""
    place: str = ""
    manner: Manner | None = None
    months: int | None = None
    doubtful: bool = False
    """It is said to be reported, and not confirmed."""
    sources: tuple[Source, ...] = ()


@dataclass(slots=True)
class _Block:
    """The lines between two empty ones: several things may have happened on one day."""

    names: dict[str, None] = field(default_factory=dict)
    kinds: dict[EventKind, None] = field(default_factory=dict)
    on: PartialDate | None = None
    where: tuple[str, str] = ("", "")
    manner: Manner | None = None
    months: int | None = None
    doubtful: bool = False
    sources: list[Source] = field(default_factory=list)

    @property
    def begun(self) -> bool:
        """Whether anything is said beside the names."""
        return bool(self.kinds or self.on or self.months or self.doubtful or self.sources)


def parse(text: str, languages: Sequence[str]) -> tuple[Written, ...]:
    """Read what happened; countries and months may be named in any of ``languages``.

    Raises:
        Unreadable: there are too many lines, one is too long, or a date does not exist.
    """
    lines = text.splitlines()
    if len(lines) > LINES_AT_MOST:
        raise Unreadable(Fault.TOO_MANY_LINES, limit=LINES_AT_MOST)
    found: list[Written] = []
    block = _Block()
    for number, raw in enumerate([*lines, ""], 1):
        line = flat(without_harm(raw))
        if line:
            _read(block, line, tuple(languages), number)
        else:
            found += _written(block, found[-1].names if found else ())
            block = _Block()
    return tuple(found)


def _read(block: _Block, line: str, languages: tuple[str, ...], number: int) -> None:
    """Take in one line: what it can be nothing else but, or else a name or a place."""
    source = read_source(line)
    if len(line) > LINE_AT_MOST and source is None:
        raise Unreadable(Fault.TOO_LONG, line=number, limit=LINE_AT_MOST)
    plain = _plain(line)
    if (on := read_date(line, languages, number)) is not None:
        block.on = on
    elif source is not None:
        block.sources.append(source)
    elif plain in _DOUBTS:
        block.doubtful = True
    elif EventKind.RELEASED in block.kinds and plain in _MANNERS:
        block.manner = _MANNERS[plain]
    elif months := _months(plain):
        block.months = months
    elif plain in _KINDS:
        block.kinds[_KINDS[plain]] = None
        block.manner = _MANNERS.get(plain, block.manner)
    elif (parted := _MARK.split(line, maxsplit=1)) and _plain(parted[0]) in _KINDS:
        # As in: sentenced, 11 years.
        for part in (parted[0], parted[-1]):
            _read(block, part.strip(), languages, number)
    elif block.begun:
        block.where = read_place(line, languages)
    else:
        block.names[line.lstrip("-–—•* ")] = None


def _written(block: _Block, above: tuple[str, ...]) -> list[Written]:
    if not (block.names or block.begun):
        return []
    taken = EventKind.TAKEN_ABROAD in block.kinds
    return [
        Written(
            names=tuple(block.names) or above,
            kind=kind,
            on=block.on,
            # Where somebody was taken is not where he or she was released.
            country="" if taken and kind is EventKind.RELEASED else block.where[0],
            place="" if taken and kind is EventKind.RELEASED else block.where[1],
            manner=block.manner if kind is EventKind.RELEASED else None,
            months=block.months if kind in {EventKind.SENTENCED, None} else None,
            doubtful=block.doubtful,
            sources=tuple(block.sources),
        )
        for kind in block.kinds or (None,)
    ]


def _plain(words: str) -> str:
    return " ".join(words.casefold().strip(" .:;,–—-").split())


def _months(plain: str) -> int:
    """Return how many months ``11 years 6 months`` are; 0 if it is something else."""
    match = _TERM.fullmatch(plain)
    if match is None:
        return 0
    months = 0
    for number, word in ((match[1], match[2]), (match[3] or "0", match[4] or _MONTHS[0])):
        if not word.startswith((*_YEARS, *_MONTHS)):
            return 0
        months += int(number) * (12 if word.startswith(_YEARS) else 1)
    return months if months <= MONTHS_AT_MOST else 0


_MARK = re.compile(r"[:,;–—(]| - ")
_TERM = re.compile(
    r"([0-9]{1,4}) ([^\W\d_]+)\.?(?:,? (?:[^\W\d_]+ )?([0-9]{1,4}) ([^\W\d_]+)\.?)?"
)
_YEARS = ("year", "рок", "рік", "год", "гад", "лет", "lat", "rok", "met", "jahr")
_MONTHS = ("month", "месяц", "місяц", "miesi", "mėn", "monat")

# As editors write it down at night: in their language, about a woman or a man, in the words of
# the chronicle or of a headline.
_WORDS: dict[EventKind, str] = {
    EventKind.DETAINED: (
        "detained; arrested; arrest; detention; затрымана; затрыманы; затрыманне; арыштавана; "
        "арыштаваны; арышт; задержана; задержан; задержание; арестована; арестован; арест; "
        "затримана; затриманий; затримано; затримання; заарештована; заарештований; "
        "zatrzymana; zatrzymany; zatrzymanie; aresztowana; aresztowany; aresztowanie; "
        "sulaikyta; sulaikytas; sulaikymas; suimta; suimtas; festgenommen; verhaftet; "
        "festnahme; verhaftung"
    ),
    EventKind.CHARGED: (
        "charged; charge; абвінавачана; абвінавачаны; абвінавачанне; обвинение; "
        "предъявлено обвинение; обвинена; обвинен; обвинён; звинувачення; "
        "пред'явлено звинувачення; zarzuty; postawiono zarzuty; oskarżona; oskarżony; "
        "kaltinimas; pateikti kaltinimai; kaltinama; kaltinamas; angeklagt; anklage"
    ),
    EventKind.SENTENCED: (
        "sentenced; sentence; convicted; асуджана; асуджаны; прысуд; прыгавор; осуждена; "
        "осужден; осуждён; приговор; приговорена; приговорен; приговорён; засуджена; "
        "засуджений; засуджено; вирок; skazana; skazany; wyrok; nuteista; nuteistas; "
        "nuosprendis; verurteilt; urteil"
    ),
    EventKind.IMPRISONED: (
        "still in prison; in prison; still held; у зняволенні; у турме; за кратамі; "
        "в заключении; в тюрьме; за решеткой; за решёткой; в ув'язненні; у в'язниці; "
        "w więzieniu; nadal w więzieniu; kalėjime; tebekali; kali; in haft; im gefängnis"
    ),
    EventKind.TRANSFERRED: (
        "transferred; transfer; moved to another prison; пераведзена; пераведзены; перавод; "
        "этапавана; этапаваны; этап; переведена; переведен; переведён; перевод; этапирована; "
        "этапирован; переведений; переведено; переведення; переміщена; przeniesiona; "
        "przeniesiony; przeniesienie; perkelta; perkeltas; perkėlimas; verlegt; verlegung"
    ),
    EventKind.HOSPITALISED: (
        "hospitalised; hospitalized; hospital; in hospital; шпіталізавана; шпіталізаваны; "
        "у бальніцы; бальніца; шпіталь; госпитализирована; госпитализирован; в больнице; "
        "больница; госпіталізована; госпіталізований; у лікарні; лікарня; hospitalizowana; "
        "hospitalizowany; w szpitalu; szpital; ligoninėje; ligoninė; paguldyta į ligoninę; "
        "paguldytas į ligoninę; im krankenhaus; krankenhaus"
    ),
    EventKind.PUNISHMENT_CELL: (
        "punishment cell; solitary confinement; шыза; штрафны ізалятар; карцар; шизо; "
        "штрафной изолятор; карцер; в шизо; у шыза; штрафний ізолятор; у шізо; шізо; "
        "karcer; w karcerze; izolatka; karceris; karceryje; baudos izoliatorius; strafzelle; "
        "einzelhaft"
    ),
    EventKind.NO_CONTACT: (
        "no contact; incommunicado; no letters; няма сувязі; без сувязі; інкамунікада; "
        "нет связи; без связи; инкоммуникадо; немає зв'язку; без зв'язку; інкомунікадо; "
        "brak kontaktu; bez kontaktu; incommunicado; nėra ryšio; be ryšio; kein kontakt"
    ),
    EventKind.CONTACT: (
        "contact; letter; call; visit; a letter came; ліст; званок; спатканне; прыйшоў ліст; "
        "письмо; звонок; свидание; пришло письмо; лист; дзвінок; побачення; прийшов лист; "
        "list; telefon; widzenie; przyszedł list; laiškas; skambutis; pasimatymas; "
        "gautas laiškas; brief; anruf; besuch"
    ),
    EventKind.HOUSE_ARREST: (
        "house arrest; under house arrest; хатні арышт; пад хатнім арыштам; домашний арест; "
        "под домашним арестом; домашній арешт; під домашнім арештом; areszt domowy; "
        "w areszcie domowym; namų areštas; hausarrest; unter hausarrest"
    ),
    EventKind.RELEASED: (
        "released; release; freed; free; вызвалена; вызвалены; вызваленне; на волі; "
        "освобождена; освобожден; освобождён; освобождение; на свободе; вышла на свободу; "
        "вышел на свободу; звільнена; звільнений; звільнено; звільнення; на волі; "
        "zwolniona; zwolniony; zwolnienie; uwolniona; uwolniony; uwolnienie; na wolności; "
        "paleista; paleistas; išlaisvinta; išlaisvintas; paleidimas; laisvėje; freigelassen; "
        "freilassung; frei"
    ),
    EventKind.TAKEN_ABROAD: (
        "taken abroad; taken out of the country; deported; вывезена за мяжу; "
        "вывезены за мяжу; вывезена; вывезены; вывезена за границу; вывезен за границу; "
        "вывезен; вивезена за кордон; вивезений за кордон; вивезено за кордон; вивезена; "
        "вивезений; wywieziona za granicę; wywieziony za granicę; wywieziona; wywieziony; "
        "išvežta; išvežtas; išvežta į užsienį; išvežtas į užsienį; ins ausland gebracht; "
        "außer landes gebracht"
    ),
    EventKind.MOVED_ON: (
        "moved on; пераехала; пераехаў; переехала; переехал; переїхала; переїхав; "
        "pojechała dalej; pojechał dalej; przeniosła się; przeniósł się; persikėlė; "
        "weitergereist"
    ),
    EventKind.REFUSED_TO_LEAVE: (
        "refused to leave; адмовілася выязджаць; адмовіўся выязджаць; отказалась уезжать; "
        "отказался уезжать; відмовилася виїжджати; відмовився виїжджати; odmówiła wyjazdu; "
        "odmówił wyjazdu; atsisakė išvykti; ausreise verweigert"
    ),
    EventKind.DETAINED_AGAIN: (
        "detained again; arrested again; new arrest; зноў затрымана; зноў затрыманы; "
        "снова задержана; снова задержан; знову затримана; знову затриманий; "
        "знову затримано; ponownie zatrzymana; ponownie zatrzymany; vėl sulaikyta; "
        "vėl sulaikytas; erneut festgenommen; wieder verhaftet"
    ),
    EventKind.DIED: (
        "died; death; памерла; памёр; памер; смерць; умерла; умер; смерть; померла; помер; "
        "zmarła; zmarł; śmierć; mirė; mirtis; gestorben; verstorben; tod"
    ),
}
_MANNER_WORDS: dict[Manner, str] = {
    Manner.PARDON: (
        "pardoned; pardon; памілавана; памілаваны; памілаванне; помилована; помилован; "
        "помилование; помилувана; помилуваний; помилування; ułaskawiona; ułaskawiony; "
        "ułaskawienie; malonė; suteikta malonė; begnadigt; begnadigung"
    ),
    Manner.EXCHANGE: (
        "exchanged; exchange; абмяняна; абмяняны; абмен; обменяна; обменян; обмен; обміняна; "
        "обміняний; обмін; wymieniona; wymieniony; wymiana; apkeista; apkeistas; mainai; "
        "ausgetauscht; austausch"
    ),
    Manner.TERM_ENDED: (
        "term ended; end of term; sentence served; скончыўся тэрмін; адбыла тэрмін; "
        "адбыў тэрмін; срок закончился; конец срока; отбыла срок; отбыл срок; "
        "термін закінчився; відбула термін; відбув термін; koniec wyroku; odbyła wyrok; "
        "odbył wyrok; baigėsi bausmė; atliko bausmę; haftende; strafe verbüßt"
    ),
}
_DOUBTS = frozenset(
    (
        "reported", "not confirmed", "unconfirmed", "не пацверджана", "паведамляецца",
        "не подтверждено", "сообщается", "не підтверджено", "повідомляється",
        "niepotwierdzone", "nie potwierdzono", "nepatvirtinta", "unbestätigt",
    )
)  # fmt: skip
_MANNERS = {word: manner for manner, said in _MANNER_WORDS.items() for word in said.split("; ")}
_KINDS = {word: kind for kind, said in _WORDS.items() for word in said.split("; ")}
# "Pardoned" alone says that somebody is free, and how.
_KINDS |= dict.fromkeys(_MANNERS, EventKind.RELEASED)
