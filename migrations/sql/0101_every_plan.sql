-- What refuses a plan is worked out when a statement is planned and when it begins: what an aggregate starts from. The server
-- checks that as a value of its type, whichever plan it was asked for. Nothing is added up.
CREATE DOMAIN ioms_private.unexplained_answer AS boolean CHECK (ioms_private.refuse_explain());
ALTER DOMAIN ioms_private.unexplained_answer OWNER TO ioms_owner;
CREATE FUNCTION ioms_private.stay_unexplained(answer ioms_private.unexplained_answer)
RETURNS ioms_private.unexplained_answer LANGUAGE sql IMMUTABLE AS 'SELECT answer';
ALTER FUNCTION ioms_private.stay_unexplained(ioms_private.unexplained_answer) OWNER TO ioms_owner;
REVOKE ALL ON FUNCTION ioms_private.stay_unexplained(ioms_private.unexplained_answer) FROM PUBLIC;
CREATE AGGREGATE ioms_private.is_unexplained(*) (
  SFUNC = ioms_private.stay_unexplained, STYPE = ioms_private.unexplained_answer, INITCOND = 'true'
);
ALTER AGGREGATE ioms_private.is_unexplained(*) OWNER TO ioms_owner;
REVOKE ALL ON FUNCTION ioms_private.is_unexplained() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ioms_private.is_unexplained() TO ioms_people, ioms_reader, ioms_audit_owner;
