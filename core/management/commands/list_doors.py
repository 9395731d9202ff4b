"""Every address of the portal and who it is for."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core import doors


class Command(BaseCommand):
    help = "List every address: path, methods, audience, kind of object, parameters, permission."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON list instead of a table")

    def handle(self, *args: Any, **options: Any) -> None:
        entries = [_entry(address) for address in doors.addresses()]
        if options["json"]:
            self.stdout.write(json.dumps(entries, indent=2))
            return
        for entry in entries:
            methods = " ".join(entry["methods"])
            self.stdout.write(f"{entry['audience'] or 'UNDECLARED':<10} {methods:<9} {entry['path']}  {entry['kind']}")


def _entry(address: doors.Address) -> dict[str, Any]:
    door = address.door
    return {
        "path": address.shown_path,
        "name": address.name,
        "methods": list(door.methods) if door else [],
        "audience": str(door.audience) if door else "",
        "kind": address.kind,
        "parameters": list(address.parameters),
        "permission": door.permission if door else "",
    }
