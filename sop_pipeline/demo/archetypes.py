"""What the demo company's twelve kinds of family and its resources are like, as plain figures. Nothing is computed here."""

from dataclasses import dataclass

from sop_pipeline.demo.timeline import KIEL, ULM

MAKE_TO_STOCK, MAKE_TO_ORDER, ASSEMBLE_TO_ORDER = "make_to_stock", "make_to_order", "assemble_to_order"
RETAIL, WHOLESALE, INDUSTRY, US_DISTRIBUTORS, SERVICE = CUSTOMER_GROUPS = ("Retail", "Wholesale", "Industry", "US distributors", "Service")
GROUP_DISCOUNT_RATIO = {RETAIL: 0.12, WHOLESALE: 0.08, INDUSTRY: 0.05, US_DISTRIBUTORS: 0.10, SERVICE: 0.0}
GROUP_ORDER_LEAD_DAYS = {RETAIL: (7, 32), WHOLESALE: (3, 12), INDUSTRY: (8, 24), US_DISTRIBUTORS: (15, 40), SERVICE: (0, 4)}
GROUP_SHARE_OF_CUSTOMERS = {RETAIL: 0.15, WHOLESALE: 0.30, INDUSTRY: 0.30, US_DISTRIBUTORS: 0.10, SERVICE: 0.15}


@dataclass(frozen=True)
class Operation:
    """Hours of a resource, and of the labour beside it, for one planning unit."""

    resource_id: str
    run_hours: float
    labour_resource_id: str
    labour_hours: float


@dataclass(frozen=True)
class Archetype:
    """A kind of family. Volume is per month and 25 items at the as-of date; the peak is a month, 1 is January."""

    stem: str
    name: str
    item_prefix: str
    product_group: str
    planning_unit: str
    production_strategy: str
    site_id: str
    monthly_quantity: float
    price_from: float
    price_to: float
    cost_ratio: float
    growth_per_year: float
    season_amplitude: float
    season_peak: float
    customer_lead_time_days: int
    target_days: int
    operations: tuple[Operation, ...]
    motors_per_unit: int
    group_mix: tuple[float, float, float, float, float]
    planner: str
    is_bought: bool = False

    @property
    def is_made_to_stock(self) -> bool:
        return self.production_strategy == MAKE_TO_STOCK


def _kiel(assembly: float, test: float, labour: float) -> tuple[Operation, ...]:
    return (Operation("ASSY-K", assembly, "CREW-K", labour * 0.8), Operation("TEST-K", test, "CREW-K", labour * 0.2))


def _ulm(resource_id: str, run: float, labour: float) -> tuple[Operation, ...]:
    return (Operation(resource_id, run, "CREW-U", labour),)


PUMPS, SYSTEMS, PARTS = "Pumps", "Systems", "Parts"

