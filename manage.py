#!/usr/bin/env python
"""Entente's administrative commands; `manage.py help` lists them."""

import os
import sys

if sys.version_info < (3, 12):  # noqa: UP036  (said before an older one stumbles over our syntax)
    sys.exit("entente: Python 3.12 or newer is needed, this is %d.%d." % sys.version_info[:2])  # noqa: UP031


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from core.servers.attendance import attend
    from core.servers.processes import NotStarted

    try:
        attend(sys.argv[1] if len(sys.argv) > 1 else "")
    except (ImproperlyConfigured, NotStarted) as error:
        sys.exit(f"entente: {error}")
    except ValueError as error:  # from the settings: a number that is none
        sys.exit(f"entente: a setting cannot be read: {error}")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
