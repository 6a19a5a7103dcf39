"""Kinds of source, one module each: a function that writes a source's rows, all text, as Parquet. What a column means stays out.

A new kind of file is one module with a `read_…` function that returns a `Reading`, and its line in `landing/land.py`; a new family of
servers is one function and its line in `servers.py`, a new store one line in `objects.py`.
"""
