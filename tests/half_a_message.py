"""Processes that stop in the middle of a message, or give an answer late."""

import os
import signal
import struct
from multiprocessing.connection import Connection

from ioms_desktop.services.documents.apart import Answer


def serve(pipe: Connection) -> None:
    """Answer once, then take no more than the beginning of a message, give half of one and stop."""
    for _ in range(2):
        pipe.send_bytes(Answer().written())  # it has begun; then the answer
        begun = _take_beginning(pipe)
    _give_half(pipe, begun)


def serve_shares(pipe: Connection) -> None:
    """Become ready for shares of the cases, then take the beginning of one, give half of a result and stop."""
    pipe.send("begun")
    pipe.recv()
    pipe.send("ready")
    _give_half(pipe, _take_beginning(pipe))


def _take_beginning(pipe: Connection) -> bytes:
    return os.read(pipe.fileno(), 1) + os.read(pipe.fileno(), 1_000)


def _give_half(pipe: Connection, begun: bytes) -> None:
    os.write(pipe.fileno(), struct.pack("!i", len(begun)) + b"half")
    while True:
        signal.pause()


def serve_late(pipe: Connection) -> None:
    """Answer the first question at once, and each other only when the next one has come."""
    pipe.send_bytes(Answer().written())  # it has begun
    for words in ("first", "", "second", "third"):
        pipe.recv()
        if words:
            pipe.send_bytes(Answer(words).written())
