"""What was backed up comes back whole; what is damaged, or would overwrite unasked, is refused untouched."""

import hashlib
import json
import tarfile
from collections.abc import Callable
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from core import backup
from core.servers.processes import locked
from dealers.models import Dealer, Delivery, Event, User
from tests import factories

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def archive(tmp_path: Path, settings: Settings, northgate: Dealer, alice: User) -> Path:
    """A portal with a dealer, a file, and messages in the outbox — and its backup."""
    settings.MEDIA_ROOT = tmp_path / "files"
    (tmp_path / "files" / "documents" / "ab").mkdir(parents=True)
    (tmp_path / "files" / "documents" / "ab" / "abcd").write_bytes(b"a licence")
    event = Event.objects.create(
        at=timezone.now(), kind="dealer.noted", visibility="both", dealer=northgate, actor_id=alice.pk, transaction=0
    )
    for channel, state in [("mail", "waiting"), ("mail", "sending"), ("mail", "sent"), ("bell", "waiting")]:
        Delivery.objects.create(
            event=event,
            dealer=northgate,
            channel=channel,
            recipient_id=alice.pk,
            business_key=f"{channel}:{state}",
            not_before=timezone.now(),
            state=state,
        )
    path = tmp_path / "portal.tar"
    call_command("backup", path, stdout=StringIO())
    return path


def contents() -> dict[str, str]:
    """A checksum of all rows of every table, the outbox apart: a restore changes it on purpose."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select tablename from pg_tables where schemaname = 'public' and tablename <> 'dealers_delivery'"
        )
        found = {}
        for (table,) in cursor.fetchall():
            cursor.execute(f'select t::text from "{table}" t order by 1')
            found[table] = hashlib.sha256("\n".join(row[0] for row in cursor.fetchall()).encode()).hexdigest()
    return found


def walls() -> list[Any]:
    with connection.cursor() as cursor:
        # A server may write the same condition in other words when it reads it back: compare that there is one.
        cursor.execute("select tablename, policyname, roles::text, cmd, qual is null from pg_policies order by 1, 2")
        policies: list[Any] = cursor.fetchall()
        cursor.execute(
            "select relname, relacl::text from pg_class where relnamespace = 'public'::regnamespace order by 1"
        )
        return [*policies, *cursor.fetchall()]


def test_a_restore_brings_back_every_row_file_and_wall(archive: Path) -> None:
    rows, guarded = contents(), walls()
    Dealer.objects.update(name="Changed since")
    factories.dealer("LATER")
    licence = Path(settings.MEDIA_ROOT) / "documents" / "ab" / "abcd"
    licence.unlink()
    call_command("restore", archive, "--yes", stdout=StringIO())
    assert contents() == rows
    assert walls() == guarded
    assert licence.read_bytes() == b"a licence"


def test_what_may_have_been_sent_since_is_held_until_a_person_decides(archive: Path) -> None:
    call_command("restore", archive, "--yes", stdout=StringIO())
    states = dict(Delivery.objects.values_list("business_key", "state"))
    assert states == {"mail:waiting": "held", "mail:sending": "held", "mail:sent": "sent", "bell:waiting": "waiting"}
    told = StringIO()
    call_command("held_deliveries", stdout=told)
    assert told.getvalue() == "Held: 2 by mail\n"
    call_command("held_deliveries", "--discard", stdout=StringIO())
    assert not Delivery.objects.filter(state__in=["held", "sending"]).exists()


def test_data_that_is_there_is_not_overwritten_unasked(archive: Path) -> None:
    rows = contents()
    with pytest.raises(CommandError, match="say --yes to replace it"):
        call_command("restore", archive)
    assert contents() == rows


def test_a_running_portal_is_not_restored_under_its_people(archive: Path) -> None:
    with (
        locked(settings.VAR_DIR / "run.lock"),
        pytest.raises(CommandError, match="stop it before a restore"),
    ):
        call_command("restore", archive, "--yes")


def test_a_backup_is_never_overwritten(archive: Path) -> None:
    with pytest.raises(CommandError, match="is never overwritten"):
        call_command("backup", archive)


def test_only_its_owner_may_read_a_backup(archive: Path) -> None:
    assert archive.stat().st_mode & 0o077 == 0


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def one_bit_flipped(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[data.index(b"a licence")] ^= 1
    path.write_bytes(data)


def no_archive_at_all(path: Path) -> None:
    path.write_bytes(b"not an archive")


def with_a_file_outside(path: Path) -> None:
    with tarfile.open(path, "a") as archive:
        entry = tarfile.TarInfo("files/../../outside")
        entry.size = 1
        archive.addfile(entry, BytesIO(b"x"))


@pytest.mark.parametrize("harm", [cut_short, one_bit_flipped, no_archive_at_all, with_a_file_outside])
def test_a_damaged_archive_is_refused_before_anything_is_touched(archive: Path, harm: Callable[[Path], None]) -> None:
    rows = contents()
    harm(archive)
    with pytest.raises(CommandError, match=r"not a whole backup|is damaged"):
        call_command("restore", archive, "--yes")
    assert contents() == rows


def rewrite_manifest(path: Path, **changes: object) -> None:
    with tarfile.open(path) as archive:
        kept = [(e, archive.extractfile(e).read()) for e in archive if e.name != "manifest.json"]  # type: ignore[union-attr]
        manifest = json.loads(archive.extractfile("manifest.json").read())  # type: ignore[union-attr]
    text = json.dumps({**manifest, **changes}).encode()
    entry = tarfile.TarInfo("manifest.json")
    entry.size = len(text)
    with tarfile.open(path, "w") as archive:
        for member, data in [*kept, (entry, text)]:
            archive.addfile(member, BytesIO(data))


def test_rows_that_do_not_add_up_undo_the_whole_restore(archive: Path) -> None:
    tables = backup.verify(archive).tables
    rewrite_manifest(archive, tables={**tables, "dealers_dealer": 7})
    Dealer.objects.update(name="As it is now")
    rows = contents()
    with pytest.raises(CommandError, match=r"was left as it was.*dealers_dealer does not have 7 rows"):
        call_command("restore", archive, "--yes")
    assert contents() == rows


def test_a_backup_of_a_newer_release_is_refused(archive: Path) -> None:
    rewrite_manifest(archive, migrations=["dealers.9999_from_the_future"])
    with pytest.raises(CommandError, match="newer release"):
        call_command("restore", archive, "--yes")


def test_a_backup_that_names_migrations_which_others_took_over_is_taken(archive: Path) -> None:
    there = backup.verify(archive).migrations
    rewrite_manifest(archive, migrations=[*there, "communications.0013_meeting_lists", "core.0007_every_year"])
    assert len(backup.verify(archive).migrations) == len(there) + 2


def test_roles_are_named_after_the_database_that_takes_the_backup_in(archive: Path) -> None:
    here = backup.verify(archive).roles
    renamed = backup._renamed({role: f"elsewhere_{role}" for role in here})
    line = b"CREATE POLICY own ON public.t TO elsewhere_dealer, elsewhere_app USING (true); -- not_elsewhere_dealer"
    ours = f"{here['dealer']}, {here['app']}"
    assert backup._rename(line, renamed).decode() == (
        f"CREATE POLICY own ON public.t TO {ours} USING (true); -- not_elsewhere_dealer"
    )
