"""Where a number of the sheet comes from: terms, steps, resources, exceptions, rows of extracts. Nothing is planned or changed here."""

from sop_pipeline.explain.cell import Cell, find_cell, normal_measure
from sop_pipeline.explain.costs import NothingToExplainError, explain_costs
from sop_pipeline.explain.document import explain
from sop_pipeline.explain.replay import replay
from sop_pipeline.explain.text import costs_text, explanation_text

__all__ = [
    "Cell",
    "NothingToExplainError",
    "costs_text",
    "explain",
    "explain_costs",
    "explanation_text",
    "find_cell",
    "normal_measure",
    "replay",
]
