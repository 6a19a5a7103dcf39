"""The planning functions: frames, arrays and scalars in, frames out. Dagster, DuckDB, files and the clock stay out."""
