"""Pure planning functions: frames and scalars in, frames out. They know neither Dagster nor DuckDB nor the clock."""
