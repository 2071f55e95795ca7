"""Checks of PNG and JPEG files, by their own structure and without decoding a picture."""

import struct
from zlib import crc32

from ioms_desktop.domain.documents.file_types import MAX_PIXELS, FileType, refuse_content, refuse_damaged

PNG_START = b"\x89PNG\r\n\x1a\n"
JPEG_START, JPEG_END = b"\xff\xd8\xff", b"\xff\xd9"
HEADER_BYTES = 8
CRC_BYTES = 4
SIZE_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""The markers of a JPEG that are followed by its width and height."""
BARE_MARKERS = frozenset({0x01, *range(0xD0, 0xDA)})
"""The markers of a JPEG that no length follows."""
SCAN_MARKER = 0xDA


def check_png(name: str, content: bytes) -> None:
    """Refuse a PNG that is damaged, too large to be shown, or followed by something else.

    Raises:
        Refused: It is; the sentence says which.
    """
    at, first = len(PNG_START), True
    while True:
        length, kind = _chunk_header(name, content, at)
        end = at + HEADER_BYTES + length + CRC_BYTES
        if end > len(content):
            raise refuse_damaged(name)
        body = content[at + HEADER_BYTES : end - CRC_BYTES]
        if crc32(kind + body).to_bytes(CRC_BYTES) != content[end - CRC_BYTES : end]:
            raise refuse_damaged(name)
        if first != (kind == b"IHDR"):
            raise refuse_damaged(name)
        if first:
            _refuse_large(name, *_png_size(name, body))
        if kind == b"IEND":
            break
        at, first = end, False
    if content[end:].strip(b"\0"):
        raise refuse_content(name, "holds something else behind its picture", "save the picture again as PNG")


def _chunk_header(name: str, content: bytes, at: int) -> tuple[int, bytes]:
    if at + HEADER_BYTES > len(content):
        raise refuse_damaged(name)
    length, kind = struct.unpack_from(">I4s", content, at)
    return length, kind


def _png_size(name: str, header: bytes) -> tuple[int, int]:
    if len(header) < HEADER_BYTES:
        raise refuse_damaged(name)
    width, height = struct.unpack_from(">II", header)
    return width, height


def check_jpeg(name: str, content: bytes) -> None:
    """Refuse a JPEG that is damaged or too large to be shown.

    Raises:
        Refused: It is; the sentence says which.
    """
    at, sized = 2, False
    while True:
        marker, at = _next_marker(name, content, at)
        if marker in BARE_MARKERS:
            continue
        if at + 2 > len(content):
            raise refuse_damaged(name)
        (length,) = struct.unpack_from(">H", content, at)
        if length < 2 or at + length > len(content):  # noqa: PLR2004 - the length counts its own two bytes
            raise refuse_damaged(name)
        if marker in SIZE_MARKERS:
            _refuse_large(name, *_jpeg_size(name, content[at : at + length]))
            sized = True
        at += length
        if marker == SCAN_MARKER:
            break
    if not sized or JPEG_END not in content[at:]:
        raise refuse_damaged(name)


def _next_marker(name: str, content: bytes, at: int) -> tuple[int, int]:
    """Return the marker at a place, and where it ends; bytes of 255 may fill the space before it."""
    if content[at : at + 1] != b"\xff":
        raise refuse_damaged(name)
    while content[at : at + 1] == b"\xff":
        at += 1
    if at >= len(content):
        raise refuse_damaged(name)
    return content[at], at + 1


def _jpeg_size(name: str, segment: bytes) -> tuple[int, int]:
    if len(segment) < HEADER_BYTES:
        raise refuse_damaged(name)
    height, width = struct.unpack_from(">HH", segment, 3)
    return width, height


def _refuse_large(name: str, width: int, height: int) -> None:
    if not width or not height:
        raise refuse_damaged(name)
    if width * height > MAX_PIXELS:
        raise refuse_content(
            name,
            f"is a picture of {width:,} by {height:,} pixels, and at most {MAX_PIXELS // 1_000_000} million are shown",
            "scan it at a lower resolution, or save it smaller",
        )


CHECKS = {FileType.PNG: check_png, FileType.JPEG: check_jpeg}
