"""`python -m benchmarks [part of a name ...]`: exit code 1 when a figure does not hold."""

import contextlib
import importlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
DATABASE = "entente_bench"


def main(wanted: list[str]) -> int:
    for path in sorted(Path(__file__).parent.glob("bench_*.py")):
        importlib.import_module(f"benchmarks.{path.stem}")
    from benchmarks import known

    chosen = [(name, run) for name, run in known() if not wanted or any(part in name for part in wanted)]
    if not chosen:
        print(
            f"no benchmark is called {' or '.join(wanted)}: " + ", ".join(name for name, _ in known()), file=sys.stderr
        )
        return 2
    all_hold = True
    previous = ""
    for name, run in chosen:
        module = run.__module__
        if module != previous:
            _empty_database()
        previous = module
        print(f"{name} ...", file=sys.stderr, flush=True)
        for figure in run():
            print(json.dumps(figure.as_line()), flush=True)
            all_hold &= figure.holds
    return 0 if all_hold else 1


@contextlib.contextmanager
def surroundings() -> Iterator[None]:
    """Settings for a cluster and a database of our own, whatever the environment says."""
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ[name] = ""  # set, so that a .env file does not fill it
    os.environ["ENTENTE_VAR"] = str(Path(os.environ.get("ENTENTE_VAR") or BASE / "var").resolve() / "bench")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.conf import settings

    settings.DATABASES["default"].update(NAME=DATABASE, USER=f"{DATABASE}_app")
    django.setup()
    from core.servers.attendance import close_connections, embedded_postgres

    with embedded_postgres().in_use("postgres"):
        try:
            yield
        finally:
            close_connections()
            embedded_postgres().drop_database(DATABASE)


def _empty_database() -> None:
    from django.core.management import call_command

    from core.servers.attendance import close_connections, embedded_postgres

    close_connections()
    embedded_postgres().drop_database(DATABASE)
    embedded_postgres().ensure(DATABASE)
    call_command("migrate", verbosity=0, interactive=False)


if __name__ == "__main__":
    with surroundings():
        code = main(sys.argv[1:])
    sys.exit(code)
