"""Callum Harker, the IOM nominal of practice.md 11.1 (fictional), as exchange rows."""

from policy_histories.exchange_columns import Row, Tables, full_row, no_rows

PERSON, CASE = "P-HARKER", "IOM-HARKER"
POLICE, PROBATION, HOLT = "PC 4411 ADEYEMI", "J. SHAH", "L. HOLT"
WRIGHT = "Insp. WRIGHT"


def harker() -> Tables:
    """Return every row of Callum Harker's twelve weeks, 7 Sep to 29 Nov 2026."""
    tables = no_rows()
    tables["people"] = [
        full_row(
            "people",
            person_ref=PERSON,
            family_name="HARKER",
            given_names="Callum",
            date_of_birth="1994-02-14",
            sex="MALE",
            pnc_id="2012/0123456Y",
            address="14 Fictional Row, Leicester",
            postcode="LE0 0AA",
            languages="English",
        )
    ]
    tables["cases"] = [
        full_row(
            "cases",
            case_ref=CASE,
            person_ref=PERSON,
            programme="IOM",
            cohort="FIXED",
            status="ACTIVE",
            referred_on="2026-08-10",
            referred_by=HOLT,
            adopted_on="2026-09-07",
            notice_served_on="2026-09-10",
            release_plan_on="2026-11-02",
            statutory_status="LICENCE",
            iom_licence_condition="yes",
            expected_release_on="2026-12-15",
            police_om=POLICE,
            probation_practitioner=PROBATION,
        )
    ]
    tables["rag"] = _rag()
    tables["custody"] = [
        full_row(
            "custody",
            person_ref=PERSON,
            received_on="2025-11-17",
            released_on="2026-09-10",
            establishment="HMP Leicester",
            kind="SENTENCE",
        ),
        full_row("custody", person_ref=PERSON, received_on="2026-10-20", establishment="HMP Leicester", kind="RECALL"),
    ]
    tables["orders"] = [
        full_row(
            "orders",
            order_ref="O-HARKER-1",
            person_ref=PERSON,
            order_type="LICENCE",
            made_on="2026-09-10",
            court="Leicester Crown Court",
            conditions="Standard determinate licence; engage with the IOM team and follow its instructions",
        )
    ]
    tables["assessments"] = [
        full_row(
            "assessments",
            person_ref=PERSON,
            tool="OGRS3",
            version="2-YEAR",
            assessed_on="2026-08-10",
            value="82",
            band="HIGH",
            scorer=PROBATION,
        )
    ]
    tables["needs"] = _needs()
    tables["offences"] = _offences()
    tables["contacts"] = _contacts()
    tables["concerns"] = _concerns()
    tables["offers"] = [
        full_row(
            "offers",
            offer_ref="F-HARKER-1",
            case_ref=CASE,
            offer_type="HOUSING",
            pathway="ACCOMMODATION",
            provider="Accommodation provider",
            offered_on="2026-11-18",
            offered_by=POLICE,
        )
    ]
    tables["referrals"] = [
        full_row(
            "referrals",
            referral_ref="R-HARKER-1",
            case_ref=CASE,
            direction="OUT",
            unit="SUBSTANCE_MISUSE_TEAM",
            sent_on="2026-09-17",
            status="ACCEPTED",
            answered_on="2026-09-25",
            reason="Drugs need 2 at release",
        ),
        full_row(
            "referrals",
            referral_ref="R-HARKER-2",
            case_ref=CASE,
            direction="OUT",
            unit="ACCOMMODATION_PROVIDER",
            sent_on="2026-09-16",
            status="SENT",
            reason="Accommodation need 2 at release (action A1)",
        ),
    ]
    tables["actions"] = _actions()
    return tables


def _rag() -> list[Row]:
    entries = (
        ("2026-09-07", "BLUE", "In custody, release due 10 Sep 2026; pre-release plan", HOLT),
        ("2026-09-10", "AMBER", "released, engaging", POLICE),
        ("2026-10-02", "RED", f"Intelligence 2C, handling P: seen near vehicle breaks; authorised by {WRIGHT}", POLICE),
        ("2026-10-05", "RED", "Conference: RED confirmed", HOLT),
        ("2026-10-20", "BLUE", "Arrested as unlawfully at large and returned to custody", POLICE),
    )
    return [
        full_row("rag", case_ref=CASE, set_on=on, rag=rag, reason=reason, set_by=by) for on, rag, reason, by in entries
    ]


def _needs() -> list[Row]:
    entries = (
        ("DRUGS_ALCOHOL", "2026-09-07", "SUPPORT_REQUIRED"),
        ("ACCOMMODATION", "2026-09-07", "SUPPORT_REQUIRED"),
        ("DRUGS_ALCOHOL", "2026-11-11", "IN_PROGRESS"),
        ("ACCOMMODATION", "2026-11-18", "IN_PROGRESS"),
    )
    return [
        full_row("needs", case_ref=CASE, pathway=pathway, assessed_on=on, level="2", status=status)
        for pathway, on, status in entries
    ]


def _offences() -> list[Row]:
    entries = (
        ("2024-12-03", "VEHICLE_CRIME", "Theft from a motor vehicle", "SUSPECT", "Arrested"),
        ("2025-02-19", "THEFT_OTHER", "Theft from a shop", "SUSPECT", "Arrested"),
        ("2025-05-27", "BURGLARY", "Burglary other than dwelling", "SUSPECT", "Arrested"),
        ("2025-08-08", "BURGLARY", "Burglary dwelling", "CONVICTED", "Index offence: charged, convicted"),
        ("2025-08-08", "DRUG_POSSESSION", "Possession of a class A drug", "SUSPECT", "Arrested"),
        ("2026-10-13", "VEHICLE_CRIME", "Theft from a motor vehicle", "SUSPECT", "Arrested and bailed"),
    )
    return [
        full_row(
            "offences",
            person_ref=PERSON,
            offence_on=on,
            recorded_on=on,
            offence_group=group,
            offence=offence,
            role=role,
            outcome=outcome,
        )
        for on, group, offence, role, outcome in entries
    ]


