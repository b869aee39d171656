import json
import shutil
import stat
from contextlib import closing
from pathlib import Path

import pytest
from pysqlite3 import dbapi2 as sqlite

from tests.cli.conftest import PASSWORD, Portal, refused, run_portal


@pytest.fixture
def made(portal: Portal, tmp_path: Path) -> Path:
    """A backup of the founded instance."""
    ran = portal("backup", str(tmp_path / "backup"))
    assert ran.returncode == 0, ran.stderr
    assert "secret key is not in it" in ran.stderr
    return tmp_path / "backup"


def restored(backup: Path, target: Path, *more: str) -> object:
    return run_portal(target, "restore", str(backup), str(target), *more)


def accounts(instance: Path) -> list[tuple[object, ...]]:
    with closing(sqlite.connect(str(instance / "portal.sqlite3"))) as database:
        return list(database.execute("SELECT email FROM account"))


def test_backup_says_what_it_holds(made: Path) -> None:
    manifest = json.loads((made / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["contents"]["counts"]["account"] == 1
    assert manifest["contents"]["audit_seq"] == 1
    assert manifest["size"] == (made / "portal.sqlite3").stat().st_size


def test_backup_is_for_our_eyes_and_holds_no_key(made: Path, instance: Path) -> None:
    files = sorted(made.iterdir())
    assert [file.name for file in files] == ["manifest.json", "portal.sqlite3"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    key = (instance / "secret.key").read_bytes().strip()
    assert all(key not in file.read_bytes() for file in files)


def test_making_one_is_written_down(made: Path, instance: Path) -> None:
    with closing(sqlite.connect(str(instance / "portal.sqlite3"))) as database:
        acts = [row[0] for row in database.execute("SELECT act FROM audit_event ORDER BY seq")]
    assert acts == ["clinic-founded", "backup-made"]
    assert made.is_dir()


def test_whole_copy_comes_back(made: Path, instance: Path, tmp_path: Path) -> None:
    target = tmp_path / "new"
    ran = run_portal(target, "restore", str(made), str(target), f"--key={instance / 'secret.key'}")
    assert ran.returncode == 0, ran.stderr
    assert accounts(target) == [("ada@example.org",)]
    assert stat.S_IMODE(target.stat().st_mode) == 0o700
    assert run_portal(target, "audit", "verify").returncode == 0


def test_without_the_key_it_says_so(made: Path, tmp_path: Path) -> None:
    target = tmp_path / "new"
    ran = run_portal(target, "restore", str(made), str(target))
    assert ran.returncode == 0
    assert "secret key is still missing" in ran.stderr
    assert not (target / "secret.key").exists()


def test_wrong_key_is_refused(made: Path, tmp_path: Path) -> None:
    (tmp_path / "other.key").write_text(PASSWORD * 3, encoding="utf-8")
    target = tmp_path / "new"
    ran = run_portal(target, "restore", str(made), str(target), f"--key={tmp_path / 'other.key'}")
    assert "not the key" in refused(ran)
    assert not target.exists()


@pytest.mark.parametrize("place", [0, 20, 4100, -5])
def test_flipped_byte_is_refused(made: Path, tmp_path: Path, place: int) -> None:
    file = made / "portal.sqlite3"
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(content)
    assert "checksum" in refused(run_portal(tmp_path, "restore", str(made), str(tmp_path / "new")))
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("left", [0, 4096, -1])
def test_cut_file_is_refused(made: Path, tmp_path: Path, left: int) -> None:
    file = made / "portal.sqlite3"
    file.write_bytes(file.read_bytes()[:left])
    assert "cut" in refused(run_portal(tmp_path, "restore", str(made), str(tmp_path / "new")))


def test_every_changed_word_of_the_manifest_is_refused(made: Path, tmp_path: Path) -> None:
    file = made / "manifest.json"
    whole = json.loads(file.read_text(encoding="utf-8"))
    for key in whole:
        changed = {**whole, key: "something else"}
        file.write_text(json.dumps(changed), encoding="utf-8")
        ran = run_portal(tmp_path, "restore", str(made), str(tmp_path / "new"))
        assert "damaged" in refused(ran), key


def test_folder_without_a_manifest_is_no_backup(tmp_path: Path) -> None:
    ran = run_portal(tmp_path, "restore", str(tmp_path), str(tmp_path / "new"))
    assert "not a backup" in refused(ran)


def test_missing_database_is_refused(made: Path, tmp_path: Path) -> None:
    (made / "portal.sqlite3").unlink()
    assert "missing" in refused(run_portal(tmp_path, "restore", str(made), str(tmp_path / "new")))


def test_running_instance_is_never_overwritten(made: Path, instance: Path) -> None:
    before = (instance / "portal.sqlite3").read_bytes()
    ran = run_portal(instance, "restore", str(made), str(instance))
    assert "there is something already" in refused(ran)
    assert (instance / "portal.sqlite3").read_bytes() == before


def test_backup_never_overwrites(portal: Portal, made: Path) -> None:
    assert "there is something already" in refused(portal("backup", str(made)))


def test_backup_needs_a_folder_to_be_in(portal: Portal, tmp_path: Path) -> None:
    assert "no such folder" in refused(portal("backup", str(tmp_path / "no" / "where")))


def test_broken_reference_is_no_backup(portal: Portal, instance: Path, tmp_path: Path) -> None:
    with closing(sqlite.connect(str(instance / "portal.sqlite3"))) as database:
        database.execute("UPDATE account_role SET clinic_id = 'nowhere'")
        database.commit()
    assert "points to nothing" in refused(portal("backup", str(tmp_path / "backup")))
    assert not (tmp_path / "backup").exists()


def test_altered_audit_is_no_backup(portal: Portal, instance: Path, tmp_path: Path) -> None:
    with closing(sqlite.connect(str(instance / "portal.sqlite3"))) as database:
        triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for (name,) in database.execute(triggers).fetchall():
            database.execute(f"DROP TRIGGER {name}")
        database.execute("UPDATE audit_event SET result = 'refused'")
        database.commit()
    assert "audit does not hold" in refused(portal("backup", str(tmp_path / "backup")))
    assert "from event 1" in portal("audit", "verify").stderr


def test_backup_holds_what_was_written_while_somebody_writes(
    portal: Portal, instance: Path, tmp_path: Path
) -> None:
    with closing(sqlite.connect(str(instance / "portal.sqlite3"))) as database:
        database.execute("INSERT INTO throttle (key, failures, last_at) VALUES ('a', 1, '2026')")
        database.commit()
        database.execute("INSERT INTO throttle (key, failures, last_at) VALUES ('b', 1, '2026')")
        ran = portal("backup", str(tmp_path / "backup"))
        database.rollback()
    kept = json.loads((tmp_path / "backup" / "manifest.json").read_text(encoding="utf-8"))
    assert kept["contents"]["counts"]["throttle"] == 1
    assert ran.returncode == 0
    assert "the audit does not say" in ran.stderr


def test_older_form_is_said(made: Path, instance: Path, tmp_path: Path) -> None:
    shutil.rmtree(made)
    with closing(sqlite.connect(str(instance / "portal.sqlite3"))) as database:
        database.execute("UPDATE alembic_version SET version_num = '0001'")
        database.commit()
    run_portal(instance, "backup", str(made))
    ran = run_portal(tmp_path, "restore", str(made), str(tmp_path / "new"))
    assert "run `portal migrate`" in ran.stderr


def test_damaged_database_is_no_backup(portal: Portal, instance: Path, tmp_path: Path) -> None:
    file = instance / "portal.sqlite3"
    content = bytearray(file.read_bytes())
    content[4096 * 20 : 4096 * 60] = bytes(4096 * 40)
    file.write_bytes(content)
    ran = portal("backup", str(tmp_path / "backup"))
    assert refused(ran)
    assert not (tmp_path / "backup").exists()


def test_database_of_something_else_is_no_backup(
    portal: Portal, instance: Path, tmp_path: Path
) -> None:
    (instance / "portal.sqlite3").unlink()
    with closing(sqlite.connect(str(instance / "portal.sqlite3"))) as database:
        database.execute("CREATE TABLE notes (body TEXT)")
    assert "not a database of the portal" in refused(portal("backup", str(tmp_path / "backup")))


def test_instance_without_a_database_has_nothing_to_back_up(
    portal: Portal, instance: Path, tmp_path: Path
) -> None:
    (instance / "portal.sqlite3").unlink()
    assert "there is no database yet" in refused(portal("backup", str(tmp_path / "backup")))


def test_folders_may_have_any_name(made: Path, instance: Path, tmp_path: Path) -> None:
    odd = tmp_path / "50% of it #1 & more"
    odd.mkdir()
    shutil.copytree(made, odd / "b")
    key = f"--key={instance / 'secret.key'}"
    ran = run_portal(odd / "i", "restore", str(odd / "b"), str(odd / "i"), key)
    assert ran.returncode == 0, ran.stderr
    assert run_portal(odd / "i", "backup", str(odd / "again")).returncode == 0


def test_empty_folder_may_be_filled(portal: Portal, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert portal("backup", str(tmp_path / "empty")).returncode == 0
