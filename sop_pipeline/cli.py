"""The `sop` command: verbs, results on stdout, progress on stderr. With company.py the only reader of environment and clock."""

import datetime as dt
import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from sop_pipeline import report, report_cycles
from sop_pipeline.cli_options import DATA_STOPPED, DONE, OTHER, USAGE, as_json_option, company_options, guarded
from sop_pipeline.company import Company, ConfigurationError, load_company, now_utc, settings_schema
from sop_pipeline.cycles import Kind


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sop-pipeline")
def main() -> None:
    """Sales and operations planning, assembled every night: extracts in, one balanced plan per product family out."""


@main.command("run")
@company_options
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Run the night of this day; later facts are not read.")
@click.option("--select", "selection", multiple=True, help="Only these assets: a schema, schema.table, or Dagster's selection syntax.")
@click.option("--full", is_flag=True, help="Forget what the working warehouse holds and compute everything again.")
@as_json_option
@guarded
def run_command(folder: Path, as_of: dt.datetime | None, selection: tuple[str, ...], full: bool, as_json: bool) -> int:
    """Run one night: land, check, forecast, plan, publish."""
    company = load_company(folder, as_of.date() if as_of else None)
    from sop_pipeline.defs.progress import listen  # noqa: PLC0415 - dagster takes seconds to import; --help should not
    from sop_pipeline.defs.run import run_night  # noqa: PLC0415

    repeated = report_cycles.Repetition.begin(company) if company.replays_night else None
    if full:
        company.warehouse_file.unlink(missing_ok=True)
    with report.progress() as show:
        stop = listen(show)
        try:
            outcome = run_night(company, selection=selection)
        finally:
            stop()
    summary = report.night_summary(company, outcome)
    if repeated is not None and outcome.succeeded and outcome.published:
        summary["repetition"] = repeated.end(company)
    click.echo(json.dumps(summary, default=str) if as_json else report.night_text(summary))
    if outcome.succeeded:
        return DONE
    if outcome.misconfigured:
        return USAGE
    return DATA_STOPPED if outcome.stopped_by_data else OTHER


@main.command("check")
@click.argument("extracts", nargs=-1)
@company_options
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Check as of this day.")
@as_json_option
@guarded
def check_command(extracts: tuple[str, ...], folder: Path, as_of: dt.datetime | None, as_json: bool) -> int:
    """Land and check extracts only; list every problem and what to do about it."""
    company = load_company(folder, as_of.date() if as_of else None)
    from sop_pipeline.check_report import check_document, check_text  # noqa: PLC0415 - contracts take a second to import
    from sop_pipeline.checking import check_extracts  # noqa: PLC0415

    found = check_extracts(company, extracts)
    click.echo(json.dumps(check_document(found), default=str) if as_json else check_text(found))
    return DATA_STOPPED if found.stops else DONE


@main.command("map")
@click.argument("file", type=click.Path(path_type=Path))
@company_options
@click.option("--as", "extract", help="The extract the file is, where it is not to be recognised.")
@as_json_option
@guarded
def map_command(file: Path, folder: Path, extract: str | None, as_json: bool) -> int:
    """Propose how a file of your own becomes an extract: YAML to paste into sop.yaml, and what stays open."""
    company = load_company(folder)
    from sop_pipeline.mapping.map_file import map_file  # noqa: PLC0415
    from sop_pipeline.mapping.write import as_document  # noqa: PLC0415

    ask = report.ask if sys.stdin.isatty() and not as_json else None
    mapped = map_file(company, file, extract, ask)
    document = {**as_document(mapped.proposal, mapped.sniffed, mapped.files), "trial": asdict(mapped.trial)}
    click.echo(json.dumps(document, ensure_ascii=False) if as_json else mapped.yaml, nl=as_json)
    if not as_json:
        click.echo(report.trial_text(mapped.trial), err=True)
    return DONE


@main.command("ui")
@company_options
@click.option("--port", default=3000, show_default=True, help="Port on localhost.")
@guarded
def ui_command(folder: Path, port: int) -> int:
    """Open Dagster's web UI and daemon on localhost with the company's history; the nightly schedule is on."""
    company = load_company(folder)
    from sop_pipeline.defs.run import serve_ui  # noqa: PLC0415

    click.echo(f"http://127.0.0.1:{port} shows the nights of {company.settings.company}; Ctrl-C stops it.", err=True)
    serve_ui(company, port=port)


@main.command("demo")
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--families", default=12, show_default=True, type=click.IntRange(1))
@click.option("--items", default=300, show_default=True, type=click.IntRange(1))
@click.option("--years", default=4, show_default=True, type=click.IntRange(1))
@click.option("--seed", default=None, type=int, help="Another company of the same size.")
@guarded
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
@guarded
def init_command(directory: Path, name: str, currency: str) -> int:
    """Write a new company folder: commented sop.yaml, a template and a filled example per extract, the data dictionary."""
    from sop_pipeline.templates import write_company  # noqa: PLC0415

    if directory.exists() and any(directory.iterdir()):
        raise ConfigurationError(f"{directory} is not empty: name a new folder, nothing is overwritten")
    write_company(directory, company_name=name, currency=currency)
    click.echo(f"{directory} is ready. Put the extracts beside their templates, then: sop check --company {directory}")
    return DONE


