"""The actions on orders, licence and recall, after custody in the menu Custody and orders."""

from typing import TYPE_CHECKING

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.records.compliance.steps import ComplianceStep
from ioms_desktop.ui.actions.actions import CUSTODY_MENU
from ioms_desktop.ui.actions.dialog_action import DialogAction, DialogContext, Gathered, Menu, SectionButton
from ioms_desktop.ui.actions.loaders import VIEW

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog


def _compliance_step(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.compliance.dialogs import ComplianceStepDialog

    return ComplianceStepDialog(context.session, context.tasks, gathered[VIEW], context.parent)


def _supervision(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.compliance.dialogs import SupervisionDialog

    return SupervisionDialog(context.session, context.tasks, gathered[VIEW], context.parent)


COMPLIANCE_STEP = DialogAction(
    name="compliance_steps.add",
    title="&Warning, breach or recall…",
    right=ComplianceStep.rights.add,
    offered_in=(Menu(CUSTODY_MENU), SectionButton(ComplianceStep, "Add warning, breach or recall…")),
    make=_compliance_step,
    needs=(VIEW,),
    drafts={"add_compliance_steps": "Warning, breach or recall"},
    icon="message-square-warning",
    keywords="licence warning letter enforcement court fixed term emergency returned",
)
SUPERVISION = DialogAction(
    name="case.supervision",
    title="&Statutory status…",
    right=Right.RECORD_BACKGROUND,
    offered_in=(Menu(CUSTODY_MENU),),
    make=_supervision,
    needs=(VIEW,),
    drafts={"supervision": "Supervision"},
    icon="scale",
    keywords="order licence supervision final third reset iom condition override",
)
COMPLIANCE_ACTIONS = (COMPLIANCE_STEP, SUPERVISION)
