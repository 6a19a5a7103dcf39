"""The demo company's sop.yaml, with comments, and the names of its German stock export. What the settings mean is the company folder's."""

from sop_pipeline.demo.timeline import AS_OF
from sop_pipeline.demo.world import World

GERMAN_INVENTORY = {
    "snapshot_date": "Stichtag",
    "site_id": "Werk",
    "item_id": "Material",
    "stock_status": "Bestandsart",
    "quantity": "Menge",
}

_SETTINGS = """\
# The demo company. Everything not said here has its default; README.md tells what there is to find.
company: Demo Pumps
reporting_currency: EUR
as_of_date: {as_of}           # pinned, so that the demo is the same on any day; delete the line to plan from today
time_zone: Europe/Berlin
schedule: "30 3 * * *"
horizon_periods: 24              # November is the current period and counts
look_ahead_periods: 6
history_periods: {history}

supply:
  strategy: least_cost           # families without a row in supply_policies
  level_block_periods: 6         # a level plan holds one daily rate for half a year

costs:
  backorder_cost_ratio: 0.25     # a month of waiting costs a quarter of the standard cost
  lost_sale_cost_ratio: 1.0

tolerances:
  rejected_rows_ratio: 0.02
  control_total_ratio: 0.01
  unexplained_ratio: 0.005

extracts:
  inventory:                     # as the warehouse system in Kiel exports it: German names, commas, Windows-1252, a total row
    format: {{delimiter: ";", decimal: ",", thousands: ".", date: "%d.%m.%Y", encoding: cp1252, skip_rows_like: "^Summe"}}
    columns:
{columns}
    values:
      stock_status:
        frei verwendbar: unrestricted
        Qualitätsprüfung: quality
        gesperrt: blocked
  market_assumptions:
    allow_empty: true            # a month without assumptions is no mistake
"""


def settings_text(world: World) -> str:
    columns = "\n".join(f"      {ours}: {theirs}" for ours, theirs in GERMAN_INVENTORY.items())
    return _SETTINGS.format(as_of=AS_OF, history=min(36, world.now), columns=columns)
