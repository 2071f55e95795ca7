"""Let navigators propose a decision, and withdraw what they proposed; who authorises is as before.

They work with the person, and know first that an offer has to change or that a step can be taken back.
"""

from alembic import op

revision = "0033"
down_revision = "0032"

COLUMNS = (
    "proposal_ref, case_ref, rule, proposed_on, decision, step, reason, proposed_by, child_checks, told_participant, "
    "alternatives, proportionality, status, answered_by, answered_on, answer_reason, decision_ref, others_told, "
    "review_on, dissent_agency, dissent, conviction_court, convicted_on, lever, revision, recorded_at, recorded_by"
)
# What a navigator may not read they do not propose upon: that they are refused says no more than that they may not.
GUARD = """
CREATE FUNCTION guard_proposing_role() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  IF my_role() IN ('officer', 'supervisor') OR my_role() IS NULL THEN
    RETURN NEW;
  END IF;
  IF NEW.rule = 'credible_intelligence' THEN
    RAISE EXCEPTION 'permission denied: not on this rule' USING ERRCODE = '42501';
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.status IS DISTINCT FROM 'WITHDRAWN' THEN
    RAISE EXCEPTION 'permission denied: an officer or a supervisor authorises' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION guard_proposing_role() FROM PUBLIC;
ALTER FUNCTION guard_proposing_role() OWNER TO ioms_owner;
CREATE TRIGGER proposals_role_guard BEFORE INSERT OR UPDATE ON proposals
  FOR EACH ROW EXECUTE FUNCTION guard_proposing_role();
"""


def upgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    for policy in ("added", "changed"):
        op.execute(f"ALTER POLICY {policy} ON proposals TO ioms_officer, ioms_navigator, ioms_supervisor")
    op.execute(f"GRANT INSERT ({COLUMNS}), UPDATE ({COLUMNS}) ON proposals TO ioms_navigator")
    op.execute(GUARD)


def downgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    op.execute("DROP TRIGGER proposals_role_guard ON proposals")
    op.execute("DROP FUNCTION guard_proposing_role()")
    op.execute(f"REVOKE INSERT ({COLUMNS}), UPDATE ({COLUMNS}) ON proposals FROM ioms_navigator")
    for policy in ("added", "changed"):
        op.execute(f"ALTER POLICY {policy} ON proposals TO ioms_officer, ioms_supervisor")
