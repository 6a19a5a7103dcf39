"""What every verb of the `sop` command shares: its options, and exit codes for what is known to go wrong. The verbs stay in cli.py."""

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from sop_pipeline.company import ConfigurationError, chosen_folder
from sop_pipeline.cycles import CycleError
from sop_pipeline.warehouse import WarehouseBusyError

DONE, DATA_STOPPED, USAGE, OTHER = 0, 1, 2, 3


def guarded(command: Callable[..., int]) -> Callable[..., None]:
    """Turn what a verb returns or raises into the exit codes of the command, never into a traceback for a known cause."""

    @wraps(command)
    def run(*args: Any, **options: Any) -> None:
        try:
            code = command(*args, **options)
        except (ConfigurationError, CycleError) as error:
            click.echo(str(error), err=True)
            code = USAGE
        except (WarehouseBusyError, OSError) as error:
            click.echo(str(error), err=True)
            code = OTHER
        sys.exit(code)

    return run


def company_options(command: Callable[..., Any]) -> Callable[..., Any]:
    folder = click.option(
        "--company",
        "folder",
        type=click.Path(path_type=Path),
        default=chosen_folder,
        help="Company folder; SOP_COMPANY, else the demo company.",
    )
    return folder(command)


as_json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON document.")
