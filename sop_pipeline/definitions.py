"""The Definitions object, put together explicitly. What the parts do is said in `defs/`."""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from sop_pipeline.company import Company, chosen_folder, load_company
from sop_pipeline.defs import forecasting, landing, planning, publishing
from sop_pipeline.defs.night import Night
from sop_pipeline.defs.schedules import failed_night, nightly_job, nightly_schedule
from sop_pipeline.defs.sql_tables import sql_stage
from sop_pipeline.sql_files import SqlFile, load_rules, load_sql_files


def build_defs(company: Company, *, resources: Mapping[str, Any] | None = None) -> dg.Definitions:
    """Everything Dagster needs to know for one company; `resources` replaces any by name, for tests."""
    rules = load_rules()

    def of_schema(schema: str) -> dict[str, SqlFile]:
        return {address: rule for address, rule in rules.items() if address.startswith(f"{schema}.")}

    job = nightly_job()
    return dg.Definitions(
        assets=[
            landing.landing_stage(load_sql_files("staging"), of_schema("staging")),
            sql_stage("core", load_sql_files("core"), of_schema("core")),
            forecasting.forecast_stage(of_schema("forecast")),
            planning.plan_stage(of_schema("plan")),
            sql_stage("sop", load_sql_files("sop"), of_schema("sop")),
            *publishing.published_assets(),
        ],
        jobs=[job],
        schedules=[nightly_schedule(job, company)],
        sensors=[failed_night],
        resources={"night": Night(folder=str(company.folder)), **(resources or {})},
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """Definitions of the company that SOP_COMPANY names; of the demo company where it names none."""
    return build_defs(load_company(chosen_folder()))
