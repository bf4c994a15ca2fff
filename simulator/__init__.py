"""A stand-in for Telegram: started for the demo, used by the tests; imports nothing of ours."""
