"""Carries out deploy/README.md on this machine, in a view of its file system and network that ends with the test.

The commands run as they stand in the guide. Only what the machine cannot give a test is stood in for: `apt` notes what
it is asked to install, `sudo` is `runuser`, `systemctl` is Debian's own `pg_ctlcluster`, and the office's certificate
authority is made on the spot. The words in capitals get a value, as whoever follows the guide gives them one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from guide import GUIDE, Block, blocks

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = GUIDE.parent.parent
SOURCE = ("src", "migrations", "resources", "requirements", "deploy", "pyproject.toml", "README.md", "LICENSE")
PASSWORD = "four plain words here"
DEBIAN = Path("/usr/lib/postgresql")
SHIMS = {
    "apt": 'shift; for each in "$@"; do echo "APT $each"; done',
    "sudo": """[ "$1" = -u ] || exit 64
account="$2"; shift 2
exec runuser -u "$account" -- env -i HOME="$(getent passwd "$account" | cut -d: -f6)" LANG=C.UTF-8 \\
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \\
    ${IOMS_NEW_PASSWORD:+IOMS_NEW_PASSWORD="$IOMS_NEW_PASSWORD"} "$@" """,
    "systemctl": 'exec pg_ctlcluster --skip-systemctl-redirect "$VERSION" main "$1"',
}
PREPARE = """
set -eu
mount --make-rprivate /
for place in etc opt usr/local; do
    mkdir -p "$WORK/up/$place" "$WORK/by/$place"
    mount -t overlay overlay -o "lowerdir=/$place,upperdir=$WORK/up/$place,workdir=$WORK/by/$place" "/$place"
done
for place in /var/lib/postgresql /var/log/postgresql /run/postgresql /var/backups; do
    mkdir -p "$WORK/empty$place"
    mount --bind "$WORK/empty$place" "$place"
done
chown postgres:postgres /var/lib/postgresql /run/postgresql
chown root:postgres /var/log/postgresql && chmod 1775 /var/log/postgresql
chmod 2775 /run/postgresql
rm -rf /etc/postgresql/*
sed -i 's/^create_main_cluster.*//' /etc/postgresql-common/createcluster.conf
echo '127.0.0.1 records.example.org' >> /etc/hosts
# What the package would have made by itself.
pg_createcluster "$VERSION" main > /dev/null
"""
SIGN = """
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days 9 -subj '/CN=Office authority' \\
    -keyout "$WORK/ca.key" -out "$WORK/ca.crt" 2> /dev/null
openssl x509 -req -in /etc/postgresql/ioms/server.csr -CA "$WORK/ca.crt" -CAkey "$WORK/ca.key" -days 9 \\
    -copy_extensions copyall -out /etc/postgresql/ioms/server.crt 2> /dev/null
