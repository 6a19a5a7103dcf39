"""Dagster: assets, checks, jobs and resources, as thin as they can be. No arithmetic and no SQL of the business lives here."""
