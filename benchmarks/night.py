"""How long a whole night takes, against the bare engine: DuckDB building every SQL table of that night once more, in the same run.

`python benchmarks/night.py [--families 12 --items 300 --years 4] [--nights 2] [--json]`. Each night runs as `sop run` does, in a process of
its own, on a fresh demo company; from the second on the forecast's fits are known. The ratio is what counts, seconds are the machine's.
"""

import argparse
import datetime as dt
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from sop_pipeline import warehouse
from sop_pipeline.company import load_company
from sop_pipeline.defs.night import parameters
from sop_pipeline.demo import write_demo
from sop_pipeline.sql_files import in_build_order, load_sql_files


def run_night(folder: Path) -> dict[str, float]:
    """One night through the command: its seconds, processor seconds and peak memory."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    command = [sys.executable, "-c", "from sop_pipeline.cli import main; main()", "run", "--company", str(folder), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own command on a folder made here
    if done.returncode:
        raise SystemExit(f"the night ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "seconds": time.perf_counter() - started,
        "night_seconds": json.loads(done.stdout)["seconds"],
        "cpu_seconds": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        "peak_mb": after.ru_maxrss / 1024,
    }


def build_bare(folder: Path) -> float:
    """Seconds DuckDB takes for the tables of core and sop alone: no checks, no events, no files."""
    company = load_company(folder)
    with warehouse.connect(company.warehouse_file) as con:
        values = {**parameters(con, company), "finished_at_utc": dt.datetime(2000, 1, 1)}  # noqa: DTZ001 - UTC, as the warehouse keeps it
        files = [file for schema in ("core", "sop") for file in in_build_order(load_sql_files(schema))]
        started = time.perf_counter()
        for file in files:
            warehouse.build(con, file, file.bind(values))
        return time.perf_counter() - started


def main() -> None:
    """Read the sizes, run the nights, print them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--families", type=int, default=12)
    parser.add_argument("--items", type=int, default=300)
    parser.add_argument("--years", type=int, default=4)
    parser.add_argument("--nights", type=int, default=2)
    parser.add_argument("--json", action="store_true", help="one JSON line instead of the table")
    asked = parser.parse_args()
    with TemporaryDirectory(prefix="night-") as name:
        folder = Path(name) / "company"
        write_demo(folder, families=asked.families, items=asked.items, years=asked.years)
        nights = [run_night(folder) for _ in range(asked.nights)]
        baseline = build_bare(folder)
    last = nights[-1]
    figures = {**last, "first_night_seconds": nights[0]["seconds"], "baseline_seconds": baseline, "ratio": last["seconds"] / baseline}
    if asked.json:
        print(json.dumps({"families": asked.families, "items": asked.items, "years": asked.years, **figures}))
        return
    print(f"{asked.families} families, {asked.items} items, {asked.years} years, night {asked.nights}")
    for title, value in figures.items():
        print(f"  {title:24} {value:10.2f}")


if __name__ == "__main__":
    main()
