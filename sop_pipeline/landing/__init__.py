"""Extracts into `raw` and `staging`: read, keep, cast, check, set aside. Which extracts exist and what they hold is said by the contracts."""
