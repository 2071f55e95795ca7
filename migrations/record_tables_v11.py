"""Operations for record tables: nothing is read of a case that is not open. Databases depend on them: never edit them.

    op.read_once_opened("vehicles", subject="person_ref", ref="registration")

does what `op.read_when_opened` does (record_tables_v9.py), and has `read_case` return before it reads anything where
nobody opened the case, the person or the book. No policy would show a row of it then; but each was asked about every
row that there was, so that a case that is hidden took some four times as long as one that is not there. A person is
also read by whoever records them, in the same transaction. `op.answer_unopened_at_once()` alone is for a migration
that made the function anew. SQLite keeps nothing back.
"""

from typing import Any

from alembic.operations import MigrateOperation, Operations

READ_CASE = "SELECT pg_get_functiondef('read_case(text, text)'::regprocedure)"
BEGIN = "\n    BEGIN\n"
BEGIN_AT_ONCE = f"""{BEGIN}\
      IF NOT (of_case IN (SELECT opened_cases()) OR of_person IN (SELECT opened_people()) OR book_open() OR EXISTS (
        SELECT FROM people AS p WHERE p.person_ref = of_person
          AND p.recorded_by = session_user::text AND p.recorded_at = transaction_timestamp())) THEN
        RETURN;
      END IF;
"""


@Operations.register_operation("read_once_opened")
@Operations.register_operation("read_no_longer")
@Operations.register_operation("answer_unopened_at_once")
@Operations.register_operation("ask_of_the_unopened")
class AnswerUnopenedAtOnce(MigrateOperation):
    """What migrations call as `op.read_once_opened` and `op.answer_unopened_at_once`."""

    @classmethod
    def read_once_opened(cls, operations: Any, name: str, **declared: str) -> None:  # noqa: ANN401 - proxied by Alembic
        """Let a table be read through functions, by itself and with its case; as `read_through_function` takes it."""
        operations.read_when_opened(name, **declared)
        cls.answer_unopened_at_once(operations)

    @classmethod
    def read_no_longer(cls, operations: Any, name: str, masked: str = "") -> None:  # noqa: ANN401 - as above
        """Undo `read_once_opened`."""
        operations.read_unopened(name, masked)
        cls.answer_unopened_at_once(operations)

    @classmethod
    def answer_unopened_at_once(cls, operations: Any) -> None:  # noqa: ANN401 - as above
        """Have the function that reads a case, as `read_case_at_once` makes it, read nothing that nobody opened."""
        if operations.get_context().dialect.name == "postgresql":
            _edit(operations, BEGIN, BEGIN_AT_ONCE)

    @classmethod
    def ask_of_the_unopened(cls, operations: Any) -> None:  # noqa: ANN401 - as above
        """Undo `answer_unopened_at_once`."""
        if operations.get_context().dialect.name == "postgresql":
            _edit(operations, BEGIN_AT_ONCE, BEGIN)


def _edit(operations: Operations, old: str, new: str) -> None:
    """Say something otherwise in the function that reads a case.

    Raises:
        RuntimeError: It is not there exactly once, so that the function is not the one expected.
    """
    bind = operations.get_bind()
    defined: str = bind.exec_driver_sql(READ_CASE).scalar_one()
    if defined.count(old) != 1:
        raise RuntimeError(old)
    bind.connection.dbapi_connection.cursor().execute(defined.replace(old, new))
