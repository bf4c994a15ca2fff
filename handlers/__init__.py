"""Telegram in: an update, one use case, an answer."""
