"""People who sign in to a shared database with a Kerberos ticket, as in an office with Active Directory."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

import psycopg
import pytest
from sqlalchemy import make_url

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.errors import Refused, SignInRefused
from ioms_desktop.services import drafts
from ioms_desktop.services.accounts.users import add_user
from ioms_desktop.services.sign_in.sign_in import sign_in
from ioms_desktop.storage import users
from keys import with_users
from storage.kerberos_realm import NAME as REALM
from storage.kerberos_realm import WITHOUT as WITHOUT_KERBEROS
from storage.kerberos_realm import Realm, has_kerberos
from storage.tls_cluster import NAME, WITHOUT, TlsCluster, has_tls, write
from waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PASSWORD = "of the network alone"
RULES = f"""
local all postgres trust
hostgssenc all +ioms_people 127.0.0.1/32 gss include_realm=0 krb_realm={REALM}
hostssl all +ioms_people 127.0.0.1/32 gss include_realm=0 krb_realm={REALM}
"""


class Network(NamedTuple):
    """A realm, and a server that belongs to it."""

    realm: Realm
    cluster: TlsCluster
    address: str
    ca: str

    def location(self, **options: str) -> str:
        """Return the address as a workstation has it; the number beside the name spares asking the network."""
        url = make_url(self.address)._replace(username=None).set(host=NAME, port=self.cluster.port, query={})
        more = {"hostaddr": "127.0.0.1", "sslrootcert": self.ca, **options}
        return url.update_query_dict(more).render_as_string()


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    if not has_tls():
        pytest.skip(WITHOUT)
    if not has_kerberos():
        pytest.skip(WITHOUT_KERBEROS)
    realm = Realm.start()

    def settle(data: Path) -> None:
        owner = data.stat()
        keytab = realm.add_service(f"postgres/{NAME}", readable_by=(owner.st_uid, owner.st_gid))
        (data / "pg_hba.conf").write_text(RULES, encoding="utf-8")
        with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(f"krb_server_keyfile = '{keytab}'\n")

    with pytest.MonkeyPatch.context() as patched:
        for name, value in realm.environment.items():
            patched.setenv(name, value)  # the server reads it too
        cluster = TlsCluster.listening(settle, is_migrated=True)
        address = cluster.create_migrated("records")
        with_users(address, {"admin": Role.ADMINISTRATOR, "shah": Role.OFFICER}, "")
        for name in ("admin", "shah", "okoro"):
            realm.add_person(name, PASSWORD)
        yield Network(
            realm, cluster, address, write(cluster.signer.certificate, tmp_path_factory.mktemp("ca") / "ca.crt")
        )
        cluster.stop()
        realm.stop()


@pytest.fixture
def holding(network: Network, monkeypatch: pytest.MonkeyPatch) -> Holding:
    return Holding(network, monkeypatch)


class Holding:
    """Whose ticket this workstation holds."""

    def __init__(self, network: Network, patched: pytest.MonkeyPatch) -> None:
        """Hold none."""
        self._realm, self._patched = network.realm, patched
        patched.setenv("KRB5CCNAME", f"FILE:{network.realm.folder / 'none'}")

    def ticket(self, name: str, *, lasting: str = "10h") -> None:
        """Hold somebody's."""
        self._patched.setenv("KRB5CCNAME", self._realm.ticket(name, PASSWORD, lasting=lasting)["KRB5CCNAME"])


def refusal(location: str, name: str) -> str:
    with pytest.raises(Refused) as caught:
        sign_in(location, name, "")
    return caught.value.sentence


def encrypted_by(network: Network, name: str) -> tuple[object, object]:
    """Ask the server how a person's lines are encrypted: by TLS, by Kerberos."""
    with psycopg.connect(network.address) as keeper:
        row = keeper.execute(
            "SELECT bool_and(s.ssl), bool_and(g.encrypted) FROM pg_stat_activity a "
            "JOIN pg_stat_ssl s USING (pid) JOIN pg_stat_gssapi g USING (pid) WHERE usename = %s",
            (name,),
        ).fetchone()
    assert row is not None
    return row[0], row[1]


@pytest.mark.parametrize(
    ("options", "encrypted"),
    [({}, (True, False)), ({"gssencmode": "require"}, (False, True))],
    ids=["by TLS, which proves the server", "by Kerberos, where the address says so"],
)
def test_a_ticket_lets_its_owner_in_without_a_password(
    network: Network, holding: Holding, options: dict[str, str], encrypted: tuple[bool, bool]
) -> None:
    holding.ticket("shah")
    session = sign_in(network.location(**options), "shah", "")
    assert (session.user, session.role) == ("shah", Role.OFFICER)
    assert drafts.can_keep_drafts(session)
    assert encrypted_by(network, "shah") == encrypted
    session.store.close()


def test_a_ticket_lets_nobody_else_in(network: Network, holding: Holding) -> None:
    holding.ticket("okoro")
    assert "given to another name" in refusal(network.location(), "shah")


def test_who_is_in_the_directory_and_was_not_added_here_is_not_let_in(network: Network, holding: Holding) -> None:
    holding.ticket("okoro")
    assert "to add you" in refusal(network.location(), "okoro")
    holding.ticket("admin")
    session = sign_in(network.location(), "admin", "")
    add_user(session, "okoro", Role.NAVIGATOR, None)
    session.store.close()
    holding.ticket("okoro")
    theirs = sign_in(network.location(), "okoro", "")
    assert theirs.role is Role.NAVIGATOR
    theirs.store.close()


def test_without_a_ticket_and_with_one_that_has_run_out_it_is_said(network: Network, holding: Holding) -> None:
    assert "There is no Kerberos ticket" in refusal(network.location(), "shah")
    holding.ticket("shah", lasting="1s")
    wait_until(lambda: "has run out" in _refusal_or_none(network.location()))


def _refusal_or_none(location: str) -> str:
    try:
        sign_in(location, "shah", "").store.close()
    except Refused as refused:
        return refused.sentence
    return ""


def test_a_line_lost_after_the_ticket_ran_out_comes_back_with_the_next(network: Network, holding: Holding) -> None:
    holding.ticket("shah")
    session = sign_in(network.location(), "shah", "")
    holding.ticket("shah", lasting="1s")
    wait_until(lambda: "has run out" in _refusal_or_none(network.location()))
    with session.store.read() as reading:
        assert users.find_user(reading, "shah") is not None, "the line that stands goes on"
    with psycopg.connect(network.address, autocommit=True) as keeper:
        keeper.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'shah'")
    with pytest.raises(SignInRefused), session.store.read():
        pass
    holding.ticket("shah")
    with session.store.read() as reading:
        assert users.find_user(reading, "shah") is not None
    session.store.close()


def test_a_server_that_the_realm_does_not_know_is_said_to_be_one(network: Network, holding: Holding) -> None:
    holding.ticket("shah")
    said = refusal(network.location(krbsrvname="another"), "shah")
    assert "does not know this server by this name" in said
    assert os.environ["KRB5_CONFIG"] not in said
