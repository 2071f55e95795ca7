"""Connection parameters for a server: encryption, proof of its identity, keepalives and timeouts."""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import URL

from ioms_desktop.domain.errors import UnsafeDatabase

TIMEOUT_SECONDS = 10
KEEPALIVE_SECONDS = 30
SAFE_SSLMODE = "verify-full"
WEAK_SSLMODES = frozenset({"disable", "allow", "prefer", "require", "verify-ca"})
"""None of them proves that it is the server which was asked for."""
LOCAL_HOSTS = frozenset({"", "localhost", "::1"})
DRIVE_PATH = re.compile(r"[A-Za-z]:[\\/]")
"""The beginning of a path on a drive of Windows; the path of a share may lead to another machine."""
# The timeouts keep a forgotten window from blocking others; `extend_timeouts` allows a long transaction more. What is
# streamed is read to its end: planned for its first tenth, as is usual, a join compares every row with every other.
SESSION_SETTINGS = {
    "timezone": "UTC",
    "search_path": "public,ioms_audit",
    "lock_timeout": "5s",
    "statement_timeout": "15s",
    "idle_in_transaction_session_timeout": "10s",
    "client_connection_check_interval": "10s",
    "cursor_tuple_fraction": "1",
    # With it on no record is read (migration 0086); a database may be set so.
    "debug_print_plan": "off",
}


def connect_arguments(
    url: URL, environ: Mapping[str, str] | None = None, *, sends_password: bool = False
) -> dict[str, Any]:
    """Return the driver's arguments for a connection, beyond its address.

    The driver itself reads the address and the usual environment variables (PGSSLMODE, PGSSLROOTCERT, PGSERVICE,
    PGPASSFILE and so on); this adds only what neither may leave open.

    Args:
        url: The address, with its query options.
        environ: The environment; None for that of the process.
        sends_password: Whether somebody's own password goes with it, which is then never sent as it is.

    Raises:
        Refused: The address asks for a connection to another machine that others could read or impersonate.
    """
    given = os.environ if environ is None else environ
    arguments: dict[str, Any] = {
        "connect_timeout": _option_value(url, given, "connect_timeout", "PGCONNECT_TIMEOUT") or TIMEOUT_SECONDS,
        "application_name": "ioms-desktop",
        "keepalives": 1,
        "keepalives_idle": KEEPALIVE_SECONDS,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": KEEPALIVE_SECONDS * 1000,
        "options": " ".join(
            [*_option_values(url, "options"), *(f"-c {name}={value}" for name, value in SESSION_SETTINGS.items())],
        ),
    }
    # The server's certificate proves its identity, whether or not the user has a Kerberos ticket. Kerberos encryption
    # would bypass that proof and would be tried in vain first if the server wants TLS, so it has to be asked for.
    if not _option_value(url, given, "gssencmode", "PGGSSENCMODE") and not _option_value(
        url, given, "service", "PGSERVICE"
    ):
        arguments["gssencmode"] = "disable"
    is_local = _is_local_connection(url, given)
    if sends_password or not is_local:
        arguments["require_auth"] = _accepted_authentication(url, given)
    if not is_local:
        mode = _option_value(url, given, "sslmode", "PGSSLMODE") or SAFE_SSLMODE
        if mode in WEAK_SSLMODES:
            raise UnsafeDatabase(
                f"sslmode={mode} would let others on the network read or change what is sent. Nothing was opened; "
                f"use sslmode={SAFE_SSLMODE}, with sslrootcert naming the certificate of your authority."
            )
        arguments["sslmode"] = mode
    return arguments


def _accepted_authentication(url: URL, environ: Mapping[str, str]) -> str:
    """Return by which methods a server may ask who somebody is: whoever answers could ask for the password itself."""
    service = _option_value(url, environ, "service", "PGSERVICE")  # its file may name a certificate too
    certificate = _option_value(url, environ, "sslcert", "PGSSLCERT") or service or _own_certificate(environ)
    # A server that knows somebody by their certificate asks nothing more.
    return "scram-sha-256,gss,none" if certificate else "scram-sha-256,gss"


def _own_certificate(environ: Mapping[str, str]) -> str:
    """Return the certificate that the driver presents where none is named; empty if there is none."""
    roaming, home = environ.get("APPDATA", ""), environ.get("HOME", "")
    folder = Path(roaming, "postgresql") if roaming else Path(home, ".postgresql")
    path = folder / "postgresql.crt"
    return str(path) if (roaming or home) and path.is_file() else ""


def names_nobody(url: URL, environ: Mapping[str, str] | None = None) -> bool:
    """Whether an address of another machine names no user: the driver would try the account of this computer."""
    given = os.environ if environ is None else environ
    if _is_local_connection(url, given):
        return False
    service = _option_value(url, given, "service", "PGSERVICE")
    return not (url.username or service or _option_value(url, given, "user", "PGUSER"))


def _is_local_connection(url: URL, environ: Mapping[str, str]) -> bool:
    """Whether a connection stays on this machine; if a service file decides, assume that it does not."""
    hosts = [url.host] if url.host else list(_option_values(url, "host"))
    hosts = hosts or _split(environ.get("PGHOST", ""))
    addresses = list(_option_values(url, "hostaddr")) or _split(environ.get("PGHOSTADDR", ""))
    if not hosts and not addresses:
        return not (_option_value(url, environ, "service", "PGSERVICE") or "")
    return all(_is_local(each) for each in (*hosts, *addresses))


def _is_local(host: str) -> bool:
    # The driver takes a path for the folder of a socket, on Windows one with a drive too.
    return host in LOCAL_HOSTS or host.startswith(("/", "@", "127.")) or bool(DRIVE_PATH.match(host))


def _option_value(url: URL, environ: Mapping[str, str], name: str, variable: str) -> str | None:
    return next(iter(_option_values(url, name)), None) or environ.get(variable) or None


def _option_values(url: URL, name: str) -> Iterable[str]:
    """Return each value of an option of the address, whether it is repeated or separated by commas."""
    found = url.query.get(name, ())
    values = (found,) if isinstance(found, str) else found
    return values if name == "options" else [part for value in values for part in _split(value)]


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
