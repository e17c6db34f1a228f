class Failure(Exception):
    """What a user can put right: the message says what is wrong, where, and what to change."""
