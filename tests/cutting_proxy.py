"""A proxy for a PostgreSQL server that can cut the connection before or after any message of the protocol.

It listens on a socket in a folder of its own, as the cluster of the tests does, and forwards each message separately.
"""

from __future__ import annotations

import asyncio
import contextlib
import struct
import threading
from typing import TYPE_CHECKING

from sqlalchemy import URL, make_url

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

SOCKET = ".s.PGSQL.5432"
LENGTH = struct.Struct("!I")


class CuttingProxy:
    """Counts messages once it is armed, and cuts every connection at the chosen one."""

    def __init__(self, folder: Path, url: str) -> None:
        """Forward connections to ``url`` of this proxy to the server of that URL."""
        self._folder, self._server = folder, make_url(url)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._lines: set[asyncio.StreamWriter] = set()
        self._armed, self._cut_at, self._after = False, 0, False
        self._at_words = b""
        self._listener: asyncio.Server | None = None
        self.passed: list[str] = []
        self.has_cut = False
        self.down = False

    @property
    def url(self) -> str:
        """The address through the proxy."""
        through = URL.create(
            "postgresql", username=self._server.username, password=self._server.password,
            database=self._server.database, query={"host": str(self._folder)},
        )  # fmt: skip
        return through.render_as_string(hide_password=False)

    def __enter__(self) -> Self:
        """Listen."""
        self._thread.start()
        served = asyncio.start_unix_server(self._serve, str(self._folder / SOCKET))
        self._listener = asyncio.run_coroutine_threadsafe(served, self._loop).result(10)
        return self

    def __exit__(self, *_: object) -> None:
        """Cut every connection and stop."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _end(self) -> None:
        if self._listener is not None:
            self._listener.close()
        self._cut()
        under_way = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*under_way, return_exceptions=True)

    def arm(self, cut_at: int = 0, *, words: bytes = b"", after: bool = False) -> None:
        """Start counting; cut before or after the message with this number, or the first that contains these words."""
        self.passed.clear()
        self.has_cut = False
        self._armed, self._cut_at, self._at_words, self._after = True, cut_at, words, after

    def disarm(self) -> None:
        """Let everything pass."""
        self._armed = False

    async def _serve(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        if self.down:
            to_client.transport.abort()
            return
        self._lines.add(to_client)
        host = self._server.query.get("host")
        if isinstance(host, str):
            server, to_server = await asyncio.open_unix_connection(f"{host}/{SOCKET}")
        else:
            server, to_server = await asyncio.open_connection(self._server.host, self._server.port or 5432)
        for writer in (to_client, to_server):
            writer.transport.set_write_buffer_limits(high=0)
            self._lines.add(writer)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            # What opens a line has no letter before its length.
            first = await client.readexactly(4)
            to_server.write(first + await client.readexactly(LENGTH.unpack(first)[0] - 4))
        await asyncio.gather(self._carry(client, to_server, "client"), self._carry(server, to_client, "server"))
        self._lines -= {to_client, to_server}

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, whose: str) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readexactly(5)
                message = head + await reader.readexactly(LENGTH.unpack(head[1:])[0] - 4)
                here = self._count(f"{whose} {chr(head[0])}", message)
                if here and not self._after:
                    self._cut()
                    return
                writer.write(message)
                await writer.drain()
                if here:
                    self._cut()
                    return
        writer.close()

    def _count(self, name: str, message: bytes) -> bool:
        if not self._armed:
            return False
        self.passed.append(name)
        return len(self.passed) == self._cut_at or (bool(self._at_words) and self._at_words in message)

    def _cut(self) -> None:
        self.has_cut, self._armed = self._armed, False
        for writer in self._lines:
            writer.transport.abort()
        self._lines.clear()
