"""The declarations of actions that open a dialog: complete, unambiguous, and read by every part of the window."""

import ast
import importlib
import os
import pkgutil
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from instances import for_each
from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.drafts import NOTE_FORMS
from ioms_desktop.domain.records.record_types import ADD_FORM_TYPES, CHANGE_FORM_TYPES, MOVABLE_PREFIXES
from ioms_desktop.screenshots.action_pictures import ACTION_PICTURES, action_pictures
from ioms_desktop.screenshots.screenshots import EXAMPLE_CASE_REF
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.ui import actions
from ioms_desktop.ui.actions.actions import (
    ADMINISTRATION_MENU,
    CASE_MENU,
    CUSTODY_MENU,
    FILE_MENU,
    HELP_MENU,
    PERSON_MENU,
    VIEW_MENU,
    UserAction,
    describe_conflicts,
)
from ioms_desktop.ui.actions.correction_actions import STRIKE_OUT_TYPES
from ioms_desktop.ui.actions.dialog_action import (
    CaseButton,
    DialogAction,
    DutyButton,
    ListButton,
    Menu,
    OwnControl,
    RecordButton,
)
from ioms_desktop.ui.actions.registry import DIALOG_ACTIONS, DRAFT_TITLES
from ioms_desktop.ui.dialogs.command_dialog import CommandDialog
from ioms_desktop.ui.forms.choice_fields import CodeField
from ioms_desktop.ui.forms.form import Form
from ioms_desktop.ui.main_window.screens import SCREENS
from ioms_desktop.ui.theme.tokens import Theme
from ui.case_sessions import filled, session_of
from ui.kit_checks import mnemonic
from ui.window_at_work import at_work

LEAVING = {"leaving", "reopen_case", "propose_transition", "confirm_transition"}
WINDOW = Path(actions.__path__[0]).parent
MODULES = [
    importlib.import_module(f"{actions.__name__}.{module.name}") for module in pkgutil.iter_modules(actions.__path__)
]
CONSTANTS = {
    id(value): name for module in MODULES for name, value in vars(module).items() if isinstance(value, DialogAction)
}
each_action = for_each("action", DIALOG_ACTIONS)


def test_every_declared_action_is_in_the_registry() -> None:
    listed = {id(action) for action in DIALOG_ACTIONS}
    missing = sorted(name for key, name in CONSTANTS.items() if key not in listed)
    assert not missing, f"Add to the tuple at the end of its module in ui/actions: {missing}"


def test_no_two_actions_share_a_name_or_a_shortcut() -> None:
    listed = [UserAction(each.name, each.title, print, shortcut=each.shortcut) for each in DIALOG_ACTIONS]
    assert describe_conflicts(listed) == []


@each_action
def test_an_action_names_its_right_and_says_what_it_does(action: DialogAction) -> None:
    assert isinstance(action.right, Right), f"{action.name}: right must be a Right"
    assert action.title.strip(), f"{action.name}: title is what menus show"


@each_action
def test_an_action_is_offered_somewhere(action: DialogAction) -> None:
    assert action.offered_in, f"{action.name}: say in offered_in where the window offers it"
    for place in action.offers(Menu):
        assert action.icon, f"{action.name}: an action in the menu {place.name} has an icon"
    for button in action.offers(ListButton):
        assert button.screen in {entry.id for entry in SCREENS}, f"{action.name}: there is no screen {button.screen}"


@each_action
def test_a_control_that_a_module_makes_itself_starts_the_action(action: DialogAction) -> None:
    for place in action.offers(OwnControl):
        text = (WINDOW / f"{place.module.replace('.', '/')}.py").read_text(encoding="utf-8")
        constant = CONSTANTS[id(action)]
        assert f"({constant}" in text or f", {constant}" in text, f"ui/{place.module} does not start {constant}"


def forms_with_drafts() -> set[str]:
    """Find the forms that dialogs keep drafts under: the first argument of every ``Origin``."""
    found = set()
    for path in WINDOW.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text if "Origin(" in text else "")):
            named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Origin"
            if named and isinstance(node, ast.Call) and isinstance(node.args[0], ast.Constant):
                found.add(str(node.args[0].value))
    added = {f"add_{record_type.table}" for record_type in ADD_FORM_TYPES}
    wrong = {f"strike_out_{record_type.table}" for record_type in STRIKE_OUT_TYPES}
    wrong |= {f"move_{record_type.table}" for record_type in MOVABLE_PREFIXES}
    found |= NOTE_FORMS  # notes that services know of too, so that their names are constants
    return found | added | wrong | {f"change_{record_type.table}" for record_type in CHANGE_FORM_TYPES}


