"""Views that lists, rules and auditors read instead of the tables; they leave out what these may not see."""

from collections.abc import Iterable

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Integer,
    MetaData,
    Table,
    Text,
)

from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.storage.schema.case_results import RESULT_VIEWS
from ioms_desktop.storage.schema.record_tables import facts_columns
from ioms_desktop.storage.schema.tables import BYTE_ORDERED_TEXT, STRUCK_OUT_COLUMNS, audit, former_version, metadata
from ioms_desktop.storage.schema.types import Instant


def _fact_view(table: Table, names: Iterable[str]) -> Table:
    columns = (Column(name, table.c[name].type, primary_key=name == "id") for name in names)
    return Table(f"known_{table.name}", _views, *columns)


def _columns_of_view(record_type: type[Record]) -> tuple[str, ...]:
    recorded = () if record_type.rights.fact_columns else ("revision", "recorded_at", "recorded_by")
    return (*facts_columns(record_type), *recorded)


_views = MetaData()
FACT_VIEWS: dict[str, Table] = {
    name: _fact_view(metadata.tables[name], _columns_of_view(record_type))
    for name, record_type in RECORD_TYPE_BY_TABLE.items()
    if record_type.rights.facts
}
"""What lists and rules read of every case, opened or not: views that leave people's words out and on a server show
only cases the person may know of."""

FACT_VIEWS["former_version"] = _fact_view(
    former_version, (column.name for column in former_version.columns if column.name not in STRUCK_OUT_COLUMNS)
)

FACT_VIEWS["people_by_name"] = Table(
    "known_people_by_name",
    _views,
    Column("id", Integer, primary_key=True),
    Column("person_ref", BYTE_ORDERED_TEXT),
    Column("name_key", BYTE_ORDERED_TEXT),
)

known_offences = Table(
    "known_offences",
    _views,
    Column("id", Integer, primary_key=True),
    Column("person_ref", BYTE_ORDERED_TEXT),
    Column("offence_on", Date),
    Column("offence_group", Text),
    Column("role", Text),
)
"""The offences without people's words, for retention reviews. On a server only supervisors read it."""

known_mappa = Table(
    "known_mappa",
    _views,
    Column("id", Integer, primary_key=True),
    Column("person_ref", BYTE_ORDERED_TEXT),
    Column("from_on", Date),
)
"""Since when people were managed under MAPPA, for retention reviews. On a server only supervisors read it."""

known_group_labels = Table(
    "known_group_labels",
    _views,
    Column("id", Integer, primary_key=True),
    Column("person_ref", BYTE_ORDERED_TEXT),
    *(Column(name, Date) for name in ("evidence_on", "review_on", "to_on")),
)
"""The days of memberships, without the group. On a server officers and supervisors alone read it."""

known_retaliation = Table(
    "known_retaliation",
    _views,
    Column("id", Integer, primary_key=True),
    Column("case_ref", BYTE_ORDERED_TEXT),
    *(Column(name, Date) for name in ("incident_on", "expires_on", "retaliation_until")),
)
"""The days on which retaliation is feared, without the groups. On a server officers and supervisors alone read it."""

known_beginnings = Table(
    "known_beginnings",
    _views,
    Column("person_ref", BYTE_ORDERED_TEXT, primary_key=True),
    Column("begun_at", Instant()),
)
"""Since when each person has been recorded."""

VIEWING_KINDS = ("CONSULTATION", "DISCLOSURE", "COMBINATION")
"""The kinds of audit entries that are a look at a record or its passing on."""

RECORDED_COLUMNS = frozenset({"before", "after", "salt"})

audit_trail = Table(
    "audit_trail",
    _views,
    *(Column(c.name, c.type, primary_key=c.name == "id") for c in audit.columns if c.name not in RECORDED_COLUMNS),
    Column("detail", JSON),
    Column("before_hash", Text),
    Column("after_hash", Text),
    Column("refused", Boolean),
    Column("about_salt", Text),
    Column("words_hash", Text),
    Column("words_salt", Text),
)
"""The audit as an auditor reads it: everything except what was recorded, of which it has the digests, salted from
version 2 of the audit on."""

disclosures_told = Table(
    "disclosures_told",
    _views,
    Column("id", Integer, primary_key=True),
    *(Column(name, audit.c[name].type) for name in ("at", "recipient", "reason_code", "after", "actor")),
    Column("case_ref", BYTE_ORDERED_TEXT),
)
"""What was disclosed about a case; on a server only for cases that are open."""

papers = Table(
    "papers",
    _views,
    Column("id", Integer, primary_key=True),
    *(
        Column(name, audit.c[name].type)
        for name in ("at", "actor", "actor_role", "workstation", "recipient", "reason_code", "reason_text")
    ),
    *(Column(name, BYTE_ORDERED_TEXT) for name in ("case_ref", "person_ref")),
    Column("print_id", Text),
    Column("act", Text),
    Column("is_given", Boolean),
    Column("detail", JSON),
)
"""The register of papers: each that left (PAPER), what was recalled (RECALL), and what the printer did not make
(STOPPED); on a server only what the user may know of."""

known_link_reviews = Table(
    "known_link_reviews",
    _views,
    Column("id", Integer, primary_key=True),
    Column("person_ref", BYTE_ORDERED_TEXT),
    *(Column(name, Date) for name in ("review_on", "to_on")),
)
"""Only on a server: the days of links to be reviewed, without to whom. Officers and supervisors alone read it."""

COMMON_VIEWS: dict[str, Table] = {
    **{name: table for name, table in _views.tables.items() if table is not known_link_reviews},
    **RESULT_VIEWS,
}
"""The views in both kinds of database."""
