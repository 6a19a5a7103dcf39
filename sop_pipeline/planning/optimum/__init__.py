"""The night's supply plan: tables of core and plan to the supply model, its verified answer back to the tables that are published."""

from sop_pipeline.planning.optimum.night import OptimumResult, optimise_base, optimise_scenario, optimise_scenarios, optimise_supply

__all__ = ["OptimumResult", "optimise_base", "optimise_scenario", "optimise_scenarios", "optimise_supply"]
