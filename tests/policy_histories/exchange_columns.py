"""The columns of the exchange files, in the order of interface.md, and folders of them."""

import csv
from pathlib import Path

Row = dict[str, str]
Tables = dict[str, list[Row]]

COLUMNS: dict[str, tuple[str, ...]] = {
    table: tuple(columns.split())
    for table, columns in {
        "people": "person_ref family_name given_names known_as date_of_birth sex gender_identity ethnicity_self pnc_id "
        "cro_number crn prison_number niche_id phone address postcode communication_needs languages "
        "social_care_status parent_or_carer warning_markers",
        "cases": "case_ref person_ref programme cohort status referred_on referred_by adopted_on notified_on "
        "notice_served_on release_plan_on closed_on close_reason statutory_status iom_licence_condition "
        "final_third_from expected_release_on police_om probation_practitioner navigator trial_arm",
        "rag": "case_ref set_on rag reason set_by",
        "custody": "person_ref received_on released_on establishment kind hours",
        "assessments": "person_ref tool version assessed_on value band scorer",
        "needs": "case_ref pathway assessed_on level status",
        "offers": "offer_ref case_ref offer_type pathway provider offered_on offered_by response responded_on "
        "started_on ended_on end_reason",
        "contacts": "contact_ref case_ref occurred_at planned contact_type outcome minutes worker agency offer_ref "
        "direction note statement_basis purpose",
        "ratings": "case_ref week_commencing rated_on level rated_by role",
        "concerns": "concern_ref case_ref occurred_on recorded_on concern_type offence_group source_grade "
        "information_grade handling summary outcome outcome_on",
        "decisions": "decision_ref case_ref rule decided_on decision step reason proposed_by authorised_by "
        "child_checks told_participant actioned_on alternatives proportionality others_told review_on dissent_agency "
        "dissent conviction_court convicted_on lever",
        "orders": "order_ref person_ref order_type made_on ends_on court conditions ended_on end_reason",
        "offences": "person_ref offence_on recorded_on offence_group offence role outcome harm_weight "
        "outcome_on concern_ref",
        "referrals": "referral_ref case_ref direction unit sent_on status answered_on reason",
        "notifications": "case_ref attempted_on attempt outcome delivered_by present mode response note",
        "actions": "action_ref case_ref meeting_ref text owner due_on done_on cancelled_on cancel_reason",
    }.items()
}


def full_row(table: str, **cells: object) -> Row:
    """Return a row with every column of its table, the cells not named being empty.

    Raises:
        KeyError: a cell is named that the table does not have.
    """
    unknown = set(cells) - set(COLUMNS[table])
    if unknown:
        raise KeyError(f"{table} has no column {sorted(unknown)}")
    return {column: str(cells.get(column, "")) for column in COLUMNS[table]}


def no_rows() -> Tables:
    """Return every table, empty."""
    return {table: [] for table in COLUMNS}


def merged(*parts: Tables) -> Tables:
    """Return the rows of several sets of tables together."""
    return {table: [row for part in parts for row in part.get(table, [])] for table in COLUMNS}


def write_folder(tables: Tables, path: Path) -> Path:
    """Write every table that has rows as a CSV file of a folder, and return the folder."""
    path.mkdir(parents=True, exist_ok=True)
    for table, columns in COLUMNS.items():
        rows = tables.get(table, [])
        if rows:
            with (path / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, columns)
                writer.writeheader()
                writer.writerows(rows)
    return path
