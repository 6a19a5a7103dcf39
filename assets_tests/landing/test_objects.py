"""Object stores and SFTP as sources: fetched files are read like those beside sop.yaml, and no password is shown."""

import datetime as dt
import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest
from fsspec.implementations.local import LocalFileSystem
from fsspec.implementations.memory import MemoryFileSystem
from hypothesis import given
from hypothesis import strategies as st
from landing_case import NIGHT, Landed, company_of, take

from sop_pipeline import warehouse
from sop_pipeline.company import Company, ConfigurationError
from sop_pipeline.landing.sources import objects
from sop_pipeline.landing.sources.objects import Store, fetch, location_of

HEADER = "item_id,item_name,item_type,family_id,unit_of_measure,sourcing\n"


def item_rows(*names: str) -> bytes:
    return (HEADER + "".join(f"{name},Pump,finished,P,pc,make\n" for name in names)).encode()


@pytest.fixture
def store() -> Iterator[MemoryFileSystem]:
    system = fsspec.filesystem("memory")
    yield system
    for name in list(system.store):
        del system.store[name]


def mapped(folder: Path, *files: str) -> Company:
    return company_of(folder, {}, f"extracts: {{items: {{files: {json.dumps(files)}}}}}\n")


def night(company: Company, days: int = 0) -> Landed:
    with warehouse.connect(None) as con:
        return take(con, company, "items", NIGHT + dt.timedelta(days=days))


def test_files_of_a_store_are_one_extract_with_their_urls_and_lines(tmp_path: Path, store: MemoryFileSystem):
    store.pipe("/bucket/out/items_1.csv", item_rows("A", "B"))
    store.pipe("/bucket/out/items_2.csv.gz", gzip.compress(item_rows("C")))
    store.pipe("/bucket/out/.items_3.csv", item_rows("D"))
    store.pipe("/bucket/other/items_4.csv", item_rows("E"))
    taken = night(mapped(tmp_path, "memory://bucket/out/items_*"))
    assert taken.rows.sort("item_id").select("item_id", "source_file", "source_line").rows() == [
        ("A", "memory://bucket/out/items_1.csv", 2),
        ("B", "memory://bucket/out/items_1.csv", 3),
        ("C", "memory://bucket/out/items_2.csv.gz", 2),
    ]


def test_files_of_one_name_in_several_places_are_kept_apart_and_stand_beside_local_ones(tmp_path: Path, store: MemoryFileSystem):
    store.pipe("/bucket/north/items.csv", item_rows("N"))
    store.pipe("/bucket/south/items.csv", item_rows("S"))
    (tmp_path / "items.csv").write_bytes(item_rows("L"))
    taken = night(mapped(tmp_path, "memory://bucket/*/items.csv", "items.csv", f"file://{tmp_path}/items.csv"))
    assert sorted(taken.rows.select("item_id", "source_file").rows()) == [
        ("L", "items.csv"),
        ("N", "memory://bucket/north/items.csv"),
        ("S", "memory://bucket/south/items.csv"),
    ]


def test_content_that_did_not_change_is_kept_once_and_changed_content_is_seen(tmp_path: Path, store: MemoryFileSystem):
    company = mapped(tmp_path, "memory://bucket/items.csv")
    store.pipe("/bucket/items.csv", item_rows("A"))
    first, again = night(company), night(company)
    assert first.staged.load.fingerprint == again.staged.load.fingerprint
    store.pipe("/bucket/items.csv", item_rows("B"))
    assert night(company).rows["item_id"].to_list() == ["B"]
    assert len(list((tmp_path / "landed/items").glob("*.parquet"))) == 2


def test_a_store_without_the_file_leaves_the_last_good_load(tmp_path: Path, store: MemoryFileSystem):
    company = mapped(tmp_path, "memory://bucket/items.csv")
    store.pipe("/bucket/items.csv", item_rows("A"))
    night(company)
    store.rm("/bucket/items.csv")
    taken = night(company, days=1)
    assert (taken.staged.load.status, taken.rows.height) == ("stale", 1)
    assert "No file memory://bucket/items.csv" in taken.staged.load.reason


