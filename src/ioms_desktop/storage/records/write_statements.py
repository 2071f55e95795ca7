"""The statements of every command that writes, each built once: building one takes longer than carrying it out."""

from functools import cache

from sqlalchemy import Insert, String, Table, Update, bindparam, func, insert, select, update

from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.schema.types import text_parameter

SAVE_ANSWER = update(tables.request).where(tables.request.c.id == bindparam("number")).values(answer=bindparam("said"))
ANSWER_AND_NOTIFY = (
    select(func.pg_notify(bindparam("channel", type_=String()), bindparam("payload", type_=String())))
).add_cte(SAVE_ANSWER.cte("answered"))
"""Both in one statement; on a server a data-changing part of one is carried out whether or not it is read."""
AUDIT_OF_A_CASE = insert(tables.audit).values(
    subject_ref=select(tables.cases.c.person_ref)
    .where(tables.cases.c.case_ref == text_parameter("case_of_subject"))
    .scalar_subquery()
)
"""An entry about the person of a case, whoever that is by now."""


@cache
def insert_statement(table: Table) -> Insert:
    """Return the statement that inserts a row of a table, whichever of its columns are given then."""
    return insert(table)


@cache
def update_statement(table: Table) -> Update:
    """Return the statement that changes a row at a revision, whichever of its columns are changed then."""
    return update(table).where(table.c.id == bindparam("this_id"), table.c.revision == bindparam("this_revision"))