chmod 644 "$WORK/ca.crt" /etc/postgresql/ioms/server.crt
"""
KEPT = """
kept="$(sudo -u postgres psql -X -A -t -c 'SELECT pg_walfile_name(pg_switch_wal())')"
until [ -e "/var/backups/ioms/wal/$kept" ]; do sleep 0.2; done
"""
AS_ROLE = "ioms-desktop user add {name} --role {role} --database postgresql://records.example.org/ioms --user CHIEF\n"


_followed: set[Block] = set()


def followed() -> set[Block]:
    """Return the blocks of the guide that are carried out."""
    _with_network("15")
    _without_network("15")
    return _followed


def run_guide(work: Path) -> str:
    """Follow the guide from an empty machine to the day after the worst; give everything that was said.

    Raises:
        AssertionError: A command failed; with the end of what was said.
    """
    version = max((each.name for each in DEBIAN.iterdir()), key=float)
    shims, source = work / "shims", work / "source"
    for name, body in SHIMS.items():
        shims.mkdir(exist_ok=True)
        (shims / name).write_text(f"#!/bin/bash\n{body}\n", encoding="utf-8")
        (shims / name).chmod(0o755)
    source.mkdir()
    for name in SOURCE:
        where = ROOT / name
        (shutil.copytree if where.is_dir() else shutil.copy)(where, source / name)
    work.chmod(0o755)
    alone, with_network = work / "alone.sh", work / "with_network.sh"
    alone.write_text(_script(_without_network(version)), encoding="utf-8")
    steps = [*_with_network(version), ("the rest, on a network of its own", f"unshare --net bash {alone}\n")]
    with_network.write_text(PREPARE + _script(steps), encoding="utf-8")
    environment = {
        name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "HTTP", "http"))
    }
    done = subprocess.run(
        ["/usr/bin/unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "bash", str(with_network)],
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=source,
        env=environment
        | {
            "PATH": f"{shims}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": str(work),
            "LANG": "C.UTF-8",
            "WORK": str(work),
            "VERSION": version,
        },
    )
    assert done.returncode == 0, done.stdout[-6000:]
    return done.stdout


def _script(steps: list[tuple[str, str]]) -> str:
    """Make one script that says each step before it is done, and stops at the first that fails."""
    return "set -euo pipefail\n" + "\n".join(f"echo '== {name}'\n{text}" for name, text in steps)


def _block(version: str, begins: str) -> Callable[..., tuple[str, str]]:
    """Find a block by what it begins with; whoever calls the answer gives its words in capitals a value."""
    (found,) = (each for each in blocks() if each.first_line.startswith(begins))
    _followed.add(found)

    def filled(**values: str) -> tuple[str, str]:
        text = found.text.replace(" 15 main", f" {version} main").replace("/15/main", f"/{version}/main")
        text = text.replace("@15-main", f"@{version}-main")
        for name, value in values.items():
            assert name in text, f"the guide no longer says {name}"
            text = text.replace(name, value)
        return begins, text + "\n"

    return filled


def _with_network(version: str) -> list[tuple[str, str]]:
    return [
        _block(version, "apt install postgresql")(),
        _block(version, "python3 -m venv")(),
        _block(version, "apt install python3-venv libglib")(),
    ]


def _without_network(version: str) -> list[tuple[str, str]]:
    def block(begins: str, **values: str) -> tuple[str, str]:
        return _block(version, begins)(**values)

    hba = f"/etc/postgresql/{version}/main/pg_hba.conf"
    secrets = f"IOMS_NEW_PASSWORD='{PASSWORD}' IOMS_PASSWORD='{PASSWORD}'"
    given = f"ip link set lo up\nexport {secrets} PGSSLROOTCERT=$WORK/ca.crt\n"
    again = f"rm /etc/postgresql/{version}/main/conf.d/restore.conf\nsystemctl reload postgresql@{version}-main\n"
    rows = "sudo -u postgres psql -X -A -t -d ioms -c 'SELECT count(*) FROM needs'\n"
    far = "'postgresql://records.example.org/ioms'"
    cron = [line.split("postgres  ", 1)[1] for line in block("MAILTO")[1].splitlines() if "postgres  " in line]
    return [
        ("whoever follows it", given),
        ("the scripts", "cd deploy\n" + block("install -d -m 755 /usr/local")[1] + "cd ..\n"),
        ("the network", f"sed -i 's|10.20.0.0/16|127.0.0.1/32|' {hba}\n"),
        block("install -d -m 750 -o root"),
        ("the authority", SIGN),
        block("systemctl start"),
        block("sudo -u postgres createdb", NAME="CHIEF"),
        block("ioms-desktop user add", ADMIN="CHIEF"),
        *[
            (f"a user: {name}", AS_ROLE.format(name=name, role=role))
            for name, role in (("AUDIT", "auditor"), ("BOSS", "supervisor"), ("SECOND", "administrator"))
        ],
        ("check there", _said("ioms-desktop check --database 'postgresql:///ioms")),
        ("check from a workstation", f"ioms-desktop check --database {far} --user CHIEF\n"),
        ("an anchor", f"ioms-desktop audit anchor --out $WORK/anchor --database {far} --user AUDIT\n"),
        *[(f"cron: {line}", f"sudo -u postgres sh -c '{line}'\n") for line in cron],
        ("a moment", f"{rows}moment=\"$(date -u '+%F %T.%N+00')\"\nsleep 1\n"),
        ("an accident", "sudo -u postgres psql -d ioms -c 'DROP TABLE needs CASCADE'\n" + KEPT),
        block("sudo -u postgres /usr/local/lib/ioms/restore-drill.sh", **{"2026-11-24 10:41:59+00": "'\"$moment\"'"}),
        ("stop", f"systemctl stop postgresql@{version}-main\n"),
        ("keep", f"mv /var/lib/postgresql/{version}/main /var/lib/postgresql/{version}/main.broken\n"),
        ("which copy", 'copy="$(ls /var/backups/ioms/base | sort | tail -n 1)"\n'),
        block("cp -a /var/backups", NAME='"$copy"', MOMENT="$moment"),
        (
            "replayed",
            'until [ "$(sudo -u postgres psql -X -A -t -c "SELECT pg_is_in_recovery()")" = f ]; do sleep 0.2; done\n',
        ),
        ("after", again + rows),
        ("said so", _after_restore(block("ioms-desktop audit restored")[1], far)),
        ("at once", "sudo -u postgres /usr/local/lib/ioms/backup.sh\n"),
        block("sudo -u postgres /usr/local/lib/ioms/after-disposal.sh"),
        *[("watched", f"{each}\n") for each in watched()],
    ]


def _after_restore(text: str, far: str) -> str:
    said = text.replace("LAST-ANCHOR", "$WORK/anchor").replace("4711", '"$number"').splitlines()
    users = ("CHIEF", "SECOND", "SECOND", "AUDIT")
    proposed, shown, *others = (
        line.replace("...", f"--database {far} --user {user}") for line, user in zip(said, users, strict=True)
    )
    return "\n".join((proposed, f"number=\"$({shown} | cut -d ' ' -f 1)\"", *others)) + "\n"


def _said(begins: str) -> str:
    """Return a command that stands in a sentence or a table of the guide, run on the server."""
    (found,) = {each for each in GUIDE.read_text(encoding="utf-8").split("`") if each.startswith(begins)}
    return f"sudo -u postgres {found}\n"


def watched() -> list[str]:
    """Return the commands of the table of what is to be watched that ask a server or a certificate."""
    table = GUIDE.read_text(encoding="utf-8").partition("## 8. What to watch")[2].partition("\n\nTimeouts")[0]
    found = [each for each in table.split("`")[1::2] if each.startswith(("SELECT", "openssl x509", "/var/backups"))]
    return [
        f'sudo -u postgres psql -X -d ioms -c "{each}"'
        if each.startswith("SELECT")
        else (f"cat {each}" if each.startswith("/") else each)
        for each in found
    ]
