"""Which programs of this installation are running: each says so to the database from time to time."""
