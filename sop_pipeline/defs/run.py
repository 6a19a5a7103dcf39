"""Running a night in this process on the company's own Dagster instance, and starting the web UI on it. Printing stays in the command."""

import contextlib
import functools
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import dagster as dg
from dagster._core.definitions.asset_selection import DagsterInvalidAssetSelectionError
from dagster._core.errors import DagsterInvalidSubsetError
from dagster._core.remote_origin import ManagedGrpcPythonEnvCodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin

from sop_pipeline.company import Company, ConfigurationError
from sop_pipeline.definitions import build_defs
from sop_pipeline.defs.lock import hold_night
from sop_pipeline.defs.schedules import NIGHTLY
from sop_pipeline.settings import nearest
from sop_pipeline.warehouse import AmountError

AMOUNT = f"{AmountError.__module__}.{AmountError.__name__}: "
CONFIGURATION = f"{ConfigurationError.__module__}.{ConfigurationError.__name__}: "
MODULE, LOCATION = "sop_pipeline.definitions", "sop_pipeline"
PUBLISHED = dg.AssetKey(["published", "sop"])
DAGSTER_YAML = {
    "telemetry": {"enabled": False},
    "nux": {"enabled": False},
    "concurrency": {"runs": {"max_concurrent_runs": 1}},
    "run_monitoring": {"enabled": True},
    "retention": {"schedule": {"purge_after_days": 90}, "sensor": {"purge_after_days": 90}},
}


@dataclass(frozen=True)
class FailedCheck:
    """A check that failed, whether the night stopped at it, and what it says: texts by name, tables as Markdown."""

    table: str
    name: str
    blocking: bool
    severity: str
    details: Mapping[str, str]


@dataclass(frozen=True)
class NightOutcome:
    """How a night ended. `errors`: failures of steps that no check explains.

    `misconfigured`: one of them is a matter of `sop.yaml`; `beyond_money`: one is an amount that no table of money can hold.
    """

    run_id: str
    succeeded: bool
    published: bool
    seconds: float
    failed_checks: tuple[FailedCheck, ...]
    errors: tuple[str, ...]
    misconfigured: bool = False
    beyond_money: bool = False

    @property
    def stopped_by_data(self) -> bool:
        return not self.succeeded and (self.beyond_money or any(check.blocking for check in self.failed_checks))


def run_night(company: Company, *, selection: Sequence[str] = ()) -> NightOutcome:
    """Run the nightly job, or the assets of a selection, as of the company's date. Raises WarehouseBusyError while another night runs."""
    defs = build_defs(company)
    started = time.monotonic()
    with hold_night(company), dagster_instance(company) as instance:
        result = defs.resolve_job_def(NIGHTLY).execute_in_process(
            instance=instance,
            run_config={
                "resources": {"night": {"config": {"folder": str(company.folder), "as_of_date": company.as_of_date.isoformat()}}},
                "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
            },
            asset_selection=_keys(defs, selection) if selection else None,
            raise_on_error=False,
        )
        evaluations = result.get_asset_check_evaluations()
        failed = [
            FailedCheck(
                ".".join(check.asset_key.path),
                check.check_name,
                bool(check.blocking) and check.severity is dg.AssetCheckSeverity.ERROR,  # Dagster goes on after a warning
                check.severity.value,
                {name: str(value.value) for name, value in check.metadata.items()},
            )
            for check in evaluations
            if not check.passed
        ]
        failed.sort(key=lambda check: not check.blocking)  # what stopped the night is read first
        causes = [
            _cause(event.step_failure_data.error)
            for event in result.all_events
            if event.is_step_failure
            and event.step_failure_data.error
            and "AssetCheckFailed" not in str(event.step_failure_data.error.cls_name)
        ]
        errors = tuple(str(getattr(cause, "message", cause)).strip().removeprefix(CONFIGURATION).removeprefix(AMOUNT) for cause in causes)
        names = {getattr(cause, "cls_name", None) for cause in causes}
        published = any(event.asset_key == PUBLISHED for event in result.get_asset_materialization_events())
    return NightOutcome(
        result.run_id,
        result.success,
        published,
        time.monotonic() - started,
        tuple(failed),
        errors,
        misconfigured=ConfigurationError.__name__ in names,
        beyond_money=AmountError.__name__ in names,
    )


