"""Documents: what is kept, what is refused, who gets them, and what stays on disk."""

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from core.files.names import clean_name
from dealers.models import Dealer, Document, Event, User
from dealers.models.document import FILES
from tests import factories
from tests.dealers import files
from tests.dealers.costs import cost

SignIn = Callable[..., Client]
DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def upload(client: Client, dealer: Dealer, data: bytes, name: str = "licence.pdf", **typed: Any) -> Any:
    fields = {"kind": "licence", "title": "Business licence", "number": "91310000"} | typed
    sent = SimpleUploadedFile(name, data, content_type="application/pdf")
    return client.post(reverse("dealers:document_add", args=[dealer.public_id]), fields | {"file": sent})


def filed(dealer: Dealer, by: User, **fields: Any) -> Document:
    """A document on file, its content unlike any other's."""
    data = files.pdf(f"% {fields.get('title', '')}\n".encode())
    digest = hashlib.sha256(data).hexdigest()
    path = FILES.path(digest)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    defaults = {"kind": "licence", "title": "Licence", "file_name": "licence.pdf", "content_type": "application/pdf"}
    return Document.objects.create(
        dealer=dealer, uploaded_by_id=by.pk, size=len(data), sha256=digest, **defaults | fields
    )


GOOD = {
    "a PDF": ("licence.pdf", files.pdf(), "application/pdf"),
    "a PNG": ("scan.png", files.png(), "image/png"),
    "a photo": ("photo.JPG", files.jpeg(), "image/jpeg"),
    "a WEBP": ("photo.webp", files.webp(), "image/webp"),
    "a DOCX": ("letter.docx", files.docx(), DOCX_TYPE),
    "an XLSX that was printed": (
        "list.xlsx",
        files.xlsx(parts={"xl/printerSettings/printerSettings1.bin": b"\0"}),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "a name without an ending": ("licence", files.pdf(), "application/pdf"),
    "a PDF that opens on its first page": (
        "licence.pdf",
        files.pdf(b"3 0 obj << /OpenAction [2 0 R /Fit] >> endobj\n"),
        "application/pdf",
    ),
}


@pytest.mark.parametrize("case", GOOD)
def test_what_people_send_is_kept(case: str, signed_in: SignIn, alice: User, northgate: Dealer) -> None:
    name, data, content_type = GOOD[case]
    response = upload(signed_in(alice), northgate, data, name)
    assert response.status_code == 302, response.context["form"].errors
    document = Document.objects.get()
    assert document.content_type == content_type
    assert document.path().read_bytes() == data
    assert document.sha256 == hashlib.sha256(data).hexdigest()


HOSTILE = {
    "an empty file": ("a.pdf", b""),
    "an SVG": ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
    "an SVG called PNG": ("a.png", b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
    "a web page": ("a.html", b"<!doctype html><script>alert(1)</script>"),
    "a web page called PDF": ("a.pdf", b"<!doctype html><script>alert(1)</script>%PDF-1.7 %%EOF"),
    "a PDF that is a web page too": ("a.pdf", b"%PDF-1.7\n<html><script>alert(1)</script>" + files.pdf()),
    "a PDF with a zip behind it": ("a.pdf", files.pdf() + files.plain_zip()),
    "a PDF with a zip and an end mark behind it": ("a.pdf", files.pdf() + files.plain_zip() + b"%%EOF"),
    "a PDF with a script": ("a.pdf", files.pdf(b"3 0 obj << /S /JavaScript /JS (app.alert\\(1\\)) >> endobj\n")),
    "a PDF whose script is spelled in escapes": ("a.pdf", files.pdf(b"3 0 obj << /S /J#61vaScript >> endobj\n")),
    "a PDF with a packed script": ("a.pdf", files.pdf_with_packed(b"3 0 << /S /JavaScript /JS (x) >>")),
    "a PDF whose packing we cannot follow": (
        "a.pdf",
        files.pdf(b"3 0 obj << /Type /ObjStm /Filter [/ASCIIHexDecode /FlateDecode] >>\nstream\n00\nendstream\n"),
    ),
    "a PDF that starts a program": ("a.pdf", files.pdf(b"3 0 obj << /S /Launch /F (cmd.exe) >> endobj\n")),
    "a PDF with a file inside": ("a.pdf", files.pdf(b"3 0 obj << /Type /EmbeddedFile >> endobj\n")),
    "a PDF with a password": ("a.pdf", files.pdf(b"3 0 obj << /Encrypt 4 0 R >> endobj\n")),
    "half a PDF": ("a.pdf", files.pdf(end=b"")),
    "a PNG of 60,000 by 60,000": ("a.png", files.png(60_000, 60_000)),
    "a JPEG of 65,000 by 65,000": ("a.jpg", files.jpeg(65_000, 65_000)),
    "a WEBP of 16 million by 16 million": ("a.webp", files.webp(1 << 24, 1 << 24)),
    "a PNG with a script in its comment": ("a.png", files.png(text=b"<script>alert(1)</script>")),
    "a PNG with something behind it": ("a.png", files.png() + b"MZ"),
    "a PNG with a zip behind it": ("a.png", files.png() + files.plain_zip()),
    "a JPEG with PHP in its comment": ("a.jpg", files.jpeg(comment=b"<?php system($_GET[0]); ?>")),
    "a JPEG with a zip behind it": ("a.jpg", files.jpeg() + files.plain_zip()),
    "half a PNG": ("a.png", files.png()[:60]),
    "half a JPEG": ("a.jpg", files.jpeg()[:12]),
    "a PDF called PNG": ("a.png", files.pdf()),
    "a PNG called EXE": ("a.pdf.exe", files.png()),
    "the test virus": ("a.pdf", files.EICAR),
    "the test virus in a PDF": ("a.pdf", files.pdf(b"% " + files.EICAR + b"\n")),
    "the test virus in a DOCX": ("a.docx", files.docx(parts={"word/media/a.txt": files.EICAR})),
    "a zip": ("a.zip", files.plain_zip()),
    "a zip called DOCX": ("a.docx", files.plain_zip()),
    "a DOCX with macros": ("a.docx", files.docx(parts={"word/vbaProject.bin": b"\0"})),
    "a DOCX that says it has macros": ("a.docx", files.docx(types='<Override ContentType="x.macroEnabled.main+xml"/>')),
    "a DOCX with a program": ("a.docx", files.docx(parts={"word/embeddings/setup.exe": b"MZ"})),
    "a DOCX with entities": ("a.docx", files.docx(content='<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')),
    "a DOCX with a template from elsewhere": (
        "a.docx",
        files.docx(parts={"word/_rels/settings.xml.rels": b'<R Type="x/attachedTemplate" TargetMode="External"/>'}),
    ),
    "a DOCX that climbs out": ("a.docx", files.docx(parts={"../../etc/passwd": b"x"})),
    "a bomb": ("a.docx", files.docx(content="0" * 30_000_000)),
    "a bomb of many parts": ("a.xlsx", files.xlsx(parts={f"xl/{n}.xml": b"<x/>" for n in range(2100)})),
    "a damaged DOCX": ("a.docx", files.docx()[:-40]),
    "an old Word file": ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512),
    "a photo that few can open": ("a.heic", b"\0\0\0\x18ftypheic" + b"\0" * 64),
    "text": ("a.txt", b"hello"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_attackers_send_is_refused_and_leaves_nothing(
    case: str, signed_in: SignIn, alice: User, northgate: Dealer, media: Path
) -> None:
    name, data = HOSTILE[case]
    response = upload(signed_in(alice), northgate, data, name, title="My typed title")
    assert response.status_code == 200
    assert response.context["form"].errors["file"], "the form says what is wrong"
    assert "My typed title" in response.text, "what was typed is still there"
    assert not Document.objects.exists()
    assert not [path for path in media.rglob("*") if path.is_file()]


def test_a_file_over_the_limit_is_cut_off_and_named(
    signed_in: SignIn, alice: User, northgate: Dealer, settings: Any
) -> None:
    settings.UPLOAD_LIMIT_BYTES = 100_000
    response = upload(signed_in(alice), northgate, files.pdf(b"%" + b"x" * 400_000))
    assert "larger than" in str(response.context["form"].errors["file"])
    assert response.wsgi_request.FILES["file"].size == 100_001


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        (r"C:\Users\me\licence.pdf", "licence.pdf"),
        ("licence\u202efdp.exe", "licencefdp.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie x=1.pdf"),
        ("CON.pdf", "_CON.pdf"),
        (".pdf", "pdf.pdf"),
        ("营业执照.pdf", "营业执照.pdf"),
        ("\0\0", "file.pdf"),
        ("x" * 400 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_names_are_made_harmless(sent: str, kept: str) -> None:
    assert clean_name(sent, extension="pdf") == kept


def test_a_document_comes_as_an_attachment_that_cannot_run(signed_in: SignIn, alice: User, northgate: Dealer) -> None:
    document = filed(northgate, alice, file_name="营业执照.pdf")
    response = signed_in(alice).get(document.get_absolute_url())
    assert b"".join(response) == document.path().read_bytes()
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Security-Policy"].startswith("sandbox")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("who", ["alice", "carol"])
def test_a_download_is_on_record(who: str, request: Any, signed_in: SignIn, alice: User, northgate: Dealer) -> None:
    user = request.getfixturevalue(who)
    document = filed(northgate, alice)
    signed_in(user).get(document.get_absolute_url())
    event = Event.objects.get(kind="document.downloaded")
    assert (event.actor_id, event.subject_id, event.dealer_id) == (user.pk, document.pk, northgate.pk)


PAGES = ["document_download", "document_edit", "document_replace", "document_archive"]


@pytest.mark.parametrize("page", PAGES)
def test_a_foreign_document_answers_like_a_missing_one(
    page: str, signed_in: SignIn, bob: User, alice: User, northgate: Dealer
) -> None:
    give_all_rights(bob)
    document = filed(northgate, alice)
    client = signed_in(bob)
    foreign = client.get(reverse(f"dealers:{page}", args=[document.public_id]))
    missing = client.get(reverse(f"dealers:{page}", args=["abcdefghjkmnpq"]))
    assert foreign.status_code == missing.status_code == 404
    assert without_nonce(foreign) == without_nonce(missing)


@pytest.mark.parametrize("page", ["documents", "document_add"])
def test_another_dealers_documents_do_not_exist(page: str, signed_in: SignIn, bob: User, northgate: Dealer) -> None:
    assert signed_in(bob).get(reverse(f"dealers:{page}", args=[northgate.public_id])).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_an_internal_document_is_never_the_dealers(
    page: str, signed_in: SignIn, alice: User, carol: User, northgate: Dealer
) -> None:
    give_all_rights(alice)
    document = filed(northgate, carol, is_internal=True, title="Credit check")
    client = signed_in(alice)
    assert client.get(reverse(f"dealers:{page}", args=[document.public_id])).status_code == 404
    assert "Credit check" not in client.get(reverse("dealers:my_documents")).text
    assert "Credit check" in signed_in(carol).get(reverse("dealers:documents", args=[northgate.public_id])).text


def test_the_database_alone_keeps_internal_documents_from_the_dealer(
    alice: User, carol: User, northgate: Dealer
) -> None:
    from core.database.context import acting
    from core.database.roles import Role

    filed(northgate, carol, is_internal=True)
    shared = filed(northgate, alice, title="Shared")
    with acting(Role.DEALER, dealer_id=northgate.pk, user_id=alice.pk):
        assert list(Document.objects.all()) == [shared]


def test_what_happens_to_an_internal_document_is_told_to_our_people_only(
    signed_in: SignIn, carol: User, alice: User, northgate: Dealer
) -> None:
    client = signed_in(carol)
    assert upload(client, northgate, files.pdf(), is_internal="on").status_code == 302
    document = Document.objects.get()
    client.get(document.get_absolute_url())
    client.post(reverse("dealers:document_edit", args=[document.public_id]), {"kind": "tax", "title": "Credit"})
    replace(client, document, files.png(), "b.png")
    newer = Document.objects.current().get()
    client.post(reverse("dealers:document_archive", args=[newer.public_id]), {"reason": "Old"})
    kinds = set(Event.objects.filter(subject_type="dealers.document").values_list("kind", "visibility"))
    assert kinds == {(f"document.{what}_internally", "internal") for what in
                     ("added", "downloaded", "changed", "replaced", "archived")}  # fmt: skip
    assert not Event.objects.visible_to(alice).exists()


def test_a_dealer_cannot_file_for_the_manufacturers_eyes(signed_in: SignIn, alice: User, northgate: Dealer) -> None:
    upload(signed_in(alice), northgate, files.pdf(), is_internal="on")
    assert not Document.objects.get().is_internal


def replace(client: Client, document: Document, data: bytes, name: str = "new.pdf", **typed: Any) -> Any:
    sent = SimpleUploadedFile(name, data)
    return client.post(reverse("dealers:document_replace", args=[document.public_id]), {"file": sent, **typed})


def test_a_new_version_archives_the_old_one(signed_in: SignIn, alice: User, northgate: Dealer) -> None:
    old = filed(northgate, alice, title="Licence 2025", number="1")
    client = signed_in(alice)
    assert replace(client, old, files.png(), "new.png", number="2", expires_on="2030-01-01").status_code == 302
    old.refresh_from_db()
    newer = Document.objects.current().get()
    assert old.state_today == "archived"
    assert (newer.title, newer.number, newer.expires_on) == ("Licence 2025", "2", date(2030, 1, 1))
    assert Event.objects.get(kind="document.replaced").data == {"previous": old.public_id}
    assert "Licence 2025" in client.get(reverse("dealers:my_documents"), {"show": "archive"}).text


def test_a_refused_new_version_leaves_the_old_one_on_file(signed_in: SignIn, alice: User, northgate: Dealer) -> None:
    old = filed(northgate, alice)
    assert replace(signed_in(alice), old, b"not a file we keep").status_code == 200
    old.refresh_from_db()
    assert old.archived_at is None


def test_a_dealer_does_not_replace_what_our_people_filed(
    signed_in: SignIn, alice: User, carol: User, northgate: Dealer
) -> None:
    ours = filed(northgate, carol)
    client = signed_in(alice)
    assert replace(client, ours, files.pdf()).status_code == 403
    page = client.get(reverse("dealers:my_documents")).text
    assert reverse("dealers:document_replace", args=[ours.public_id]) not in page


def test_archiving_needs_a_reason(signed_in: SignIn, carol: User, northgate: Dealer) -> None:
    document = filed(northgate, carol)
    address = reverse("dealers:document_archive", args=[document.public_id])
    assert "Say why" in signed_in(carol).post(address, {"reason": " "}).text
    assert signed_in(carol).post(address, {"reason": "Replaced on paper"}).status_code == 302
    assert Event.objects.get(kind="document.archived").reason == "Replaced on paper"


def test_the_same_file_twice_is_refused(signed_in: SignIn, alice: User, northgate: Dealer) -> None:
    client = signed_in(alice)
    upload(client, northgate, files.pdf())
    assert "already here" in upload(client, northgate, files.pdf(), title="Again").text


def test_a_document_cannot_expire_before_it_was_issued(signed_in: SignIn, alice: User, northgate: Dealer) -> None:
    response = upload(signed_in(alice), northgate, files.pdf(), issued_on="2026-02-01", expires_on="2026-01-01")
    assert "cannot expire before" in response.text
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    ("days", "state"), [(None, "valid"), (61, "valid"), (60, "expiring"), (0, "expiring"), (-1, "expired")]
)
def test_a_document_says_whether_it_still_counts(days: int | None, state: str, alice: User, northgate: Dealer) -> None:
    today = date(2026, 3, 1)
    expires = None if days is None else today + timedelta(days=days)
    document = filed(northgate, alice, expires_on=expires)
    assert document.state(on=today) == state
    assert Document.objects.expiring(on=today).exists() == (state == "expiring")
    assert Document.objects.expired(on=today).exists() == (state == "expired")


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def refuse(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    yield


def test_a_full_disk_leaves_neither_row_nor_half_a_file(
    full_disk: None, signed_in: SignIn, alice: User, northgate: Dealer, media: Path
) -> None:
    client = signed_in(alice, raise_request_exception=False)
    assert upload(client, northgate, files.pdf()).status_code == 500
    assert not Document.objects.exists()
    assert not [path for path in media.rglob("*") if path.is_file()]


def test_the_sweep_removes_what_no_row_names_and_nothing_else(alice: User, northgate: Dealer, media: Path) -> None:
    kept = filed(northgate, alice).path()
    orphan = FILES.path("ab" + "0" * 62)
    fresh, stale = orphan.with_name(".part-new"), orphan.with_name(".part-old")
    orphan.parent.mkdir(parents=True, exist_ok=True)
    for path in (orphan, fresh, stale):
        path.write_bytes(b"x")
    os.utime(stale, (time.time() - 90_000,) * 2)
    call_command("sweep_files")
    assert kept.exists() and fresh.exists()
    assert not orphan.exists() and not stale.exists()


def test_the_list_costs_the_same_however_long(signed_in: SignIn, carol: User, northgate: Dealer) -> None:
    client, path = signed_in(carol), reverse("dealers:documents", args=[northgate.public_id])
    filed(northgate, carol)
    one = cost(client, path)
    for number in range(12):
        filed(northgate, carol, title=f"Licence {number}")
    assert cost(client, path) == one


def give_all_rights(user: User) -> None:
    """So that a 404 proves the scope and not a missing right."""
    from django.contrib.auth.models import Group, Permission

    group = Group.objects.create(name=f"all rights of {user.pk}")
    group.permissions.set(Permission.objects.filter(content_type__app_label="dealers"))
    user.groups.add(group)


def without_nonce(response: Any) -> str:
    import re

    return re.sub(r'(nonce|value|hx-headers)=("[^"]*"|\'[^\']*\')', "", response.text)


def test_strangers_do_not_find_the_portal(client: Client, northgate: Dealer, alice: User) -> None:
    document = filed(northgate, alice)
    response = client.get(document.get_absolute_url())
    assert response.status_code == 302 and reverse("account_login") in response["Location"]


def test_staff_of_another_region_find_nothing(signed_in: SignIn, northgate: Dealer, alice: User, south: Any) -> None:
    eve = factories.person("Eve", "account_manager", node=south)
    document = filed(northgate, alice)
    assert signed_in(eve).get(document.get_absolute_url()).status_code == 404


def test_the_file_field_speaks_the_reader_s_language(northgate: Dealer, carol: User, signed_in: Any) -> None:
    carol.language = "zh-hans"
    carol.save(update_fields=["language"])
    page = signed_in(carol).get(f"/dealers/{northgate.public_id}/documents/add/").content.decode()
    assert "选择文件" in page and 'type="file"' in page