def test_every_form_that_keeps_drafts_is_restored_by_an_action() -> None:
    missing = sorted(forms_with_drafts() - DRAFT_TITLES.keys())
    assert not missing, f"Add each to drafts of the action that opens its dialog, with a title: {missing}"
    assert DRAFT_TITLES.keys() <= forms_with_drafts()
    assert sum(len(action.drafts) for action in DIALOG_ACTIONS) == len(DRAFT_TITLES), "a form is in two actions"


def builder(action: DialogAction) -> object:
    """Return the function that builds the dialog: one for the actions of all plain record types."""
    return action.make.func if isinstance(action.make, partial) else action.make


@each_action
def test_the_dialog_of_an_action_is_among_the_pictures(action: DialogAction) -> None:
    pictured = {builder(picture.action) for picture in ACTION_PICTURES}
    assert builder(action) in pictured, f"Add {action.name} to ACTION_PICTURES in screenshots/action_pictures.py"


def test_the_declarations_import_no_dialog() -> None:
    program = "import sys, ioms_desktop.ui.actions.registry; print(*sys.modules)"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert "ioms_desktop.ui.actions.registry" in run.stdout.split()
    assert "ioms_desktop.ui.dialogs.command_dialog" not in run.stdout.split(), "import it in the make function"


def test_no_two_pictures_share_a_name() -> None:
    assert [name for name, times in Counter(picture.name for picture in ACTION_PICTURES).items() if times > 1] == []


def test_every_picture_of_an_action_can_be_made(
    qtbot: QtBot, theme: Theme, local_location: str, tmp_path: Path
) -> None:
    assert theme
    with at_work(qtbot, session_of(filled(local_location)), tmp_path) as window:
        made = dict(action_pictures(window, open_case(window.session, EXAMPLE_CASE_REF)))
        unread, filled_in = [], 0
        for name, make in made.items():
            dialog = make()
            qtbot.addWidget(dialog)
            for field in (field for form in dialog.findChildren(Form) for field in form.fields):
                filled_in += isinstance(field, CodeField) and bool(field.raw_text())
                unread += [f"{name}: {field.name} is {field.raw_text()}"] * bool(field.parse_problem())
            if name in LEAVING:
                assert isinstance(dialog, CommandDialog)
                assert dialog.primary.isEnabled(), f"{name} shows what cannot be done"
    assert unread == [], "a raw code, or what nobody can type, in a picture"
    assert filled_in > 9, "the control"
    without_record = {"change_need"}  # of this case none is on record
    assert made.keys() == {picture.name for picture in ACTION_PICTURES} - without_record


def letters(labels: Iterable[str]) -> list[str]:
    return [found for each in labels if (found := mnemonic(each))]


def twice(labels: Iterable[str]) -> list[str]:
    """Return the labels whose letter another one of them has."""
    listed = list(dict.fromkeys(labels))
    counted = Counter(letters(listed))
    return [each for each in listed if counted[mnemonic(each)] > 1]


def test_no_two_things_that_are_offered_side_by_side_have_one_letter(subtests: pytest.Subtests) -> None:
    assert twice(("&Open", "R&over", "Close")) == ["&Open", "R&over"], "the control"
    bar = (FILE_MENU, PERSON_MENU, CASE_MENU, CUSTODY_MENU, VIEW_MENU, ADMINISTRATION_MENU, HELP_MENU)
    offered: defaultdict[str, list[str]] = defaultdict(list, {"menus": [*bar], "the head of a case": [*bar]})
    for action in DIALOG_ACTIONS:
        for place in action.offered_in:
            match place:
                case RecordButton():
                    usual = ("Histo&ry…", "&Copy rows", "Co&lumns and order")
                    offered[place.record_type.table] += [*usual, place.label]
                case CaseButton():
                    offered["the head of a case"].append(place.label)
                case ListButton():
                    offered[place.screen] += [*bar, place.label]
                case DutyButton():
                    offered[f"Today, {place.duty}: {place.label}"] += [*bar, "&Open case", place.label]
    assert len(offered) > 20
    for where, labels in offered.items():
        with subtests.test(where):
            assert twice(labels) == []
