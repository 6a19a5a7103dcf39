"""The `sop` command: verbs, exit codes; results on stdout, progress on stderr. With company.py the only reader of environment and clock."""

import datetime as dt
import json
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from sop_pipeline import report
from sop_pipeline.company import Company, ConfigurationError, chosen_folder, load_company, settings_schema
from sop_pipeline.warehouse import WarehouseBusyError

DONE, DATA_STOPPED, USAGE, OTHER = 0, 1, 2, 3


def _guarded(command: Callable[..., int]) -> Callable[..., None]:
    """Turn what a verb returns or raises into the exit codes of the command, never into a traceback for a known cause."""

    @wraps(command)
    def run(*args: Any, **options: Any) -> None:
        try:
            code = command(*args, **options)
        except ConfigurationError as error:
            click.echo(str(error), err=True)
            code = USAGE
        except (WarehouseBusyError, OSError) as error:
            click.echo(str(error), err=True)
            code = OTHER
        sys.exit(code)

    return run


def _company_options(command: Callable[..., Any]) -> Callable[..., Any]:
    folder = click.option(
        "--company",
        "folder",
        type=click.Path(path_type=Path),
        default=chosen_folder,
        help="Company folder; SOP_COMPANY, else the demo company.",
    )
    return folder(command)


_as_json = click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON document.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sop-pipeline")
def main() -> None:
    """Sales and operations planning, assembled every night: extracts in, one balanced plan per product family out."""


@main.command("run")
@_company_options
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Run the night of this day; later facts are not read.")
@click.option("--select", "selection", multiple=True, help="Only these assets: a schema, schema.table, or Dagster's selection syntax.")
@click.option("--full", is_flag=True, help="Forget what the working warehouse holds and compute everything again.")
@_as_json
@_guarded
def run_command(folder: Path, as_of: dt.datetime | None, selection: tuple[str, ...], full: bool, as_json: bool) -> int:
    """Run one night: land, check, forecast, plan, publish."""
    company = load_company(folder, as_of.date() if as_of else None)
    from sop_pipeline.defs.progress import listen  # noqa: PLC0415 - dagster takes seconds to import; --help should not
    from sop_pipeline.defs.run import run_night  # noqa: PLC0415

    if full:
        company.warehouse_file.unlink(missing_ok=True)
    with report.progress() as show:
        stop = listen(show)
        try:
            outcome = run_night(company, selection=selection)
        finally:
            stop()
    summary = report.night_summary(company, outcome)
    click.echo(json.dumps(summary, default=str) if as_json else report.night_text(summary))
    if outcome.succeeded:
        return DONE
    return DATA_STOPPED if outcome.stopped_by_data else OTHER


@main.command("check")
@click.argument("extracts", nargs=-1)
@_company_options
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Check as of this day.")
@_as_json
@_guarded
def check_command(extracts: tuple[str, ...], folder: Path, as_of: dt.datetime | None, as_json: bool) -> int:
    """Land and check extracts only; list every problem and what to do about it."""
    company = load_company(folder, as_of.date() if as_of else None)
    from sop_pipeline.checking import check_extracts  # noqa: PLC0415

    found = check_extracts(company, extracts)
    click.echo(json.dumps(report.check_document(found), default=str) if as_json else report.check_text(found))
    return DATA_STOPPED if found.stops else DONE


@main.command("ui")
@_company_options
@click.option("--port", default=3000, show_default=True, help="Port on localhost.")
@_guarded
def ui_command(folder: Path, port: int) -> int:
    """Open Dagster's web UI and daemon on localhost with the company's history; the nightly schedule is on."""
    company = load_company(folder)
    from sop_pipeline.defs.run import serve_ui  # noqa: PLC0415

    click.echo(f"http://127.0.0.1:{port} shows the nights of {company.settings.company}; Ctrl-C stops it.", err=True)
    return serve_ui(company, port=port)


