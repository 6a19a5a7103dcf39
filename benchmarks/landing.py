"""How long landing takes: order lines read, kept, cast, checked and set aside, against DuckDB's own typed `read_csv` into a table.

`python benchmarks/landing.py --rows 10000000 [--bad-ratio 0.01] [--json]`. Both run in processes of their own, on the same file, in this
run; the ratio is what counts, seconds are the machine's. Where other programs share the cores, cpu_ratio is the steadier of the two (it
counts the start of Python as well).
"""

import argparse
import datetime as dt
import json
import multiprocessing
import resource
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from sop_pipeline import warehouse
from sop_pipeline.company import load_company
from sop_pipeline.extracts import EXTRACTS
from sop_pipeline.landing.land import land
from sop_pipeline.landing.quarantine import stage
from sop_pipeline.sql_files import load_sql_files

SETTINGS = "company: Benchmark\nreporting_currency: EUR\nas_of_date: 2026-11-02\ntolerances: {rejected_rows_ratio: 1}\n"
AS_OF = dt.date(2026, 11, 2)
ORDER_LINES = """
    select
        'SO' || lpad((n // 4)::varchar, 8, '0') as order_id,
        (n % 4 + 1)::varchar as order_line,
        'I' || lpad((hash(n) % 30000)::varchar, 5, '0') as item_id,
        'C' || (hash(n + 1) % 5000)::varchar as customer_id,
        strftime(date '2022-01-01' + (n * 1700 // $rows)::integer, '%Y-%m-%d') as order_date,
        case when hash(n + 2) % 1000000 < $bad * 1000000 then 'x' else '' end || (hash(n + 3) % 999 + 1)::varchar as ordered_quantity,
        (hash(n + 4) % 10000 / 100.0)::decimal(18, 2)::varchar as net_unit_price,
        'EUR' as currency,
        'standard' as order_type,
        case when n * 10 < $rows * 9 then 'closed' else 'open' end as order_status
    from range($rows) as lines(n)
"""


def write_order_lines(path: Path, rows: int, bad_ratio: float) -> None:
    """One line per order line; of a share the quantity is no number."""
    with duckdb.connect() as con:
        con.execute("set enable_progress_bar = false")
        select = ORDER_LINES.replace("$rows", str(rows)).replace("$bad", str(bad_ratio))
        con.execute(f"copy ({select}) to '{path}' (header)")


def read_typed(folder: Path) -> dict[str, float]:
    """DuckDB's own reader, types recognised, into a table of a database file."""
    path = folder / "extracts" / "sales" / "sales_orders.csv"
    with duckdb.connect(str(folder / "typed.duckdb")) as con:
        con.execute("set enable_progress_bar = false")
        started = time.perf_counter()
        con.execute(f"create table order_lines as select * from read_csv('{path}')")
        return {"seconds": time.perf_counter() - started, "cpu_seconds": time.process_time()}


def land_and_stage(folder: Path) -> dict[str, float]:
    """What a night does with one extract before rules across extracts."""
    company = load_company(folder)
    extract = EXTRACTS["sales_orders"]
    with warehouse.connect(company.warehouse_file) as con:
        con.execute("set enable_progress_bar = false")
        started = time.perf_counter()
        load = land(con, company, extract, as_of_date=AS_OF, landed_at=dt.datetime(2026, 11, 2, tzinfo=dt.UTC))
        landed = time.perf_counter()
        staged = stage(con, company, extract, load, load_sql_files("staging")["staging.sales_orders"])
        done = time.perf_counter()
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "seconds": done - started,
        "land_seconds": landed - started,
        "stage_seconds": done - landed,
        "cpu_seconds": time.process_time(),
        "peak_mb": peak_mb,
        "rows_accepted": staged.rows_accepted,
        "rows_rejected": staged.rows_rejected,
    }


def in_own_process(work: Callable[[Path], dict[str, float]], folder: Path) -> dict[str, float]:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, (folder,))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--bad-ratio", type=float, default=0.0, help="share of lines whose quantity is no number")
    parser.add_argument("--folder", type=Path, default=None, help="where the temporary company lies")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with TemporaryDirectory(dir=arguments.folder) as name:
        folder = Path(name)
        (folder / "sop.yaml").write_text(SETTINGS, encoding="utf-8")
        path = folder / "extracts" / "sales" / "sales_orders.csv"
        path.parent.mkdir(parents=True)
        write_order_lines(path, arguments.rows, arguments.bad_ratio)
        megabytes = path.stat().st_size / 1e6
        baseline = in_own_process(read_typed, folder)
        landing = in_own_process(land_and_stage, folder)
    result = {
        "rows": arguments.rows,
        "bad_ratio": arguments.bad_ratio,
        "file_mb": round(megabytes, 1),
        "baseline_seconds": round(baseline["seconds"], 2),
        **{measure: round(value, 2) for measure, value in landing.items()},
        "ratio": round(landing["seconds"] / baseline["seconds"], 2),
        "cpu_ratio": round(landing["cpu_seconds"] / baseline["cpu_seconds"], 2),
    }
    if arguments.json:
        print(json.dumps(result))
        return
    for measure, value in result.items():
        print(f"{measure:<20}{value:>16,}")


if __name__ == "__main__":
    main()
