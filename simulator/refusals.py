"""How Telegram says no: the status, the words, and what a program may read from them."""

from typing import Any


class Refused(Exception):
    """Raised when a request is refused; carries what the answer will say."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        """Shape the refusal as the Bot API does."""
        body: dict[str, Any] = {
            "ok": False,
            "error_code": self.status,
            "description": self.description,
        }
        if self.parameters:
            body["parameters"] = self.parameters
        return body


def bad_request(why: str, **parameters: int) -> Refused:
    """Make a 400."""
    return Refused(400, f"Bad Request: {why}", **parameters)


def forbidden(why: str) -> Refused:
    """Make a 403."""
    return Refused(403, f"Forbidden: {why}")


def too_many(retry_after: int) -> Refused:
    """Make a 429 that asks to wait so many seconds."""
    why = f"Too Many Requests: retry after {retry_after}"
    return Refused(429, why, retry_after=retry_after)
