"""The end of the night: the record of it, and the published file. How a file is swapped stays in publish, what is recorded in record."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg
import duckdb
import polars as pl

from sop_pipeline import warehouse
from sop_pipeline.company import Company
from sop_pipeline.contracts import CONTRACTS, column_specs
from sop_pipeline.cycles import PUBLISHED_CYCLES, Version, published_versions
from sop_pipeline.defs.checks import asset_key, markdown
from sop_pipeline.defs.night import Night, parameters, versions_of_night
from sop_pipeline.defs.specs import PLANNING_TEAM
from sop_pipeline.publish import TableNotes, content_digests, publish
from sop_pipeline.record import nights_before, record_night
from sop_pipeline.review.preview import preview
from sop_pipeline.review.web_page import write_page
from sop_pipeline.review.workbook import REVIEW_TABLES, WorkbookSettings, write_workbook

A_NIGHT_LATE = dt.timedelta(hours=26)  # a day and the length of a slow night
PUBLISHED = dg.AssetKey(["published", "sop"])
REVIEW = dg.AssetKey(["published", "review"])
RECORDED_TABLES = (
    "sop.current_balance",
    "sop.demand_plan",
    "sop.item_demand_plan",
    "sop.quality_issues",
    "sop.exceptions",
    "sop.decisions",
    "sop.assumptions",
    "sop.material_plan",
    "sop.supplier_plan",
    "staging.open_purchase_orders",
)
UNRECORDED_SETTINGS = {"as_of_date", "extracts", "read_from"}  # where files come from is nobody's plan, and may name accounts
OLDEST_CYCLE = "select min(period_start) from core.periods where periods_from_now >= ?"
SOP_TABLES = tuple(address for address in CONTRACTS if address.startswith("sop."))


def published_assets() -> list[dg.AssetsDefinition]:
    """The published file behind every table of schema sop: it is swapped in only when all their blocking checks passed."""

    @dg.asset(
        key=PUBLISHED,
        deps=[asset_key(address) for address in SOP_TABLES],
        group_name="published",
        kinds={"duckdb", "parquet"},
        owners=[PLANNING_TEAM],
        tags={"domain": "planning"},
        description="The file BI reads: schema sop of this night, swapped in by one rename.",
        freshness_policy=dg.FreshnessPolicy.time_window(fail_window=A_NIGHT_LATE),
    )
    def published(context: dg.AssetExecutionContext, night: Night) -> dg.MaterializeResult:
        company = night.company()
        settings = company.settings.publish
        with night.connect(company) as con:
            recorded = recorded_frames({address: warehouse.read(con, address) for address in RECORDED_TABLES}, company.as_of_date)
            versions = versions_of_night(con, company)
            oldest = con.execute(OLDEST_CYCLE, [1 - PUBLISHED_CYCLES]).fetchall()[0][0]
            manifest = night_manifest(con, company, versions)
        rows = publish(
            company.warehouse_file,
            company.published,
            table_notes(),
            published_versions(versions, oldest),
            run_id=context.run.run_id,
            storage_version=settings.storage_version,
            keep_previous=settings.keep_previous,
            parquet=settings.parquet,
        )
        file = company.published / "sop.duckdb"
        digests = content_digests(file)
        record_night(
            company.cycles,
            manifest["cycle_id"],
            company.as_of_date,
            recorded,
            {**manifest, "tables": dict(digests)},
        )
        return dg.MaterializeResult(
            metadata={
                "path": dg.MetadataValue.path(str(file)),
                "dagster/row_count": sum(rows.values()),
                "storage_version": settings.storage_version,
                "content_digest": dg.MetadataValue.md("\n".join(f"- {table}: `{digest}`" for table, digest in digests.items())),
            }
        )

    @dg.asset(
        key=REVIEW,
        deps=[PUBLISHED, *(asset_key(address) for address in REVIEW_TABLES)],
        group_name="published",
        kinds={"excel", "html"},
        owners=[PLANNING_TEAM],
        tags={"domain": "planning"},
        description="The review of the cycle as workbook, whose entry sheets come back as extracts, and as web page.",
    )
    def review(night: Night) -> dg.MaterializeResult:
        company = night.company()
        settings = company.settings.publish
        if not (settings.workbook or settings.html):
            return dg.MaterializeResult(metadata={"written": False, "reason": "publish.workbook and publish.html are false in sop.yaml"})
        with night.connect(company) as con:
            frames = {address: warehouse.read(con, address) for address in REVIEW_TABLES}
        cycle_id = frames["sop.run"]["cycle_id"][0]
        workbook = company.published / "review" / f"{cycle_id}.xlsx"
        page = workbook.with_suffix(".html")
        workbook.parent.mkdir(parents=True, exist_ok=True)
        if settings.workbook:
            write_workbook(workbook, frames, WorkbookSettings())
        if settings.html:
            write_page(page, frames)
        links = {
            **({"workbook": dg.MetadataValue.url(workbook.resolve().as_uri())} if settings.workbook else {}),
            **({"page": dg.MetadataValue.url(page.resolve().as_uri())} if settings.html else {}),
            "published_file": dg.MetadataValue.path(str(company.published / "sop.duckdb")),
        }
        return dg.MaterializeResult(metadata={**links, **{name: markdown(rows) for name, rows in preview(frames).items()}})

    return [published, review]


def table_notes() -> Mapping[str, TableNotes]:
    """Comment of every published table and column, from its contract."""
    notes = {}
    for address in SOP_TABLES:
        contract = CONTRACTS[address]
        columns = {spec.name: spec.description for spec in column_specs(contract)}
        notes[address.removeprefix("sop.")] = TableNotes(contract.grain(), columns)
    return notes


def night_manifest(con: duckdb.DuckDBPyConnection, company: Company, versions: Sequence[Version]) -> dict[str, Any]:
    """What the night was made of, without a clock: a repetition of it is compared with this."""
    values = parameters(con, company)
    cycle_id, input_digest = con.execute("select cycle_id, input_digest from sop.run").fetchall()[0]
    cycle_start = con.execute("select period_start from core.periods where periods_from_now = 0").fetchall()[0][0]
    extracts = con.execute("select extract, fingerprint, status from staging.extract_status order by 1").fetchall()
    return {
        "cycle_id": cycle_id,
        "cycle_start": cycle_start.isoformat(),
        "code_version": values["code_version"],
        "schema_version": values["schema_version"],
        "settings_digest": values["settings_digest"],
        "settings": company.settings.model_dump(mode="json", exclude=UNRECORDED_SETTINGS),
        "record_digest": values["record_digest"],
        "input_digest": input_digest,
        "extracts": {extract: fingerprint for extract, fingerprint, _ in extracts if fingerprint is not None},
        "stale": [extract for extract, _, status in extracts if status == "stale"],
        "versions": {version.key: version.digest for version in versions},
        "nights_read": nights_before(company.cycles, company.as_of_date),
    }


def recorded_frames(frames: Mapping[str, pl.DataFrame], as_of_date: dt.date) -> Mapping[str, pl.DataFrame]:
    """What the record keeps of a night: balance, demand plans, orders planned and open, issues, exceptions, what is not closed yet.

    `frames`: every table of RECORDED_TABLES. One frame for every name of record.FILES.
    """
    night = {"as_of_date": pl.lit(as_of_date)}
    plan = {**night, "recorded_on": pl.lit(as_of_date), "record_kind": pl.lit("night")}
    working = (pl.col("scenario_id") == "base") & (pl.col("plan_version") == "working")
    of_items, of_suppliers = frames["sop.material_plan"], frames["sop.supplier_plan"]
    orders = pl.concat([of_items.with_columns(supplier_id=pl.lit("")), of_suppliers], how="diagonal_relaxed")
    issues, exceptions = frames["sop.quality_issues"], frames["sop.exceptions"]
    return {
        "plans": frames["sop.current_balance"]
        .filter(pl.col("period_kind") != "history")
        .with_columns(**plan)
        .cast({"revenue_amount": pl.Float64}),
        "demand": frames["sop.demand_plan"].filter(working).with_columns(**plan),
        "item_demand": frames["sop.item_demand_plan"].filter(working).with_columns(**plan),
        "orders": orders.filter(working & (pl.col("planned_order_quantity") > 0)).with_columns(**night),
        "purchase_orders": frames["staging.open_purchase_orders"].with_columns(**night),
        "issues": issues.filter(~pl.col("is_resolved")).with_columns(**night).cast({"value_amount": pl.Float64}),
        "exceptions": exceptions.filter(pl.col("exception_status") != "gone")
        .with_columns(**night)
        .cast({"money_at_stake_amount": pl.Float64}),
        "decisions": frames["sop.decisions"].filter(~pl.col("is_closed")).with_columns(**night),
        "assumptions": frames["sop.assumptions"].filter(~pl.col("is_closed")).with_columns(**night),
    }
