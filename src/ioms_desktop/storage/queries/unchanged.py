"""The condition that a case has stayed as it was on a day: its RAG, every need and its step."""

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import ColumnElement, FromClause, Text, and_, case, cast, func, or_, select

from ioms_desktop.storage.queries.search import is_one_of
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.tables import cases
from ioms_desktop.storage.schema.views import FACT_VIEWS

rag, needs, decisions = (FACT_VIEWS[name] for name in ("rag", "needs", "decisions"))
MOVES = ("ESCALATE", "DE_ESCALATE")


def is_unchanged_since(
    since: date, on: date, pathways: Mapping[str, str], stepped: Collection[str] | None = None
) -> ColumnElement[bool]:
    """Build the condition; as `domain.figures.oversight.unchanged_since` says of one case.

    Args:
        since: The day by whose end the case was as it is.
        on: The day of the list; what is dated later counts for nothing.
        pathways: The pathway that another way to write it stands for.
        stepped: The cases whose step has changed since; None to ask the database case by case.
    """
    starts_on = case((cases.c.programme == "IOM", cases.c.adopted_on), else_=cases.c.notified_on)
    is_open = or_(cases.c.closed_on.is_(None), cases.c.closed_on > on)
    step_changed = _step_changed(since, on) if stepped is None else is_one_of(cases.c.case_ref, stepped)
    changed = (_rag_changed(since, on), _need_changed(since, on, pathways), step_changed)
    return and_(starts_on <= since, is_open, *(~each for each in changed))


def _rag_changed(since: date, on: date) -> ColumnElement[bool]:
    before = rag.alias("rag_before")
    stood = select(before.c.rag).where(before.c.case_ref == rag.c.case_ref, before.c.set_on <= since)
    colour = stood.order_by(before.c.set_on.desc()).limit(1).scalar_subquery()
    later = and_(rag.c.case_ref == cases.c.case_ref, rag.c.set_on > since, rag.c.set_on <= on)
    return select(rag.c.id).where(later, rag.c.rag != func.coalesce(colour, "")).exists()


def _need_changed(since: date, on: date, pathways: Mapping[str, str]) -> ColumnElement[bool]:
    before, same_day = needs.alias("need_before"), needs.alias("greater_that_day")

    def pathway(of: FromClause) -> ColumnElement[str]:
        return case(dict(pathways), value=of.c.pathway, else_=of.c.pathway) if pathways else of.c.pathway

    def state(of: FromClause) -> ColumnElement[str]:
        return cast(of.c.level, Text) + "/" + func.coalesce(of.c.status, "")

    stood = select(state(before)).where(
        before.c.case_ref == needs.c.case_ref, pathway(before) == pathway(needs), before.c.assessed_on <= since
    )
    last = stood.order_by(before.c.assessed_on.desc(), state(before).desc()).limit(1).scalar_subquery()
    later = and_(needs.c.case_ref == cases.c.case_ref, needs.c.assessed_on > since, needs.c.assessed_on <= on)
    overtaken = select(same_day.c.id).where(
        same_day.c.case_ref == needs.c.case_ref,
        pathway(same_day) == pathway(needs),
        same_day.c.assessed_on == needs.c.assessed_on,
        state(same_day) > state(needs),
    )
    changed = select(needs.c.id).where(later, state(needs) != func.coalesce(last, ""), ~overtaken.exists())
    return changed.exists()


def cases_with_changed_step(reading: Reading, since: date, on: date) -> set[str]:
    """Name the cases whose step has been another one since a day, of all of which a server gives the decisions."""
    moves = reading.scope.facts_table("decisions").c
    query = select(moves.case_ref, moves.decided_on, func.coalesce(moves.step, "L0"))
    query = query.where(moves.decision.in_(MOVES), moves.decided_on <= on)
    last: dict[str, str] = {}
    days: dict[tuple[str, date], str] = {}  # the last step of each later day
    for ref, day, step in reading.connection.execute(query.order_by(moves.decided_on, moves.decision_ref)):
        if day <= since:
            last[ref] = step
        else:
            days[ref, day] = step
    return {ref for (ref, _), step in days.items() if step != last.get(ref, "L0")}


def _step_changed(since: date, on: date) -> ColumnElement[bool]:
    before, same_day = decisions.alias("step_before"), decisions.alias("later_that_day")
    stood = select(func.coalesce(before.c.step, "L0")).where(
        before.c.case_ref == decisions.c.case_ref, before.c.decision.in_(MOVES), before.c.decided_on <= since
    )
    last = stood.order_by(before.c.decided_on.desc(), before.c.decision_ref.desc()).limit(1).scalar_subquery()
    moved = and_(
        decisions.c.case_ref == cases.c.case_ref,
        decisions.c.decision.in_(MOVES),
        decisions.c.decided_on > since,
        decisions.c.decided_on <= on,
        func.coalesce(decisions.c.step, "L0") != func.coalesce(last, "L0"),
    )
    overtaken = select(same_day.c.id).where(
        same_day.c.case_ref == decisions.c.case_ref,
        same_day.c.decision.in_(MOVES),
        same_day.c.decided_on == decisions.c.decided_on,
        same_day.c.decision_ref > decisions.c.decision_ref,
    )
    return select(decisions.c.id).where(moved, ~overtaken.exists()).exists()
