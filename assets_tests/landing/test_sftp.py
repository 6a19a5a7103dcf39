"""SFTP as a source, from a server that the test runs on loopback: a host is believed only when it is known."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from landing_case import Landed, company_of, take

from sop_pipeline import warehouse

asyncssh = pytest.importorskip("asyncssh", reason="the driver is not installed: pip install 'sop-pipeline[sftp]'")
pytest.importorskip("sshfs", reason="the driver is not installed: pip install 'sop-pipeline[sftp]'")
ROWS = "item_id,item_name,item_type,family_id,unit_of_measure,sourcing\nA,Pump,finished,P,pc,make\n"


class Planner(asyncssh.SSHServer):
    """Lets in the planner with one password."""

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == ("planner", "p@ss/word")


@pytest.fixture
def port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server whose root is `tmp_path/served`, known to `~/.ssh/known_hosts` of a home of its own."""
    (tmp_path / "served/out").mkdir(parents=True)
    (tmp_path / "served/out/items_1.csv").write_text(ROWS)
    key = asyncssh.generate_private_key("ssh-ed25519")
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def listen() -> asyncssh.SSHAcceptor:
        def root(channel: asyncssh.SSHServerChannel) -> asyncssh.SFTPServer:
            return asyncssh.SFTPServer(channel, chroot=str(tmp_path / "served").encode())

        return await asyncssh.listen("127.0.0.1", 0, server_factory=Planner, server_host_keys=[key], sftp_factory=root)

    server = asyncio.run_coroutine_threadsafe(listen(), loop).result(20)
    home = tmp_path / "home/.ssh"
    home.mkdir(parents=True)
    public = key.export_public_key().decode().strip()
    (home / "known_hosts").write_text(f"[127.0.0.1]:{server.get_port()} {public}\n")
    monkeypatch.setenv("HOME", str(home.parent))
    try:
        yield server.get_port()
    finally:
        loop.call_soon_threadsafe(stop, loop, server)
        thread.join(20)


def stop(loop: asyncio.AbstractEventLoop, server: asyncssh.SSHAcceptor) -> None:
    """End the server and what its clients left open."""
    server.close()
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.call_later(0.1, loop.stop)


def night(folder: Path, url: str) -> Landed:
    folder.mkdir(exist_ok=True)
    company = company_of(folder, {}, f"extracts: {{items: {{files: {url!r}}}}}\n")
    with warehouse.connect(None) as con:
        return take(con, company, "items")


def test_files_are_fetched_with_user_and_password_and_named_without(tmp_path: Path, port: int):
    taken = night(tmp_path / "own", f"sftp://planner:p%40ss%2Fword@127.0.0.1:{port}/out/items_*.csv")
    assert taken.staged.load.reason == ""
    assert taken.rows.select("item_id", "source_file").rows() == [("A", f"sftp://127.0.0.1:{port}/out/items_1.csv")]
    landed = [path for path in (tmp_path / "own/landed").rglob("*") if path.is_file()]
    assert landed
    assert not [path for path in landed if b"ss/word" in path.read_bytes() or b"%2Fword" in path.read_bytes()]


def test_an_unknown_host_and_a_wrong_password_are_refused(tmp_path: Path, port: int):
    wrong = night(tmp_path / "own", f"sftp://planner:wr0ng-one@127.0.0.1:{port}/out/items_*.csv").staged.load
    assert "PermissionDenied" in wrong.reason or "Permission denied" in wrong.reason
    assert "wr0ng-one" not in wrong.reason
    (tmp_path / "home/.ssh/known_hosts").write_text("")
    unknown = night(tmp_path / "own", f"sftp://planner:p%40ss%2Fword@127.0.0.1:{port}/out/items_*.csv").staged.load
    assert unknown.status == "unusable"
    assert "Host key is not trusted" in unknown.reason
