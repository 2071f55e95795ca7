"""Let officers record custody, orders, scores and offences, and co-ordinators referrals and actions.

Until now these came by import alone, or from those who work with the person: a team needed a second system for them.
What is there already stays as it is.
"""

from alembic import op

revision = "0021"
down_revision = "0020"

OFFICERS = {
    "custody": "person_ref received_on released_on establishment kind hours",
    "orders": "order_ref person_ref order_type made_on ends_on court conditions ended_on end_reason",
    "assessments": "person_ref tool version assessed_on value band scorer",
    "offences": (
        "person_ref offence_on recorded_on offence_group offence role outcome harm_weight outcome_on concern_ref"
    ),
}
COORDINATORS = {
    "referrals": "referral_ref case_ref direction unit sent_on status answered_on reason",
    "actions": "action_ref case_ref meeting_ref text owner due_on done_on cancelled_on cancel_reason",
}
OWN = "revision recorded_at recorded_by"


def upgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    for name, columns in OFFICERS.items():
        _let(name, columns, "ioms_officer", "ioms_officer, ioms_supervisor")
    for name, columns in COORDINATORS.items():
        _let(name, columns, "ioms_coordinator", "ioms_officer, ioms_navigator, ioms_supervisor, ioms_coordinator")


def downgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    for name, columns in OFFICERS.items():
        _let(name, columns, "ioms_officer", "ioms_supervisor", grant=False)
    for name, columns in COORDINATORS.items():
        _let(name, columns, "ioms_coordinator", "ioms_officer, ioms_navigator, ioms_supervisor", grant=False)


def _let(name: str, columns: str, role: str, roles: str, *, grant: bool = True) -> None:
    """Let a role add and change the records of a table, or no longer; `roles` are all that may from then on."""
    verb, to = ("GRANT", "TO") if grant else ("REVOKE", "FROM")
    written = ", ".join([*columns.split(), *OWN.split()])
    for policy in ("added", "changed"):
        op.execute(f"ALTER POLICY {policy} ON {name} TO {roles}")
    op.execute(f"{verb} INSERT ({written}), UPDATE ({written}) ON {name} {to} {role}")
