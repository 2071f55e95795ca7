"""A throw-away server that takes encrypted connections over TCP, with certificates of an authority of its own."""

from __future__ import annotations

import os
import socket
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from postgres_cluster import WHEEL, Cluster, find_binaries

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

NAME = "records.example.org"
"""What the server's certificate says it is called; nobody looks it up, tests give the address beside it."""
WITHOUT = "the PostgreSQL to test with was built without TLS"


class Authority(NamedTuple):
    """A certificate authority for servers."""

    certificate: x509.Certificate
    key: EllipticCurvePrivateKey


def has_tls() -> bool:
    """Whether this build of the server supports TLS; the one of the wheel does not."""
    return WHEEL not in find_binaries().parts


def authority(name: str) -> Authority:
    """Make an authority that signs for servers."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _named(name, name, key).add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    return Authority(builder.sign(key, hashes.SHA256()), key)


def _named(subject: str, issuer: str, key: EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
    )


def write(certificate: x509.Certificate, path: Path) -> str:
    """Write a certificate and give its path."""
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return str(path)


class TlsCluster(Cluster):
    """A cluster that listens on a port of 127.0.0.1 and takes only encrypted connections there, with a password."""

    signer: Authority

    @classmethod
    def listening(cls, then: Callable[[Path], None] | None = None, *, is_migrated: bool = False) -> TlsCluster:
        """Make and start it, as `start` does; `then` is given the data folder when its certificates are there."""
        signer = authority("Office authority")

        def prepare(data: Path) -> None:
            _certify(signer, data)
            if then is not None:
                then(data)

        cluster = cls.start("-c ssl=on", ["-k"], prepare, free_port(), is_migrated=is_migrated)
        cluster.signer = signer
        return cluster


def _certify(signer: Authority, data: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    names = x509.SubjectAlternativeName([x509.DNSName(NAME)])
    signed = _named(NAME, "Office authority", key).add_extension(names, critical=False)
    write(signed.sign(signer.key, hashes.SHA256()), data / "server.crt")
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (data / "server.key").write_bytes(private)
    owner = data.stat()
    for name in ("server.crt", "server.key"):
        os.chown(data / name, owner.st_uid, owner.st_gid)
        (data / name).chmod(0o600)
    (data / "pg_hba.conf").write_text(
        "local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n", encoding="utf-8"
    )


_PORTS = count(20_000 + os.getpid() * 31 % 12_000)
"""Below those that a system gives to whoever connects: one of these could be given away before it is listened on."""


def free_port() -> int:
    """Find a port nobody listens on, which no other process of a run finds either."""
    for port in _PORTS:
        with suppress(OSError), closing(socket.socket()) as tried:
            tried.bind(("127.0.0.1", port))
            return port
    raise AssertionError
