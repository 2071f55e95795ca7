"""The actions on custody, from reception to release, in the menu Custody and orders."""

from typing import TYPE_CHECKING

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.duties.case_duties import RELEASE_PLAN_REF, Duty
from ioms_desktop.domain.records.concerns_and_decisions import Concern
from ioms_desktop.domain.records.people import CustodySpell
from ioms_desktop.ui.actions.actions import CUSTODY_MENU
from ioms_desktop.ui.actions.dialog_action import (
    DialogAction,
    DialogContext,
    DutyButton,
    Gathered,
    Loader,
    Menu,
    RecordButton,
    SectionButton,
    TargetGone,
)
from ioms_desktop.ui.actions.loaders import VIEW

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog

    from ioms_desktop.services.cases.cases import CaseView

SPELL_ENDED = "The release was recorded in the meantime. Nothing was changed."
NOT_IN_CUSTODY = "No custody without a release is on record. Record the reception first."


def _spell(gathered: Gathered) -> CustodySpell:
    about = gathered.target.about
    for spell in gathered[VIEW].open_custody:
        if about in {"", spell.key_text}:
            return spell
    raise TargetGone(SPELL_ENDED if about else NOT_IN_CUSTODY)


SPELL = Loader[CustodySpell](_spell, lambda gathered: VIEW in gathered)
"""The custody spell that the target names, else the one that is not over."""


def _reception(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.custody.reception import ReceptionDialog

    return ReceptionDialog(context.session, context.tasks, gathered[VIEW], context.parent)


def _release(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.custody.release import ReleaseDialog

    return ReleaseDialog(context.session, context.tasks, gathered[VIEW], gathered[SPELL], context.parent)


def _expected_release(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.custody.release_dates import ExpectedReleaseDialog

    return ExpectedReleaseDialog(context.session, context.tasks, gathered[VIEW], context.parent)


def _release_planned(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.custody.release_dates import ReleasePlanDialog

    return ReleasePlanDialog(context.session, context.tasks, gathered[VIEW], context.parent)


def _at_large(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.custody.release_dates import AtLargeDialog

    return AtLargeDialog(context.session, context.tasks, gathered[VIEW], context.parent)


def _is_inside(view: "CaseView") -> bool:
    return bool(view.open_custody)


def _may_be_planned(view: "CaseView") -> bool:
    return view.case.programme == "IOM" and (_is_inside(view) or view.case.expected_release_on is not None)


RECEPTION = DialogAction(
    name="custody.add",
    title="Re&ceived into custody…",
    right=CustodySpell.rights.add,
    offered_in=(Menu(CUSTODY_MENU), SectionButton(CustodySpell, "Received into custody…")),
    make=_reception,
    needs=(VIEW,),
    drafts={"add_custody": "Custody"},
    icon="lock",
    keywords="reception prison remand sentence recall arrest detention cells returned",
)
RELEASE = DialogAction(
    name="custody.release",
    title="&Released from custody…",
    right=CustodySpell.rights.change_right,
    offered_in=(
        Menu(CUSTODY_MENU),
        RecordButton(CustodySpell, SPELL, "Relea&sed…", lambda spell, _view: spell.released_on is None),
    ),
    make=_release,
    needs=(VIEW, SPELL),
    drafts={"release_custody": "Release from custody"},
    icon="log-out",
    keywords="release gate pick-up probation first appointment",
    applies=_is_inside,
)
EXPECTED_RELEASE = DialogAction(
    name="release.expect",
    title="Release e&xpected…",
    right=Right.RECORD_BACKGROUND,
    offered_in=(
        Menu(CUSTODY_MENU),
        RecordButton(CustodySpell, SPELL, "Release e&xpected…", lambda spell, _view: spell.released_on is None),
    ),
    make=_expected_release,
    needs=(VIEW,),
    drafts={"expected_release": "Release expected"},
    icon="hourglass",
    keywords="prison date earliest",
    applies=_is_inside,
)
RELEASE_PLANNED = DialogAction(
    name="release.plan",
    title="Release &planned…",
    right=Right.SET_RAG,
    # A release that is planned already is listed so that it is known; nothing is owed on it.
    offered_in=(
        Menu(CUSTODY_MENU),
        RecordButton(
            CustodySpell,
            SPELL,
            "Release &planned…",
            lambda spell, view: spell.released_on is None and view.case.programme == "IOM",
        ),
        DutyButton(Duty.RELEASE, "Release &planned…", lambda row: row.ref == RELEASE_PLAN_REF),
    ),
    make=_release_planned,
    needs=(VIEW,),
    drafts={"release_plan": "Release planned"},
    icon="clipboard-list",
    keywords="pre-release plan gate pick-up",
    applies=_may_be_planned,
)
AT_LARGE = DialogAction(
    name="custody.at_large",
    title="&Unlawfully at large…",
    right=Concern.rights.add,
    offered_in=(Menu(CUSTODY_MENU),),
    make=_at_large,
    needs=(VIEW,),
    drafts={"at_large": "Unlawfully at large"},
    icon="octagon-alert",
    keywords="ual wanted absconded recall",
    applies=lambda view: not _is_inside(view) and view.wanted_since is None,
)
CUSTODY_ACTIONS = (RECEPTION, RELEASE, EXPECTED_RELEASE, RELEASE_PLANNED, AT_LARGE)
