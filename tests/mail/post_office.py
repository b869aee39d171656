"""A mail server on this machine, as small as a test needs: it speaks SMTP over a real socket."""

import socketserver
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast


@dataclass
class PostOffice:
    """What the server took, and what it says to whom: `answers` maps an address to a refusal."""

    port: int
    taken: list[EmailMessage] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    said_to_data: str = "250 taken"
    hangs_up: bool = False
    calls: int = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def ids(self) -> Counter[str]:
        """How often each mail came, by its Message-ID."""
        return Counter(str(message["Message-ID"]) for message in self.taken)


class _Desk(socketserver.StreamRequestHandler):
    """One connection."""

    def handle(self) -> None:
        office = cast("_Server", self.server).office
        office.calls += 1
        if office.hangs_up:
            return
        self._say("220 ready")
        refusal = ""
        for line in iter(self._line, ""):
            verb = line[:4].upper()
            if verb == "RCPT":
                refusal = office.answers.get(line.partition("<")[2].rstrip(">"), "")
                self._say(refusal or "250 known")
            elif verb == "DATA":
                self._take(office)
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 well")

    def _line(self) -> str:
        return self.rfile.readline().decode().rstrip("\r\n")

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())

    def _take(self, office: PostOffice) -> None:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        if office.said_to_data.startswith("2"):
            message = message_from_bytes(b"".join(lines), policy=default)
            assert isinstance(message, EmailMessage)
            office.taken.append(message)
        self._say(office.said_to_data)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    office: PostOffice


@contextmanager
def open_post_office(port: int = 0) -> Iterator[PostOffice]:
    """Run the server for as long as the block lasts."""
    with _Server(("127.0.0.1", port), _Desk) as server:
        server.office = PostOffice(int(server.server_address[1]))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.office
        finally:
            server.shutdown()
