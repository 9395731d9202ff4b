"""The one-command start: servers, migrations, catalogues, then web, worker and beat until told to stop."""

import contextlib
import http.client
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config import preparation
from config.supervisor import GaveUp, Supervisor, adopting_orphans, end_leftovers
from core.database import doctor
from core.management.commands.compile_catalogues import compile_stale
from core.servers.attendance import close_connections, embedded_database, embedded_postgres, embedded_valkey
from core.servers.processes import NotStarted, locked


class Signals:
    """Ctrl-C, SIGTERM and SIGHUP ask to stop. A long step may be interrupted, starting a server may not."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self._interrupts = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._received)

    @contextlib.contextmanager
    def interrupting(self) -> Iterator[None]:
        self._interrupts = True
        try:
            if not self.stop.is_set():
                yield
        finally:
            self._interrupts = False

    def _received(self, number: int, frame: FrameType | None) -> None:
        self.stop.set()
        if self._interrupts:
            raise KeyboardInterrupt


class Command(BaseCommand):
    help = "Start the portal: database and broker (unless they are named), web server, worker and beat."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
        parser.add_argument("--port", type=int, default=settings.PORT, help="default: PORT from the environment")
        parser.add_argument("--web-workers", type=int, default=2)

    def handle(self, *args: Any, host: str, port: int, web_workers: int, **options: Any) -> None:
        self.host, self.port, self.web_workers = host, port, web_workers
        self.signals = Signals()
        self.announced = False
        try:
            with self._alone(), adopting_orphans():
                end_leftovers(str(settings.VAR_DIR))
                preparation.check_port(host, port)
                with self._database(), self._broker():
                    self._prepare()
                    self._serve()
        except KeyboardInterrupt:
            pass
        except (NotStarted, GaveUp) as error:
            raise CommandError(str(error)) from None
        self._say("stopped")

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(locked(settings.VAR_DIR / "run.lock", wait=False))
            except BlockingIOError:
                raise CommandError(
                    f"The portal is already running from {settings.VAR_DIR}: stop that one first."
                ) from None
            except OSError as error:
                raise CommandError(f"The folder {settings.VAR_DIR} cannot be used: {error.strerror}.") from None
            yield

    @contextlib.contextmanager
    def _database(self) -> Iterator[None]:
        if not settings.DATABASE_EMBEDDED:
            preparation.check_server()
            yield
            return
        with embedded_database():
            yield

    @contextlib.contextmanager
    def _broker(self) -> Iterator[None]:
        if settings.REDIS_URL:
            yield
            return
        try:
            embedded_valkey().ensure()
            yield
        finally:
            embedded_valkey().stop()

    def _prepare(self) -> None:
        with self.signals.interrupting():
            if preparation.is_behind():
                self._say("bringing the database up to date")
                call_command("migrate", verbosity=0, interactive=False)
            if found := doctor.findings():
                raise CommandError("\n".join(found))
            compile_stale()
            settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
            if not settings.DEBUG:
                call_command("collectstatic", verbosity=0, interactive=False)
            if preparation.wants_demo():
                self._say("loading the demo network (the first start only)")
                preparation.load_demo()
        close_connections()

    def _serve(self) -> None:
        if not self.signals.stop.is_set():
            Supervisor(
                self._commands(),
                mark=str(settings.VAR_DIR),
                folder=settings.BASE_DIR,
                say=self._say,
                watch=self._watch,
                is_open=lambda: self.announced,
            ).run(self.signals.stop)

    def _commands(self) -> dict[str, list[str]]:
        web = ["--interface", "wsgi", "--host", self.host, "--port", str(self.port), "--no-ws"]
        web += ["--workers", str(self.web_workers), "--blocking-threads", "4", "--log-level", "warning"]
        web += ["--workers-kill-timeout", "5"]  # a worker that is still starting does not hear that it should stop
        as_root = "ignore:You're running the worker with superuser"  # as everybody is in a container
        celery = [sys.executable, "-W", as_root, "-m", "celery", "--app", "config", "--quiet"]
        worker = ["--concurrency", "2", "--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
        schedule = str(settings.VAR_DIR / "beat-schedule")
        return {
            "web": [sys.executable, "-m", "config.web", *web, "config.wsgi:application"],
            "worker": [*celery, "worker", *worker],
            "beat": [*celery, "beat", "--loglevel", "WARNING", "--schedule", schedule, "--pidfile="],
        }

    def _watch(self) -> None:
        if settings.DATABASE_EMBEDDED and not (postgres := embedded_postgres()).lives():
            self._say("the database ended, starting it again")
            postgres.ensure(settings.DATABASES["default"]["NAME"])
        if not settings.REDIS_URL and not (valkey := embedded_valkey()).lives():
            self._say("the broker ended, starting it again")
            valkey.ensure()
        if not self.announced and self._answers():
            self.announced = True
            self._announce()

    def _answers(self) -> bool:
        asked = http.client.HTTPConnection(self.host, self.port, timeout=2)
        try:
            asked.request("GET", "/healthz")
            return bool(asked.getresponse().status)
        except OSError:
            return False
        finally:
            asked.close()

    def _announce(self) -> None:
        self._say(f"ready at http://localhost:{self.port}/ — Ctrl-C stops everything")
        logins = preparation.demo_logins()
        width = max((len(login["role"]) for login in logins), default=0)
        for login in logins:
            self._say(f"  {login['role']:{width}}  {login['login']}  {login['password']}")

    def _say(self, sentence: str) -> None:
        self.stdout.write(f"entente: {sentence}")
        self.stdout.flush()
