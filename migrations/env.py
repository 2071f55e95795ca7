"""Run the migrations on the connection that the program gives, inside its transaction."""

from pathlib import Path

from alembic import context
from alembic.util import load_python_file

# Operations of our own, for instance `op.create_record_table`. Migrations are files, no package, so they cannot import
# one another.
for version in range(1, 18):
    load_python_file(str(Path(__file__).resolve().parent), f"record_tables_v{version}.py")

connection = context.config.attributes["connection"]
if connection.dialect.name == "postgresql":
    # The operations name functions that lie in a schema of which nobody who signs in may name anything.
    connection.exec_driver_sql("SET LOCAL search_path = public, ioms_private")
context.configure(connection=connection, render_as_batch=True, transactional_ddl=False)
context.run_migrations()