@contextlib.contextmanager
def dagster_instance(company: Company) -> Iterator[dg.DagsterInstance]:
    """The company's own instance: the history that the web UI shows."""
    prepare_home(company)
    with dg.DagsterInstance.from_config(str(company.dagster_home)) as instance:
        # a run made in this process has no origin, and the UI reruns from failure only what it can load again
        instance.create_run_for_job = functools.partial(instance.create_run_for_job, remote_job_origin=_origin())  # type: ignore[method-assign]
        yield instance


def _origin() -> RemoteJobOrigin:
    """Where the UI finds the nightly job: the code location of `workspace.yaml`."""
    target = LoadableTargetOrigin(executable_path=sys.executable, module_name=MODULE)
    location = ManagedGrpcPythonEnvCodeLocationOrigin(loadable_target_origin=target, location_name=LOCATION)
    return RemoteJobOrigin(RemoteRepositoryOrigin(location, "__repository__"), NIGHTLY)


def prepare_home(company: Company) -> None:
    """Write Dagster's settings into the company's warehouse folder."""
    company.dagster_home.mkdir(parents=True, exist_ok=True)
    events = {
        "module": "sop_pipeline.defs.event_log",
        "class": "OneConnectionEventLog",
        "config": {"base_dir": str(company.dagster_home / "history" / "runs")},
    }
    text = json.dumps({**DAGSTER_YAML, "event_log_storage": events}, indent=2)  # every JSON text is YAML
    target = company.dagster_home / "dagster.yaml"
    if not target.exists() or target.read_text(encoding="utf-8") != text:
        target.write_text(text, encoding="utf-8")


def serve_ui(company: Company, *, port: int) -> NoReturn:
    """Become Dagster's web UI and daemon on localhost with the company's history and schedule.

    The process is replaced, so that whoever stops `sop ui` stops Dagster: a daemon left behind would go on with the schedule.
    """
    prepare_home(company)
    program = shutil.which("dagster", path=str(Path(sys.executable).parent)) or "dagster"
    environment = {
        **os.environ,
        "DAGSTER_HOME": str(company.dagster_home),
        "SOP_COMPANY": str(company.folder),
        "DAGSTER_DISABLE_TELEMETRY": "1",
        "PYTHONWARNINGS": "ignore:Function `dev_command` is superseded",
    }
    workspace = {"load_from": [{"python_module": {"module_name": MODULE, "location_name": LOCATION}}]}
    (company.dagster_home / "workspace.yaml").write_text(json.dumps(workspace), encoding="utf-8")
    arguments = [program, "dev", "-w", "workspace.yaml", "-h", "127.0.0.1", "-p", str(port)]
    os.chdir(company.dagster_home)
    os.execvpe(program, arguments, environment)  # noqa: S606


def _keys(defs: dg.Definitions, selection: Sequence[str]) -> list[dg.AssetKey]:
    """Asset keys of a selection: schemas and `schema.table`s, commas between them, or Dagster's selection syntax (`core/family_history+`).

    Raises ConfigurationError on a name that is no table or schema, and on a selection that selects nothing.
    """
    graph = defs.resolve_asset_graph()
    tables = {".".join(key.path): key for key in graph.get_all_asset_keys()}
    schemas = {table.split(".")[0] for table in tables}
    keys: set[dg.AssetKey] = set()
    for part in selection:
        names = [name.strip() for name in part.split(",")]
        if all(name in schemas or name in tables for name in names):
            keys |= {key for table, key in tables.items() if table in names or table.split(".")[0] in names}
            continue
        if all(name.replace("_", "").replace(".", "").isalnum() for name in names):
            unknown = next(name for name in names if name not in schemas and name not in tables)
            raise ConfigurationError(
                f"--select {part}: {unknown} is no schema and no table{nearest(unknown, sorted(schemas | set(tables)))}"
            )
        try:
            keys |= dg.AssetSelection.from_string(part).resolve(graph)
        except (DagsterInvalidAssetSelectionError, DagsterInvalidSubsetError) as error:
            raise ConfigurationError(
                f"--select {part}: {error}. Name schemas, tables, or write as in the search field of the UI."
            ) from None
    if not keys:
        raise ConfigurationError(f"--select {' '.join(selection)} selects no table; a schema is one of {', '.join(sorted(schemas))}")
    return sorted(keys)


def _cause(error: object) -> object:
    """The innermost cause of a step failure, without the stack of the orchestrator."""
    cause = getattr(error, "cause", None)
    return _cause(cause) if cause else error
