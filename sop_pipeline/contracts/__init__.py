"""The contract of every table, found by the table's address `schema.table`. The contracts live in one package or module per schema."""

from sop_pipeline.contracts import core, forecast, handoffs, landing, optimum, plan, record, sop, staging
from sop_pipeline.contracts.base import Rule, Table
from sop_pipeline.contracts.specs import ColumnSpec, RuleSpec, column_specs, rule_of, rule_specs

__all__ = ["CONTRACTS", "ColumnSpec", "Rule", "RuleSpec", "Table", "column_specs", "contract_of", "rule_of", "rule_specs"]

CONTRACTS: dict[str, type[Table]] = {
    **record.TABLES,
    **landing.TABLES,
    **staging.TABLES,
    **core.TABLES,
    **forecast.TABLES,
    **plan.TABLES,
    **optimum.TABLES,
    **handoffs.TABLES,
    **sop.TABLES,
}


def contract_of(address: str) -> type[Table]:
    """The contract of the table at `schema.table`; KeyError that says where to write one if there is none."""
    if address not in CONTRACTS:
        schema, _, table = address.partition(".")
        raise KeyError(f"{address} has no contract: write a class for {table} in sop_pipeline/contracts/{schema} and list it in TABLES")
    return CONTRACTS[address]
