"""How fast, how right: ``make bench``."""
