"""Files in memory for Qt, which reads the pictures of a stylesheet from files only: nothing is written to the disk.

They are registered as a resource, in the format that Qt's own compiler writes: a tree of entries, their names, and the
content. Each registration is a tree of one folder with one file; Qt searches all of them.
"""

import struct

from PySide6.QtCore import qRegisterResourceData

FOLDER = "ioms-icons"
FORMAT_VERSION = 1
FOLDER_FLAG = 0x02
ANY_TERRITORY, ANY_LANGUAGE = 0, 1
_registered: list[tuple[bytes, bytes, bytes]] = []  # Qt reads them where they are


def register_file(name: str, content: bytes) -> str:
    """Make a content readable by Qt under a path, as long as the program runs.

    Args:
        name: The file's name, not used before.
        content: Its content.

    Returns:
        The path, which begins with a colon.
    """
    folder_name, file_name = _name_entry(FOLDER), _name_entry(name)
    tree = b"".join(
        (
            struct.pack(">IHII", 0, FOLDER_FLAG, 1, 1),  # the root, which has no name of its own
            struct.pack(">IHII", 0, FOLDER_FLAG, 1, 2),
            struct.pack(">IHHHI", len(folder_name), 0, ANY_TERRITORY, ANY_LANGUAGE, 0),
        )
    )
    parts = (tree, folder_name + file_name, struct.pack(">I", len(content)) + content)
    _registered.append(parts)
    if not qRegisterResourceData(FORMAT_VERSION, *parts):
        raise RuntimeError(name)
    return f":/{FOLDER}/{name}"


def _name_entry(name: str) -> bytes:
    return struct.pack(">HI", len(name), _name_hash(name)) + name.encode("utf-16-be")


def _name_hash(name: str) -> int:
    """Hash a name as Qt does to find an entry."""
    code = 0
    for letter in name:
        code = (code << 4) + ord(letter)
        code ^= (code & 0xF0000000) >> 23
        code &= 0x0FFFFFFF
    return code