@main.command("schema")
@guarded
def schema_command() -> int:
    """Print the JSON Schema of sop.yaml, for editors."""
    click.echo(json.dumps(settings_schema(), indent=2))
    return DONE


@main.command("freeze")
@click.argument("cycle")
@company_options
@click.option("--by", help="Who freezes it.")
@as_json_option
@guarded
def freeze_command(cycle: str, folder: Path, by: str | None, as_json: bool) -> int:
    """Make the published working plan of CYCLE its frozen version: immutable from now on."""
    return _make_version(folder, cycle, "frozen", by=by, as_json=as_json)


@main.command("approve")
@click.argument("cycle")
@company_options
@click.option("--by", required=True, help="Who approves it.")
@as_json_option
@guarded
def approve_command(cycle: str, folder: Path, by: str, as_json: bool) -> int:
    """Make the published working plan of CYCLE its approved version: the old plan of the cycles to come."""
    return _make_version(folder, cycle, "approved", by=by, as_json=as_json)


def _make_version(folder: Path, cycle: str, kind: Kind, *, by: str | None, as_json: bool) -> int:
    company = load_company(folder)
    from sop_pipeline.defs.lock import hold_night  # noqa: PLC0415
    from sop_pipeline.sign_off import sign_off  # noqa: PLC0415

    with hold_night(company):
        signed = sign_off(company, cycle, kind, by=by, at=now_utc())
    click.echo(json.dumps(report_cycles.signed_document(signed)) if as_json else report_cycles.signed_text(signed))
    return DONE


@main.command("scenario")
@click.argument("changes", nargs=-1, metavar="[CHANGE…]")
@company_options
@as_json_option
@guarded
def scenario_command(changes: tuple[str, ...], folder: Path, as_json: bool) -> int:
    """Plan changes beside the last night's base plan, without new extracts; nothing is published.

    A CHANGE is measure:who=factor or measure:who=+change, with @from..to behind it for some periods, * for all:
    demand:GARDEN=1.15@2027-06-01..2027-08-01 capacity:TEST-K=1.33. Measures are those of the extract scenarios; a scenario of it,
    named instead, stands for its lines. Without any CHANGE its scenarios are listed.
    """
    company = load_company(folder)
    from sop_pipeline.what_if import list_scenarios, plan_what_if  # noqa: PLC0415

    if not changes:
        listed = list_scenarios(company)
        click.echo(json.dumps({"scenarios": listed}, indent=2) if as_json else report.scenarios_text(listed))
        return DONE
    found = plan_what_if(company, changes)
    click.echo(json.dumps(found, indent=2) if as_json else report.what_if_text(found, company.settings.reporting_currency))
    return DONE


@main.command("publish")
@company_options
@click.option("--rollback", is_flag=True, help="Put the previous published file back.")
@guarded
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


@main.command("explain")
@click.argument("cell", nargs=-1, metavar="FAMILY PERIOD [MEASURE]")
@company_options
@click.option("--costs", is_flag=True, help="What each strategy costs, by kind of cost.")
@click.option("--replay", "again", is_flag=True, help="Plan again from the night's tables, and set it beside what was published.")
@as_json_option
@guarded
def explain_command(cell: tuple[str, ...], folder: Path, costs: bool, again: bool, as_json: bool) -> int:
    """Say where the number of FAMILY in PERIOD comes from: steps, sums, resources, exceptions, rows of extracts.

    PERIOD is a label such as 2026-11, or a day. MEASURE is a measure of the sheet, such as production; without one an overview.
    """
    from sop_pipeline import explain  # noqa: PLC0415

    if not costs and len(cell) not in (2, 3):
        raise click.UsageError("name a family and a period, such as: sop explain PUMPS 2026-11 production; or ask for --costs")
    company = load_company(folder)
    file = company.published / "sop.duckdb"
    if not file.exists():
        click.echo(f"{file} does not exist: no night has been published yet. Run: sop run", err=True)
        return OTHER
    if costs:
        try:
            found = explain.explain_costs(file)
        except explain.NothingToExplainError as error:
            click.echo(str(error), err=True)
            return OTHER
    else:
        meant = explain.find_cell(file, *cell[:2])
        measure = explain.normal_measure(cell[2], meant.measures) if len(cell) == 3 else None
        found = explain.explain(file, company.warehouse_file, meant, measure)
        if again:
            found["replay"] = explain.replay(company, meant)
    text = explain.costs_text if costs else explain.explanation_text
    click.echo(json.dumps(found, default=str, ensure_ascii=False, indent=2) if as_json else text(found))
    return DONE


@main.command("doctor")
@company_options
@click.option("--digest", is_flag=True, help="Digest of every published table, without clock columns.")
@as_json_option
@guarded
def doctor_command(folder: Path, digest: bool, as_json: bool) -> int:
    """Say how the installation and the company's files are."""
    company = load_company(folder)
    from sop_pipeline.doctor import examine  # noqa: PLC0415

    found = examine(company, with_digest=digest)
    click.echo(json.dumps(found, default=str, indent=2) if as_json else report.doctor_text(found))
    return DONE
