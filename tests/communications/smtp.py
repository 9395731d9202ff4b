"""A mail server on loopback that takes, refuses or loses mail, as the test says."""

import email
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default


@dataclass
class MailServer:
    port: int = 0
    greeting: str = "220 at your service"
    recipient: str = "250 fine"
    after_data: str = "250 taken"
    hangs_at: str = ""  # "greeting" or "data": it says nothing more until `go`
    hung: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)
    taken: list[EmailMessage] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        return [str(message["Message-ID"]) for message in self.taken]

    def hang(self, where: str) -> None:
        if self.hangs_at == where:
            self.hung.set()
            self.go.wait(60)

    def recover(self) -> None:
        """It serves as a mail server should, from now on."""
        self.greeting, self.recipient, self.after_data, self.hangs_at = "220 here again", "250 fine", "250 taken", ""
        self.go.set()


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        mail: MailServer = self.server.mail  # type: ignore[attr-defined]
        mail.hang("greeting")
        self._say(mail.greeting)
        if not mail.greeting.startswith("2"):
            return
        while line := self.rfile.readline().decode().strip():
            match line.split()[0].upper():
                case "QUIT":
                    self._say("221 bye")
                    return
                case "RCPT":
                    self._say(mail.recipient)
                case "DATA":
                    self._say("354 go on")
                    self._take(mail)
                case _:
                    self._say("250 fine")

    def _take(self, mail: MailServer) -> None:
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line)
        mail.taken.append(email.message_from_bytes(b"".join(lines), policy=default))
        mail.hang("data")
        if mail.after_data:
            self._say(mail.after_data)
        else:
            self.connection.close()  # it took the mail and died before it said so

    def _say(self, words: str) -> None:
        with suppress(OSError):  # whoever was to hear it may be dead by now
            self.wfile.write(words.encode() + b"\r\n")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def mail_server() -> Iterator[MailServer]:
    with _Server(("127.0.0.1", 0), _Session) as server:
        mail = MailServer(port=server.server_address[1])
        server.mail = mail  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield mail
        server.shutdown()
        thread.join()
