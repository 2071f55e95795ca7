"""Stores what an office decides about how the program works, and puts it on record."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, text

from ioms_desktop.domain.access.authorship import DEFAULT_AUTHOR_HOURS
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.office_settings import office_setting
from ioms_desktop.storage.schema.types import text_parameter
from ioms_desktop.storage.transaction import Transaction

AUTHOR_HOURS = "author_hours"
"""How many hours an author changes an entry without a reason."""
DEFAULTS = {AUTHOR_HOURS: DEFAULT_AUTHOR_HOURS}
_LAST_DECIDED = (
    select(office_setting.c.value)
    .where(office_setting.c.name == text_parameter("of_name"))
    .order_by(office_setting.c.id.desc())
    .limit(1)
)
DECIDE_SETTING_SQL = text("SELECT decide_setting(:name, :value, :reason)")


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingDecision:
    """What was decided on a setting, by whom, when (UTC) and why."""

    name: str
    value: int
    reason: str
    decided_by: str
    decided_at: datetime


def setting_decisions(reading: Reading, name: str) -> tuple[SettingDecision, ...]:
    """List what was decided on a setting, the newest first."""
    columns = (column for column in office_setting.c if column.name != "id")
    query = select(*columns).where(office_setting.c.name == name).order_by(office_setting.c.id.desc())
    return tuple(SettingDecision(**row._mapping) for row in reading.connection.execute(query))  # noqa: SLF001 - SQLAlchemy's public name


def read_setting(reading: Reading, name: str) -> int:
    """Return a setting as it stands: as decided last, or the default."""
    found: int | None = reading.connection.scalar(_LAST_DECIDED, {"of_name": name})
    return DEFAULTS[name] if found is None else found


def decide_setting(tx: Transaction, decision: SettingDecision) -> None:
    """Store a decision and put it on record; a server does both by a function of its own."""
    said = {"name": decision.name, "value": decision.value, "reason": decision.reason}
    if tx.server_enforces_access:
        tx.connection.execute(DECIDE_SETTING_SQL, said)
        return
    tx.connection.execute(
        insert(office_setting), {**said, "decided_by": decision.decided_by, "decided_at": decision.decided_at}
    )
    tx.log(
        "ALTERATION",
        object_type=office_setting.name,
        object_ref=decision.name,
        subject_ref=None,
        detail={"value": decision.value, "reason": decision.reason},
    )
