"""Let an administrator say how each user's name reads, with rank and number.

Nobody has a display name yet, so that every login reads as it did. On a server an administrator alone sets one, and no
two users read alike.
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"

SERVER = """
    GRANT SELECT (display_name) ON users TO ioms_people;
    CREATE FUNCTION set_display_name(who text, shown text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, ioms_audit, pg_catalog, pg_temp AS $$
    BEGIN
      IF (my_role() IS DISTINCT FROM 'administrator' AND NOT ioms_private.is_keeper())
         OR NOT EXISTS (SELECT FROM users WHERE name = who AND active) THEN
        PERFORM write_audit('ALTERATION', 'users', who, NULL, NULL, '{"denied": true}'::json);
        RETURN false;
      END IF;
      IF shown ~ '[[:cntrl:]]' OR length(shown) > 80 OR btrim(shown) <> shown OR shown = '' THEN
        RAISE EXCEPTION 'unusable display name';
      END IF;
      IF EXISTS (
        SELECT FROM users
        WHERE name <> who AND lower(shown) IN (lower(name), lower(display_name))
      ) THEN
        RAISE EXCEPTION 'a display name of another user';
      END IF;
      UPDATE users SET display_name = shown WHERE name = who;
      PERFORM write_audit('ALTERATION', 'users', who, NULL, NULL, json_build_object('display_name', shown));
      RETURN true;
    END $$;
    ALTER FUNCTION set_display_name(text, text) OWNER TO ioms_accounts;
    REVOKE ALL ON FUNCTION set_display_name(text, text) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION set_display_name(text, text) TO ioms_people;
"""


def upgrade() -> None:
    op.add_column("users", sa.Column("display_name", sa.Text(), nullable=True))
    op.create_index("ix_users_display_name", "users", ["display_name"], unique=True)
    if op.get_context().dialect.name == "postgresql":
        _execute(SERVER)


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute("DROP FUNCTION set_display_name(text, text)")
    op.drop_index("ix_users_display_name", "users")
    op.drop_column("users", "display_name")


def _execute(sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