# The order matters: a small company takes the first ones, a large one goes round again.
ARCHETYPES = (
    Archetype("GARDEN", "Garden pumps", "GP", PUMPS, "pcs", MAKE_TO_STOCK, KIEL, 5200, 60, 240, 0.64, 0.04, 0.50, 6.7, 3, 22,
              _kiel(0.16, 0.060, 0.34), 1, (0.62, 0.25, 0.0, 0.05, 0.08), "A. Petersen"),
    Archetype("PROCESS", "Process pumps", "PP", SYSTEMS, "pcs", MAKE_TO_ORDER, ULM, 95, 4000, 15000, 0.58, 0.07, 0.08, 5.0, 40, 0,
              _ulm("ASSY-U", 7.5, 19.0), 1, (0.0, 0.05, 0.75, 0.20, 0.0), "M. Weber"),
    Archetype("MOTORS", "Motors", "MO", PARTS, "pcs", MAKE_TO_STOCK, ULM, 1100, 60, 290, 0.66, 0.01, 0.06, 5.0, 3, 18,
              _ulm("WIND-U", 0.12, 0.22), 0, (0.0, 0.35, 0.40, 0.0, 0.25), "M. Weber"),
    Archetype("CIRCULATOR", "Circulator pumps", "CP", PUMPS, "pcs", MAKE_TO_STOCK, ULM, 4200, 80, 300, 0.61, 0.03, 0.32, 11.3, 3, 20,
              _ulm("LINE-U", 0.11, 0.24), 1, (0.10, 0.62, 0.18, 0.0, 0.10), "J. Brandt"),
    Archetype("BOOSTER", "Booster sets", "BS", SYSTEMS, "set", ASSEMBLE_TO_ORDER, KIEL, 170, 2400, 9000, 0.63, 0.05, 0.14, 5.5, 15, 0,
              _kiel(3.2, 0.60, 6.5), 2, (0.0, 0.45, 0.50, 0.05, 0.0), "S. Hansen"),
    Archetype("VALVES", "Valves", "VA", PARTS, "pcs", MAKE_TO_STOCK, KIEL, 7000, 18, 90, 0.55, 0.01, 0.10, 5.0, 3, 30,
              (), 0, (0.20, 0.60, 0.15, 0.0, 0.05), "S. Hansen", is_bought=True),
    Archetype("SUBMERSIBLE", "Submersible pumps", "SP", PUMPS, "pcs", MAKE_TO_STOCK, KIEL, 3600, 120, 420, 0.60, 0.08, 0.42, 6.9, 3, 22,
              _kiel(0.22, 0.095, 0.46), 1, (0.28, 0.44, 0.10, 0.13, 0.05), "A. Petersen"),
    Archetype("CENTRIFUGAL", "Centrifugal pumps", "CE", PUMPS, "pcs", MAKE_TO_STOCK, KIEL, 2400, 220, 900, 0.57, 0.03, 0.12, 5.0, 5, 20,
              _kiel(0.30, 0.050, 0.62), 1, (0.0, 0.40, 0.42, 0.13, 0.05), "A. Petersen"),
    Archetype("FIRE", "Fire-fighting sets", "FS", SYSTEMS, "set", MAKE_TO_ORDER, KIEL, 62, 6000, 18000, 0.62, 0.04, 0.06, 9.0, 35, 0,
              _kiel(8.0, 1.4, 17.0), 2, (0.0, 0.15, 0.70, 0.15, 0.0), "S. Hansen"),
    Archetype("DOSING", "Dosing pumps", "DP", PUMPS, "pcs", MAKE_TO_STOCK, ULM, 900, 300, 800, 0.54, 0.06, 0.05, 3.0, 5, 25,
              _ulm("ASSY-U", 0.45, 0.95), 1, (0.0, 0.25, 0.65, 0.0, 0.10), "J. Brandt"),
    Archetype("VACUUM", "Vacuum pumps", "VP", SYSTEMS, "pcs", MAKE_TO_ORDER, ULM, 120, 2500, 8000, 0.60, -0.04, 0.06, 10.0, 30, 0,
              _ulm("ASSY-U", 4.2, 10.5), 1, (0.0, 0.10, 0.75, 0.15, 0.0), "M. Weber"),
    Archetype("KITS", "Spare part kits", "007", PARTS, "kit", MAKE_TO_STOCK, KIEL, 3000, 25, 120, 0.48, 0.02, 0.08, 4.0, 2, 24,
              (Operation("ASSY-K", 0.03, "CREW-K", 0.07),), 0, (0.05, 0.35, 0.10, 0.0, 0.50), "J. Brandt"),
)  # fmt: skip


@dataclass(frozen=True)
class Resource:
    """A resource; `load_ratio` is what the coming year's demand asks of its rated capacity, and what hours are calibrated to."""

    resource_id: str
    name: str
    site_id: str
    resource_type: str
    hours_per_day: float
    overtime_ratio: float
    efficiency_ratio: float
    utilisation_ratio: float
    load_ratio: float
    months_to_add_capacity: int


ABSENCE_RATIO = 0.13
BOTTLENECK = "TEST-K"
SHORT_LINE = "LINE-U"
RESOURCES = (
    Resource("ASSY-K", "Assembly cells Kiel", KIEL, "equipment", 15.0, 0.15, 0.95, 0.92, 0.80, 4),
    Resource("TEST-K", "Test benches Kiel", KIEL, "equipment", 15.0, 0.08, 0.96, 0.90, 0.95, 9),
    Resource("LINE-U", "Circulator line Ulm", ULM, "equipment", 15.0, 0.10, 0.95, 0.90, 0.92, 8),
    Resource("WIND-U", "Motor winding Ulm", ULM, "equipment", 22.0, 0.05, 0.95, 0.90, 0.80, 10),
    Resource("ASSY-U", "Assembly cells Ulm", ULM, "equipment", 15.0, 0.15, 0.95, 0.92, 0.82, 4),
    Resource("CREW-K", "Crew Kiel", KIEL, "labour", 8.0, 0.10, 1.0, 1 - ABSENCE_RATIO, 0.85, 3),
    Resource("CREW-U", "Crew Ulm", ULM, "labour", 8.0, 0.10, 1.0, 1 - ABSENCE_RATIO, 0.85, 3),
)
SUBCONTRACTOR = "KOWAL"
