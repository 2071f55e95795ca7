"""A throw-away Kerberos realm: a key distribution centre of its own on a port of this machine, and tickets from it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Self

from storage.tls_cluster import free_port
from waiting import wait_until

NAME = "OFFICE.EXAMPLE.ORG"
PROGRAMS = ("krb5kdc", "kdb5_util", "kadmin.local", "kinit")
WITHOUT = "needs krb5-kdc, krb5-admin-server and krb5-user, which make test does not install"
CLIENT = """\
[libdefaults]
  default_realm = {realm}
  dns_lookup_realm = false
  dns_lookup_kdc = false
  dns_canonicalize_hostname = false
  rdns = false
  udp_preference_limit = 1
[realms]
  {realm} = {{
    kdc = 127.0.0.1:{port}
  }}
"""
CENTRE = """\
[kdcdefaults]
  kdc_listen = 127.0.0.1:{port}
  kdc_tcp_listen = 127.0.0.1:{port}
[realms]
  {realm} = {{
    database_name = {folder}/principal
    key_stash_file = {folder}/stash
    acl_file = {folder}/acl
    max_life = 10h
  }}
"""


def has_kerberos() -> bool:
    """Whether a realm can be made on this machine."""
    return all(_program(name) for name in PROGRAMS)


def _program(name: str) -> str | None:
    return shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin")))


class Realm:
    """A realm that runs until it is stopped."""

    def __init__(self, folder: Path, centre: subprocess.Popen[bytes]) -> None:
        """Use `Realm.start()`."""
        self.folder = folder
        self._centre = centre

    @classmethod
    def start(cls) -> Self:
        """Make a realm and start its centre (about a second)."""
        folder, port = Path(tempfile.mkdtemp(prefix="ioms-krb-")), free_port()
        folder.chmod(0o711)  # the server's account reads its own keytab there, and lists nothing
        for name, text in (("krb5.conf", CLIENT), ("kdc.conf", CENTRE)):
            (folder / name).write_text(text.format(realm=NAME, port=port, folder=folder), encoding="utf-8")
        environment = os.environ | settings(folder)
        _run(environment, "kdb5_util", "create", "-s", "-r", NAME, "-P", "of the realm")
        centre = subprocess.Popen(
            [_program("krb5kdc") or "", "-n", "-P", str(folder / "pid")],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _until_it_answers(port)
        return cls(folder, centre)

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables of a program in the realm."""
        return settings(self.folder)

    def add_service(self, name: str, *, readable_by: tuple[int, int] | None = None) -> Path:
        """Add a service and give its keytab."""
        keytab = self.folder / f"{name.replace('/', '-')}.keytab"
        self._administer(f"addprinc -randkey {name}")
        self._administer(f"ktadd -k {keytab} {name}")
        keytab.chmod(0o600)
        if readable_by is not None:
            os.chown(keytab, *readable_by)
        return keytab

    def add_person(self, name: str, password: str) -> None:
        """Add a person."""
        self._administer(f'addprinc -pw "{password}" {name}')

    def ticket(self, name: str, password: str, *, lasting: str = "10h") -> dict[str, str]:
        """Sign a person in to the realm, and return the environment variables of their programs."""
        tickets = self.folder / f"tickets of {name} for {lasting}"
        told = self.environment | {"KRB5CCNAME": f"FILE:{tickets}"}
        _run(os.environ | told, "kinit", "-l", lasting, name, said=f"{password}\n")
        return told

    def stop(self) -> None:
        """End the centre and remove everything."""
        self._centre.terminate()
        self._centre.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _administer(self, query: str) -> None:
        _run(os.environ | self.environment, "kadmin.local", "-r", NAME, "-q", query)


def settings(folder: Path) -> dict[str, str]:
    """Name the settings of the realm that lies in a folder."""
    return {"KRB5_CONFIG": str(folder / "krb5.conf"), "KRB5_KDC_PROFILE": str(folder / "kdc.conf")}


def _run(environment: dict[str, str], program: str, *arguments: str, said: str = "") -> None:
    done = subprocess.run(
        [_program(program) or program, *arguments],
        check=False,
        input=said,
        capture_output=True,
        text=True,
        env=environment,
    )
    assert done.returncode == 0, done.stderr


def _until_it_answers(port: int) -> None:
    def answers() -> bool:
        with closing(socket.socket()) as line:
            return line.connect_ex(("127.0.0.1", port)) == 0

    wait_until(answers)
