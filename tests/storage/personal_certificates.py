"""Certificates of persons: issued by an authority of their own, revoked by its list."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import psycopg
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import make_url

from ioms_desktop.domain.access.roles import Role
from keys import with_users
from storage.tls_cluster import NAME, Authority, TlsCluster, authority, write

if TYPE_CHECKING:
    from pathlib import Path

PASSWORD = "four plain words here"


class Personal(NamedTuple):
    """The certificate files on a person's workstation."""

    certificate: x509.Certificate
    sslcert: str
    sslkey: str

    @property
    def options(self) -> dict[str, str]:
        """The options of the database URL that name it."""
        return {"sslcert": self.sslcert, "sslkey": self.sslkey}


def issue(signer: Authority, name: str, folder: Path, *, days: int = 1, phrase: str = "", called: str = "") -> Personal:
    """Issue a certificate to a person and put it where their program finds it.

    Args:
        signer: The authority.
        name: The person's login, the common name.
        folder: Where certificate and key are written.
        days: Its validity from now; below one it has already expired.
        phrase: The passphrase of the key; empty for none.
        called: The name of the files; the person's name if empty.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    ends = datetime.now(UTC) + timedelta(days=days)
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(signer.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(ends - timedelta(days=30))
        .not_valid_after(ends)
        .sign(signer.key, hashes.SHA256())
    )
    under = serialization.BestAvailableEncryption(phrase.encode()) if phrase else serialization.NoEncryption()
    place = folder / f"{called or name}.key"
    place.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, under))
    place.chmod(0o600)
    return Personal(made, write(made, folder / f"{called or name}.crt"), str(place))


def write_revoked(signer: Authority, revoked: list[x509.Certificate], path: Path, *, days: int = 30) -> None:
    """Write an authority's list of certificates that count no more; it counts itself for so many days from now."""
    now = datetime.now(UTC)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(signer.certificate.subject)
        .last_update(now - timedelta(days=60))
        .next_update(now + timedelta(days=days))
    )
    for each in revoked:
        builder = builder.add_revoked_certificate(
            x509.RevokedCertificateBuilder().serial_number(each.serial_number).revocation_date(now).build()
        )
    path.write_bytes(builder.sign(signer.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))


RULES = r"""
local all postgres trust
hostssl all plain 127.0.0.1/32 scram-sha-256
hostssl all mapped 127.0.0.1/32 cert map=people
hostssl all +ioms_people 127.0.0.1/32 cert
"""
"""As deploy/README.md has it: by certificate whose common name is the login, or is brought to it by pg_ident.conf."""
NAMES = "people  /^(.*)@office\\.example\\.org$  \\1\n"


class CertifiedOffice:
    """A shared database to which people sign in with certificates of one authority."""

    def __init__(self, folder: Path) -> None:
        """Start it.

        Args:
            folder: Where what people have on their workstations lies.
        """
        self.folder = folder
        self.people = authority("People of the office")
        self.cluster = TlsCluster.listening(self._settle, is_migrated=True)
        self.address = self.cluster.create_migrated("records")
        self.ca = write(self.cluster.signer.certificate, folder / "ca.crt")
        with_users(self.address, {"admin": Role.ADMINISTRATOR, "shah": Role.OFFICER, "mapped": Role.OFFICER}, "")
        with_users(self.address, {"plain": Role.OFFICER}, PASSWORD)

    def _settle(self, data: Path) -> None:
        (data / "pg_hba.conf").write_text(RULES, encoding="utf-8")
        (data / "pg_ident.conf").write_text(NAMES, encoding="utf-8")
        write(self.people.certificate, data / "people.crt")
        write_revoked(self.people, [], data / "people.crl")
        with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write("ssl_ca_file = 'people.crt'\nssl_crl_file = 'people.crl'\n")

    def location(self, **options: str) -> str:
        """Return the address as a workstation has it; the number beside the name spares asking the network."""
        url = make_url(self.address)._replace(username=None).set(host=NAME, port=self.cluster.port, query={})
        more = {"hostaddr": "127.0.0.1", "sslrootcert": self.ca, **options}
        return url.update_query_dict(more).render_as_string()

    def revoke(self, *certificates: x509.Certificate, days: int = 30) -> None:
        """Put certificates on the list, as whoever runs the authority does, and have the server read it."""
        write_revoked(self.people, list(certificates), self.cluster.folder / "data" / "people.crl", days=days)
        self._reload()

    def trust(self, certificate: Path, withdrawn: Path) -> None:
        """Have the server trust another authority instead."""
        for source, name in ((certificate, "people.crt"), (withdrawn, "people.crl")):
            (self.cluster.folder / "data" / name).write_bytes(source.read_bytes())
        self._reload()

    def trust_its_own(self) -> None:
        """Have the server trust the authority it began with."""
        write(self.people.certificate, self.cluster.folder / "data" / "people.crt")
        self.revoke()

    def _reload(self) -> None:
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute("SELECT pg_reload_conf()")