@main.command("demo")
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--families", default=12, show_default=True, type=click.IntRange(1))
@click.option("--items", default=300, show_default=True, type=click.IntRange(1))
@click.option("--years", default=4, show_default=True, type=click.IntRange(1))
@click.option("--seed", default=None, type=int, help="Another company of the same size.")
@_guarded
def demo_command(directory: Path, families: int, items: int, years: int, seed: int | None) -> int:
    """Write a demo company of any size."""
    from sop_pipeline.demo import DEFAULT_SEED, write_demo  # noqa: PLC0415

    if directory.exists() and any(directory.iterdir()):
        raise ConfigurationError(f"{directory} is not empty: name a new folder, nothing is overwritten")
    write_demo(directory, families=families, items=items, years=years, seed=DEFAULT_SEED if seed is None else seed)
    click.echo(f"{directory} holds a company of {families} families and {items} items. Next: sop run --company {directory}")
    return DONE


@main.command("init")
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--name", default="My Company", show_default=True, help="Name of the company.")
@click.option("--currency", default="EUR", show_default=True, help="Reporting currency.")
@_guarded
def init_command(directory: Path, name: str, currency: str) -> int:
    """Write a new company folder: commented sop.yaml, a template and a filled example per extract, the data dictionary."""
    from sop_pipeline.templates import write_company  # noqa: PLC0415

    if directory.exists() and any(directory.iterdir()):
        raise ConfigurationError(f"{directory} is not empty: name a new folder, nothing is overwritten")
    write_company(directory, company_name=name, currency=currency)
    click.echo(f"{directory} is ready. Put the extracts beside their templates, then: sop check --company {directory}")
    return DONE


@main.command("schema")
@_guarded
def schema_command() -> int:
    """Print the JSON Schema of sop.yaml, for editors."""
    click.echo(json.dumps(settings_schema(), indent=2))
    return DONE


@main.command("scenario")
@click.argument("changes", nargs=-1, required=True, metavar="CHANGE…")
@_company_options
@_as_json
@_guarded
def scenario_command(changes: tuple[str, ...], folder: Path, as_json: bool) -> int:
    """Plan changes beside the last night's base plan, without new extracts; nothing is published.

    A CHANGE is measure:who=factor or measure:who=+change, with @from..to behind it for some periods, * for all:
    demand:GARDEN=1.15@2027-06-01..2027-08-01 capacity:TEST-K=1.33. Measures are those of the extract scenarios.
    """
    company = load_company(folder)
    from sop_pipeline.what_if import plan_what_if  # noqa: PLC0415

    found = plan_what_if(company, changes)
    click.echo(json.dumps(found, indent=2) if as_json else report.what_if_text(found, company.settings.reporting_currency))
    return DONE


@main.command("publish")
@_company_options
@click.option("--rollback", is_flag=True, help="Put the previous published file back.")
@_guarded
def publish_command(folder: Path, rollback: bool) -> int:
    """Put the previous published file back."""
    from sop_pipeline import publish  # noqa: PLC0415

    if not rollback:
        raise click.UsageError("a night publishes by itself; the only thing to do here is --rollback")
    company: Company = load_company(folder)
    try:
        came_from = publish.rollback(company.published)
    except publish.PublishError as error:
        click.echo(str(error), err=True)
        return OTHER
    click.echo(f"{company.published / 'sop.duckdb'} is again what {came_from.name} held")
    return DONE


@main.command("doctor")
@_company_options
@click.option("--digest", is_flag=True, help="Digest of every published table, without clock columns.")
@_as_json
@_guarded
def doctor_command(folder: Path, digest: bool, as_json: bool) -> int:
    """Say how the installation and the company's files are."""
    company = load_company(folder)
    from sop_pipeline.doctor import examine  # noqa: PLC0415

    found = examine(company, with_digest=digest)
    click.echo(json.dumps(found, default=str, indent=2) if as_json else report.doctor_text(found))
    return DONE