def _contacts() -> list[Row]:
    # At, planned, type, outcome, minutes, worker, note.
    entries = (
        (
            "2026-09-10T09:30",
            "yes",
            "GATE_PICKUP",
            "SEEN",
            "90",
            POLICE,
            "Day of release. IOM letter served, explained.",
        ),
        ("2026-09-15T10:00", "yes", "HOME_VISIT_ANNOUNCED", "SEEN", "40", POLICE, "Seen at home."),
        ("2026-09-17T14:00", "yes", "OFFICE", "SEEN", "45", PROBATION, "Agreed to referral for substance misuse."),
        ("2026-09-24T18:10", "yes", "HOME_VISIT_UNANNOUNCED", "NOT_SEEN", "", POLICE, "No answer at the door."),
        ("2026-09-25T08:20", "yes", "HOME_VISIT_UNANNOUNCED", "SEEN", "25", POLICE, "Seen at home."),
        ("2026-09-29T14:00", "yes", "OFFICE", "UNACCEPTABLE_ABSENCE", "", PROBATION, "Licence warning on 30 Sep 2026."),
        ("2026-10-07T17:45", "yes", "JOINT_VISIT", "SEEN", "50", POLICE, "Unannounced, with probation (action A2)."),
        ("2026-10-12T19:00", "yes", "HOME_VISIT_UNANNOUNCED", "NOT_SEEN", "", POLICE, "No answer at the door."),
        ("2026-10-13T16:30", "no", "OTHER", "SEEN", "20", POLICE, "In police custody after arrest; bailed."),
        ("2026-10-28T11:00", "yes", "VIDEO", "SEEN", "30", POLICE, "Prison video link. Agrees treatment in custody."),
        ("2026-11-11T13:30", "yes", "PRISON_VISIT", "SEEN", "60", POLICE, "Treatment in custody has begun."),
    )
    names = ("occurred_at", "planned", "contact_type", "outcome", "minutes", "worker", "note")
    agencies = {POLICE: "LEICESTERSHIRE_POLICE", PROBATION: "HMPPS_PROBATION"}
    return [
        full_row(
            "contacts",
            contact_ref=f"C-HARKER-{number:02d}",
            case_ref=CASE,
            agency=agencies[entry[5]],
            direction="OURS",
            statement_basis="FACT",
            **dict(zip(names, entry, strict=True)),
        )
        for number, entry in enumerate(entries, start=1)
    ]


def _concerns() -> list[Row]:
    return [
        full_row(
            "concerns",
            concern_ref="K-HARKER-1",
            case_ref=CASE,
            occurred_on="2026-10-02",
            recorded_on="2026-10-02",
            concern_type="INTELLIGENCE",
            offence_group="VEHICLE_CRIME",
            source_grade="2",
            information_grade="C",
            handling="P",
            summary="Seen near vehicle breaks",
        ),
        full_row(
            "concerns",
            concern_ref="K-HARKER-2",
            case_ref=CASE,
            occurred_on="2026-10-13",
            recorded_on="2026-10-13",
            concern_type="ARREST",
            offence_group="VEHICLE_CRIME",
            summary="Arrested for theft from a vehicle; bailed",
        ),
        full_row(
            "concerns",
            concern_ref="K-HARKER-3",
            case_ref=CASE,
            occurred_on="2026-10-14",
            recorded_on="2026-10-14",
            concern_type="RECALL",
            summary="Recall requested and made: fixed term, 56 days",
        ),
        full_row(
            "concerns",
            concern_ref="K-HARKER-4",
            case_ref=CASE,
            occurred_on="2026-10-14",
            recorded_on="2026-10-14",
            concern_type="UNLAWFULLY_AT_LARGE",
            summary="Unlawfully at large from 14 Oct 2026",
        ),
        full_row(
            "concerns",
            concern_ref="K-HARKER-5",
            case_ref=CASE,
            occurred_on="2026-10-20",
            recorded_on="2026-10-20",
            concern_type="ARREST",
            offence_group="OTHER",
            summary="Arrested as unlawfully at large after 6 days; returned to custody",
        ),
    ]


def _actions() -> list[Row]:
    entries = (
        ("A1", "M-2026-09-07", "Accommodation referral", POLICE, "2026-09-14", "2026-09-16", "", ""),
        ("A2", "M-2026-10-05", "Joint visit with probation", POLICE, "2026-10-09", "2026-10-07", "", ""),
        ("A3", "M-2026-10-05", "Hot-spot tasking", HOLT, "2026-10-12", "2026-10-12", "", ""),
        ("A4", "M-2026-10-05", "Treatment appointment", PROBATION, "2026-10-19", "", "2026-11-02", "In custody"),
        ("A5", "M-2026-11-02", "Housing interview", HOLT, "2026-11-23", "", "", ""),
    )
    names = ("meeting_ref", "text", "owner", "due_on", "done_on", "cancelled_on", "cancel_reason")
    return [
        full_row(
            "actions",
            action_ref=f"{code}-HARKER",
            case_ref=CASE,
            **dict(zip(names, rest, strict=True)),
        )
        for code, *rest in entries
    ]
