"""An IMAP server on a free port that says what a test wants it to say.

    with ScriptedImap({"AUTHENTICATE": "NO AUTHENTICATE failed."}) as server:
        ...connect to 127.0.0.1, server.port...
    assert server.heard == ["CAPABILITY", "AUTHENTICATE PLAIN", …]

A script names commands and what they are answered with, after the tag; "greeting" and "capabilities"
are what they say. Without a script every command is answered OK. It never encrypts.
"""

import contextlib
import socket
import threading

CAPABILITIES = "IMAP4rev1 IDLE MOVE UIDPLUS AUTH=PLAIN AUTH=XOAUTH2"


class ScriptedImap:
    def __init__(self, script: dict[str, str] | None = None) -> None:
        self.script = script or {}
        self.heard: list[str] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]

    def __enter__(self) -> "ScriptedImap":
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._listening.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connected, _ = self._listening.accept()
                threading.Thread(target=self._converse, args=[connected], daemon=True).start()

    def _converse(self, connected: socket.socket) -> None:
        with connected, connected.makefile("rwb") as wire, contextlib.suppress(OSError, ValueError):
            self._say(wire, self.script.get("greeting", "* OK ready"))
            while line := wire.readline():
                text = line.decode().strip()
                tag, _, command = text.partition(" ")
                self.heard.append(command)
                name = command.partition(" ")[0].upper()
                if name == "CAPABILITY":
                    self._say(wire, f"* CAPABILITY {self.script.get('capabilities', CAPABILITIES)}")
                if name == "AUTHENTICATE":
                    self._say(wire, "+ ")
                    self.heard.append(wire.readline().decode().strip())
                    if challenge := self.script.get("challenge"):  # the refusal's reason
                        self._say(wire, f"+ {challenge}")
                        self.heard.append(wire.readline().decode().strip())
                self._say(wire, f"{tag} {self.script.get(name, 'OK done')}")
                if name == "LOGOUT":
                    return

    @staticmethod
    def _say(wire: object, line: str) -> None:
        wire.write(f"{line}\r\n".encode())  # type: ignore[attr-defined]
        wire.flush()  # type: ignore[attr-defined]
