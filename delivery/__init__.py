"""Telegram out: transport, pace, outcome, fan-out, sender."""
