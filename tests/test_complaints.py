"""What users of comparable systems complain about in forms and corrections, each with the test that tries it here."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

TESTS = Path(__file__).parent
NAMED_BY: dict[str, tuple[str, ...]] = {
    # entries that are lost, and two people at once
    "two who change one field while offline: the last one wins without a word": (
        "services/test_check_in.py::test_two_sides_are_merged_and_what_both_said_is_asked_before_anything_is_written",
        "ui/test_merge_page.py::test_the_same_field_is_asked_without_a_default_and_answered_by_a_key",
    ),
    "two who work on one case lose data": (
        "ui/test_merge_page.py::test_different_fields_are_merged_shown_and_saved_by_one_key",
        "services/test_edit_conflicts.py::test_an_answer_and_an_end_of_two_sessions_both_survive",
    ),
    "nobody says who else has the case open, or a stale lock keeps everybody out": (
        "ui/test_live_updates.py::test_the_header_names_who_has_the_case_open",
        "ui/test_live_updates.py::test_a_case_that_was_closed_is_no_longer_said_to_be_open",
    ),
    "two presses of Send make two records": (
        "ui/test_dialog.py::test_a_second_press_does_not_send_twice",
        "ui/test_record_contact_dialog.py::test_a_double_press_records_one_contact",
        "services/test_contacts.py::test_a_contact_sent_twice_is_recorded_once_and_answered_alike",
    ),
    "a session that ends, a lock or a crash takes a long note with it": (
        "ui/test_form.py::test_a_draft_brings_every_keystroke_back",
        "ui/test_drafts.py::test_a_form_left_open_when_the_window_closes_is_kept",
        "ui/test_drafts_lost.py::test_a_killed_program_loses_no_more_than_it_had_not_yet_written",
    ),
    "what was kept is sent by itself": ("ui/test_drafts.py::test_one_restored_twice_is_saved_once",),
    "a form over several pages says that it has already been submitted": (
        "ui/test_record_contact_dialog.py::test_a_refusal_keeps_every_keystroke",
        "ui/test_drafts_lost.py::test_a_lost_connection_ends_in_saved_or_not_saved",
    ),
    "both sides go on editing after a hand-over": (
        "services/test_case_workers.py::test_a_leavers_caseload_passes_to_others_in_one_act_or_not_at_all",
    ),
    "a button confirms what has not been read yet": (
        "ui/test_workers_in_window.py::test_a_leavers_caseload_is_handed_over_and_what_is_unticked_stays",
        "ui/test_every_dialog.py::test_keys_pressed_twice_or_typed_while_a_dialog_opens_send_nothing",
    ),
    # outcomes, times and notes
    "outcomes still to record are scattered over the cases": (
        "ui/test_appointments_in_window.py::test_the_outcome_of_a_past_appointment_takes_six_actions_from_today",
    ),
    "times are picked from a list instead of typed": (
        "ui/test_date_parsing.py::test_every_usual_form_of_a_time_is_read",
        "ui/test_date_time_field.py::test_what_people_type_is_understood",
    ),
    "dates with spaces, slashes or dots, without zeros, or with two figures for the year are refused": (
        "ui/test_date_parsing.py::test_every_usual_form_of_a_date_is_read",
        "ui/test_date_parsing.py::test_two_digits_of_a_year_never_lie_more_than_ten_years_ahead",
    ),
    "what is past cannot be recorded": (
        "ui/test_appointments_in_window.py::test_a_time_that_is_past_is_refused_beside_its_field_and_keeps_what_was_typed",
        "ui/test_date_time_field.py::test_a_time_alone_is_of_the_day_it_can_have_been",
    ),
    "long notes are cut off, and a contact is read only by leaving the list": (
        "ui/test_case_page.py::test_a_whole_note_is_read_in_place_by_keys_and_copied_on_record",
        "ui/test_form.py::test_a_note_that_is_too_long_is_kept_and_says_by_how_much",
    ),
    "the note takes another step than that somebody came": (
        "ui/test_record_contact_dialog.py::test_a_kept_session_is_recorded_by_keyboard_in_twelve_actions_or_fewer",
    ),
    "a question that is answered already is asked again": (
        "ui/test_record_contact_dialog.py::test_behaviour_is_not_asked_of_somebody_nobody_met",
    ),
    "every enforcement step is offered, whether it applies or not": (
        "ui/test_decision_dialogs.py::test_a_step_that_is_not_available_is_shown_with_its_reason_and_cannot_be_chosen",
    ),
    "an appointment to pick says neither its year nor whose it is": (
        "ui/test_appointments_in_window.py::test_which_appointment_it_was_is_told_by_year_and_by_whom",
    ),
    "a marker of danger is not seen while a visit is arranged": (
        "ui/test_appointments_in_window.py::test_warning_markers_are_in_sight_while_somebody_arranges_to_meet",
    ),
    "the next contact is only one's own": (
        "ui/test_header_in_any_window.py::test_the_four_essential_facts_are_in_sight_at_any_size_and_scale",
    ),
    "an invitation moves by an hour where the clocks change": (
        "services/test_calendar.py::test_whatever_an_event_says_is_read_back_as_it_was",
        "ui/test_date_time_field.py::test_minutes_are_right_in_the_nights_when_the_clocks_change",
    ),
    # corrections
    "an empty or mistaken note cannot be taken out": (
        "ui/test_entered_in_error.py::test_a_record_is_taken_out_and_put_back_by_keys",
        "services/test_corrections.py::test_a_record_is_struck_out_with_a_reason_listed_and_put_back_as_it_was",
    ),
    "an author may not put an entry right, or anybody may for ever": (
        "services/test_authors.py::test_every_type_is_changed_by_whom_when_and_with_what_its_declaration_says",
    ),
    "nobody sees that an entry was changed, nor what it said before": (
        "ui/test_case_dialogs.py::test_a_record_is_told_whole_and_in_words",
        "services/test_authors.py::test_the_reason_stays_with_the_version_in_its_history_and_in_the_audit",
    ),
    "a note on the wrong person stays there": (
        "services/test_corrections.py::test_a_record_on_the_wrong_person_is_moved_in_one_act_with_a_trace_on_both",
        "services/test_corrections.py::test_what_was_moved_is_told_to_a_supervisor_alone_and_not_put_back_beside_itself",
    ),
    "that somebody was met is preset": ("ui/test_contact_questions.py::test_an_open_question_leaves_the_outcome_open",),
    "a whole section is marked as wrong instead of the field": (
        "ui/test_record_form.py::test_what_is_wrong_is_said_beside_its_field",
        "ui/test_every_dialog.py::test_every_error_and_every_mnemonic_leads_to_what_is_in_sight",
    ),
    "one contact with several people is typed several times": (
        "ui/test_record_contact_dialog.py::test_one_contact_is_recorded_for_several_people_each_with_their_own_outcome_and_note",
    ),
    "only who is assigned may print": (
        "services/test_files_on_record.py::test_whether_somebody_may_print_is_asked_before_any_case",
    ),
}


@cache
def names_of(file: str) -> frozenset[str]:
    """Return the names of the tests of a file."""
    read = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    return frozenset(each.name for each in ast.walk(read) if isinstance(each, ast.FunctionDef))


def missing(named: tuple[str, ...]) -> list[str]:
    return [each for each in named if each.partition("::")[2] not in names_of(each.partition("::")[0])]


def test_each_complaint_about_forms_and_corrections_has_a_test_that_names_it() -> None:
    assert {what: gone for what, named in NAMED_BY.items() if (gone := missing(named))} == {}
    assert all(NAMED_BY.values())
    assert missing(("ui/test_form.py::test_nobody_wrote_this",)), "the control"
