"""Extracts into `raw` and `staging`: read, keep, cast, check, set aside. What an extract holds is said by its contract.

One extract of a night: `land.land`, `quarantine.stage`, `land.record_load`; then `rules.apply_rules` over all of them, and
`status.extract_status` of each; `all_extracts.stage_all` does all of it and says what must stop the night.
"""
