"""When nights run and who hears of a failed one. What a night does stays in the stages."""

from typing import Any

import dagster as dg

from sop_pipeline.company import Company

NIGHTLY = "nightly"


def nightly_job() -> Any:
    """One night: every table, every check, in order."""
    return dg.define_asset_job(
        NIGHTLY,
        selection=dg.AssetSelection.all(),
        description="One night: land the extracts, check them, forecast, plan, publish.",
        config={"loggers": {"console": {"config": {"log_level": "WARNING"}}}},
    )


def nightly_schedule(job: Any, company: Company) -> dg.ScheduleDefinition:
    """The night at the hour of `sop.yaml`, in the company's time zone; `sop ui` starts it."""
    return dg.ScheduleDefinition(
        name="nightly_schedule",
        job=job,
        cron_schedule=company.settings.schedule,
        execution_timezone=company.settings.time_zone,
        description=f"The night of {company.settings.company}, as sop.yaml times it.",
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )


@dg.run_failure_sensor(
    name="failed_night",
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Says in the daemon's log which night failed, why, and that last night's published file stands.",
)
def failed_night(context: dg.RunFailureSensorContext) -> None:
    context.log.error(
        "run %s of %s failed: %s The file published before stays in place; correct the cause and rerun from failure.",
        context.dagster_run.run_id,
        context.dagster_run.job_name,
        context.failure_event.message,
    )