def test_fetching_from_a_folder_gives_its_files_in_order_of_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    place = tmp_path / "out"
    (place / "items_9.csv").mkdir(parents=True)
    for name in ("items_2.csv", "items_1.csv", "~$items_3.csv"):
        (place / name).write_bytes(name.encode())
    local = Store("objects", lambda location: (LocalFileSystem(), location.path), lambda _location: "memory://")
    monkeypatch.setitem(objects.STORES, "memory", local)
    location = location_of(f"memory://{place}/*items*")
    assert location is not None
    fetched = list(fetch(location, tmp_path / "fetched"))
    assert [file.name.rpartition("/")[2] for file in fetched] == ["items_1.csv", "items_2.csv"]
    assert [file.path.read_text() for file in fetched] == ["items_1.csv", "items_2.csv"]


def test_a_file_url_is_confined_like_a_path(tmp_path: Path):
    own = tmp_path / "own"
    own.mkdir()
    (tmp_path / "items.csv").write_bytes(item_rows("A"))
    (own / "linked.csv").symlink_to(tmp_path / "items.csv")
    for url in (
        f"file://{tmp_path}/items.csv",
        f"FILE://localhost{tmp_path}/items.csv",
        f"file://{own}/../items.csv",
        f"file://{own}/%2E%2E/items.csv",
        f"file://{own}/linked.csv",
    ):
        with pytest.raises(ConfigurationError, match="lies outside the company folder"):
            night(mapped(own, url))


@pytest.mark.parametrize(
    "url",
    [
        "local:///etc/passwd",
        "file://host/etc/passwd",
        "zip://items.csv::file:///etc/items.zip",
        "simplecache::s3://s3cret/items.csv",
        "memory://bucket/items.csv::file:///etc/passwd",
        "http://127.0.0.1:9/items.csv",
        "reference://x",
        "s3://KEY:s3cret@bucket/items.csv",
        "sftp://u:s3cret/pw@host/items.csv",
        "ssh://u:s3cret@host/items.csv",
    ],
)
def test_a_url_of_another_kind_is_refused_and_no_password_shown(tmp_path: Path, url: str):
    with pytest.raises(ConfigurationError, match=r"sop.yaml: extracts.items.files: ") as refused:
        night(mapped(tmp_path, url))
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(("url", "module", "extra"), [("s3://b/items.csv", "s3fs", "s3"), ("sftp://u:s3cret@h/items.csv", "sshfs", "sftp")])
def test_a_missing_driver_is_named_with_what_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, module: str, extra: str
):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ConfigurationError, match=rf"sop-pipeline\[{extra}\]") as refused:
        night(mapped(tmp_path, url))
    assert "s3cret" not in str(refused.value)


class Refusing:
    """Stands in for a driver that repeats what it was given."""

    def __init__(self, host: str, **options: object) -> None:
        raise PermissionError(f"{host} refused {options}\nsftp://planner:p%40ss@host")


def test_what_a_store_says_reaches_the_reason_without_the_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "sshfs", type("Module", (), {"SSHFileSystem": Refusing}))
    load = night(mapped(tmp_path, "sftp://planner:p%40ss@host.example:2222/out/items_*.csv")).staged.load
    assert load.status == "unusable"
    assert load.reason.startswith("sftp://host.example:2222/out/items_*.csv: cannot be fetched: PermissionError host.example refused")
    assert "'username': 'planner'" in load.reason
    assert "'known_hosts': ()" in load.reason
    assert not {secret for secret in ("p@ss", "p%40ss") if secret in load.reason}


names = st.text(st.characters(codec="ascii", categories=("L", "N"), include_characters="-_."), min_size=1, max_size=8)


@given(host=names, path=names, password=st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=9, max_size=12))
def test_a_url_is_shown_without_user_and_password(host: str, path: str, password: str):
    location = location_of(f"sftp://planner:{password}@{host}:22/{path}")
    assert location is not None
    assert location.shown == f"sftp://{host}:22/{path}"
    assert password not in repr(location)
    assert location_of(path) is None
