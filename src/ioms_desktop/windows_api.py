"""What only Windows can be asked, and what cannot be imported elsewhere: access lists, drives, who has a file open."""

import ctypes
import msvcrt
import os
import sys
from ctypes import wintypes
from pathlib import Path
from typing import Any

assert sys.platform == "win32"  # noqa: S101 - so that mypy reads the rest for Windows only

FULL_ACCESS_ACES = "(A;{flags};FA;;;{user})(A;{flags};FA;;;SY)(A;{flags};FA;;;BA)"
"""The user, the system and administrators, in Windows' notation. The last two are what root is elsewhere: they can read
every file whatever its list says, and backups run as the system."""
INHERITED = "OICI"
"""Flags of a folder's list: what is made in the folder gets the same list."""
SDDL_REVISION = 1
DACL_INFORMATION, PROTECTED_DACL_INFORMATION = 0x4, 0x80000000
READ_AND_WRITE, CREATE_NEW, NORMAL_ATTRIBUTES = 0xC0000000, 1, 0x80
TOKEN_QUERY, TOKEN_USER = 0x8, 1
MAX_PATH_LETTERS = 32_768
MAX_HOLDERS = 16

_kernel = ctypes.WinDLL("kernel32", use_last_error=True)
_kernel.CreateFileW.restype = wintypes.HANDLE
_kernel.GetCurrentProcess.restype = wintypes.HANDLE
_kernel.LocalFree.argtypes = (ctypes.c_void_p,)
_kernel.CloseHandle.argtypes = (wintypes.HANDLE,)
_advapi = ctypes.WinDLL("advapi32", use_last_error=True)


class _SecurityAttributes(ctypes.Structure):
    _fields_ = (("size", wintypes.DWORD), ("descriptor", ctypes.c_void_p), ("inherit", wintypes.BOOL))


class _ProcessInfo(ctypes.Structure):
    _fields_ = (
        ("pid", wintypes.DWORD),
        ("started", wintypes.FILETIME),
        ("name", wintypes.WCHAR * 256),
        ("service", wintypes.WCHAR * 64),
        ("kind", ctypes.c_int),
        ("status", wintypes.ULONG),
        ("session", wintypes.DWORD),
        ("restartable", wintypes.BOOL),
    )


def create_owner_only(path: Path) -> None:
    """Create an empty file that from its first moment only its owner may use.

    Raises:
        FileExistsError: There is a file of that name already.
        OSError: It cannot be created.
    """
    descriptor = _descriptor(_owner_only_list(flags=""))
    try:
        attributes = _SecurityAttributes(ctypes.sizeof(_SecurityAttributes), descriptor, False)
        handle = _kernel.CreateFileW(
            ctypes.c_wchar_p(str(path)),
            wintypes.DWORD(READ_AND_WRITE),
            0,
            ctypes.byref(attributes),
            CREATE_NEW,
            NORMAL_ATTRIBUTES,
            None,
        )
        if handle == wintypes.HANDLE(-1).value:
            raise ctypes.WinError(ctypes.get_last_error())
        os.close(msvcrt.open_osfhandle(handle, 0))
    finally:
        _kernel.LocalFree(descriptor)


def keep_to_owner(folder: Path) -> None:
    """Let only its owner use a folder, and what will be made in it.

    Raises:
        OSError: The list cannot be set.
    """
    descriptor = _descriptor(_owner_only_list(flags=INHERITED))
    try:
        what = wintypes.DWORD(DACL_INFORMATION | PROTECTED_DACL_INFORMATION)
        if not _advapi.SetFileSecurityW(ctypes.c_wchar_p(str(folder)), what, ctypes.c_void_p(descriptor)):
            raise ctypes.WinError(ctypes.get_last_error())
    finally:
        _kernel.LocalFree(descriptor)


def file_access_list(path: Path) -> str:
    """Read the access list of a file or folder, in Windows' notation.

    Raises:
        OSError: It cannot be read.
    """
    size, name = wintypes.DWORD(), ctypes.c_wchar_p(str(path))
    _advapi.GetFileSecurityW(name, DACL_INFORMATION, None, 0, ctypes.byref(size))
    held = ctypes.create_string_buffer(max(size.value, 1))
    if not _advapi.GetFileSecurityW(name, DACL_INFORMATION, held, len(held), ctypes.byref(size)):
        raise ctypes.WinError(ctypes.get_last_error())
    return _text_of(held)


