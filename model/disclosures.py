"""What is stored about one chat, as it is told to that chat."""

from dataclasses import dataclass

from model.deliveries import Address, DeliveryState
from model.editors import Editor
from model.people import Person
from model.readers import Reader


@dataclass(frozen=True, slots=True)
class Held:
    """A delivery that is kept: how it stands, and all that is sealed in it."""

    state: DeliveryState
    address: Address


@dataclass(frozen=True, slots=True)
class Disclosure:
    """Everything that can be found about a chat by who knows its number and holds the key."""

    reader: Reader | None
    following: tuple[Person, ...] = ()
    deliveries: tuple[Held, ...] = ()
    unfolded: tuple[int, ...] = ()
    """Messages that show their text and will be folded."""
    editor: Editor | None = None
    cards: tuple[int, ...] = ()
    """Messages in which an editor follows the progress of notices."""
