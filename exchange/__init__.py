"""Files and feeds, in and out: bytes and candidates; never writes."""
