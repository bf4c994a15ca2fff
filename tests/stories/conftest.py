"""Whole journeys, through the whole bot, on both databases."""

from tests.town import town

__all__ = ["town"]