def own_access_list() -> str:
    """Write the list that lets this user in and nobody else: Windows names some accounts by a short form."""
    descriptor = _descriptor(f"D:P(A;;FA;;;{user_sid()})")
    try:
        return _text_of(ctypes.c_void_p(descriptor))
    finally:
        _kernel.LocalFree(descriptor)


def user_sid() -> str:
    """Return the identifier of the account that runs this program."""
    token, size = wintypes.HANDLE(), wintypes.DWORD()
    if not _advapi.OpenProcessToken(wintypes.HANDLE(_kernel.GetCurrentProcess()), TOKEN_QUERY, ctypes.byref(token)):
        raise ctypes.WinError(ctypes.get_last_error())
    try:
        _advapi.GetTokenInformation(token, TOKEN_USER, None, 0, ctypes.byref(size))
        held = ctypes.create_string_buffer(max(size.value, 1))
        if not _advapi.GetTokenInformation(token, TOKEN_USER, held, len(held), ctypes.byref(size)):
            raise ctypes.WinError(ctypes.get_last_error())
    finally:
        _kernel.CloseHandle(token)
    text = wintypes.LPWSTR()
    # The buffer begins with the address of the identifier.
    if not _advapi.ConvertSidToStringSidW(ctypes.c_void_p.from_buffer(held), ctypes.byref(text)):
        raise ctypes.WinError(ctypes.get_last_error())
    return _taken(text)


def drive_type(path: Path) -> int:
    """Return Windows' number for the kind of drive a path is on."""
    root = ctypes.create_unicode_buffer(MAX_PATH_LETTERS)
    if not _kernel.GetVolumePathNameW(ctypes.c_wchar_p(str(path)), root, len(root)):
        root.value = path.anchor
    return int(_kernel.GetDriveTypeW(root))


def programs_using(path: Path) -> list[str]:
    """Name the programs that have a file open, as far as Windows tells."""
    try:
        manager = ctypes.WinDLL("rstrtmgr")  # which asks programs to close for an update, and so knows
    except OSError:
        return []
    session = wintypes.DWORD()
    if manager.RmStartSession(ctypes.byref(session), 0, ctypes.create_unicode_buffer(33)):
        return []
    try:
        return _holders(manager, session, path)
    finally:
        manager.RmEndSession(session)


def _holders(manager: Any, session: wintypes.DWORD, path: Path) -> list[str]:  # noqa: ANN401 - a library
    names = (ctypes.c_wchar_p * 1)(str(path))
    if manager.RmRegisterResources(session, 1, names, 0, None, 0, None):
        return []
    needed, reasons = wintypes.UINT(), wintypes.DWORD()
    count, found = wintypes.UINT(MAX_HOLDERS), (_ProcessInfo * MAX_HOLDERS)()
    if manager.RmGetList(session, ctypes.byref(needed), ctypes.byref(count), found, ctypes.byref(reasons)):
        return []
    return list(dict.fromkeys(str(each.name) for each in found[: count.value] if each.name))


def _owner_only_list(*, flags: str) -> str:
    return "D:P" + FULL_ACCESS_ACES.format(flags=flags, user=user_sid())


def _descriptor(text: str) -> int:
    """Make a security descriptor from its text, which the caller frees."""
    made = ctypes.c_void_p()
    convert = _advapi.ConvertStringSecurityDescriptorToSecurityDescriptorW
    if not convert(ctypes.c_wchar_p(text), SDDL_REVISION, ctypes.byref(made), None) or made.value is None:
        raise ctypes.WinError(ctypes.get_last_error())
    return made.value


def _text_of(descriptor: Any) -> str:  # noqa: ANN401 - an address or a buffer
    text = wintypes.LPWSTR()
    convert = _advapi.ConvertSecurityDescriptorToStringSecurityDescriptorW
    if not convert(descriptor, SDDL_REVISION, DACL_INFORMATION, ctypes.byref(text), None):
        raise ctypes.WinError(ctypes.get_last_error())
    return _taken(text)


def _taken(text: wintypes.LPWSTR) -> str:
    """Read a text that Windows made for the caller, and free it."""
    said = text.value or ""
    _kernel.LocalFree(ctypes.cast(text, ctypes.c_void_p))
    return said
