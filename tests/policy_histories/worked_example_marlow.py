"""Jayden Marlow, the Phoenix participant of practice.md 11.2 (fictional), as exchange rows."""

from policy_histories.exchange_columns import Row, Tables, full_row, no_rows

PERSON, CASE = "P-MARLOW", "PHX-MARLOW"
NAVIGATOR, POLICE, WRIGHT = "N. OKORO", "PC 4411 ADEYEMI", "Insp. WRIGHT"


def marlow() -> Tables:
    """Return every row of Jayden Marlow's twelve weeks, 7 Sep to 29 Nov 2026."""
    tables = no_rows()
    tables["people"] = [
        full_row(
            "people",
            person_ref=PERSON,
            family_name="MARLOW",
            given_names="Jayden",
            date_of_birth="2008-10-28",
            sex="MALE",
            pnc_id="2026/0345678G",
            address="3 Invented Close, Leicester",
            postcode="LE0 0BB",
            communication_needs="SLCN",
            languages="English",
            social_care_status="CIN",
            parent_or_carer="Kim MARLOW (mother)",
        )
    ]
    tables["cases"] = [
        full_row(
            "cases",
            case_ref=CASE,
            person_ref=PERSON,
            programme="PHOENIX",
            status="ENGAGED",
            referred_on="2026-09-07",
            referred_by="Selection panel",
            notified_on="2026-09-17",
            police_om=POLICE,
            navigator=NAVIGATOR,
            trial_arm="NOT_RANDOMISED",
        )
    ]
    tables["offences"] = _offences()
    tables["offers"] = _offers()
    tables["contacts"] = _contacts()
    tables["ratings"] = _ratings()
    tables["concerns"] = [
        full_row(
            "concerns",
            concern_ref="K-MARLOW-1",
            case_ref=CASE,
            occurred_on="2026-10-27",
            recorded_on="2026-10-27",
            concern_type="ARREST",
            offence_group="VIOLENCE",
            summary="Arrested at 17 on suspicion of affray; appropriate adult present",
        )
    ]
    tables["decisions"] = _decisions()
    tables["notifications"] = [
        full_row(
            "notifications",
            case_ref=CASE,
            attempted_on="2026-09-15",
            attempt="1",
            outcome="NOT_FOUND",
            delivered_by=f"{POLICE}; {NAVIGATOR}",
        ),
        full_row(
            "notifications",
            case_ref=CASE,
            attempted_on="2026-09-17",
            attempt="2",
            outcome="DELIVERED_UNDECIDED",
            delivered_by=f"{POLICE}; {NAVIGATOR}; community voice",
            present="Kim MARLOW (mother)",
            mode="HOME",
            response="Undecided",
            note="Plain-language letter left",
        ),
    ]
    tables["referrals"] = _referrals()
    tables["actions"] = _actions()
    return tables


def _offences() -> list[Row]:
    entries = (
        ("2026-07-18", "WEAPONS", "Possession of a bladed article", "Arrested"),
        ("2026-10-27", "VIOLENCE", "Affray", "NFA 18 Nov 2026 (outcome 15)"),
    )
    return [
        full_row(
            "offences",
            person_ref=PERSON,
            offence_on=on,
            recorded_on=on,
            offence_group=group,
            offence=offence,
            role="SUSPECT",
            outcome=outcome,
        )
        for on, group, offence, outcome in entries
    ]


def _offers() -> list[Row]:
    # The notification of 17 Sep 2026 makes the offer, he accepts on 22 Sep 2026.
    entries = (
        ("MENTORING", "ATTITUDES_THINKING_BEHAVIOUR", "Ingeus", "2026-09-17", "2026-09-22", "2026-09-23"),
        ("ETE", "EDUCATION_TRAINING_EMPLOYMENT", "Leicestershire Cares", "2026-09-17", "2026-09-22", "2026-09-29"),
        ("MEDIATION", "CHILDREN_FAMILIES", "Ingeus", "2026-09-17", "2026-09-22", ""),
        ("CRISIS_RELOCATION", "ACCOMMODATION", "Ingeus", "2026-11-10", "2026-11-10", ""),
    )
    return [
        full_row(
            "offers",
            offer_ref=f"F-MARLOW-{number}",
            case_ref=CASE,
            offer_type=kind,
            pathway=pathway,
            provider=provider,
            offered_on=offered,
            offered_by=NAVIGATOR,
            response="ACCEPTED",
            responded_on=answered,
            started_on=started,
        )
        for number, (kind, pathway, provider, offered, answered, started) in enumerate(entries, start=1)
    ]


def _contacts() -> list[Row]:
    # Day, planned, type, outcome, minutes, offer, direction, note.
    entries = (
        ("2026-09-23", "yes", "OTHER", "SEEN", "60", "1", "OURS", "First face to face; plan made in his own words."),
        ("2026-09-29", "yes", "OTHER", "SEEN", "45", "1", "OURS", "Session. ETE referral accepted."),
        ("2026-10-01", "yes", "OTHER", "SEEN", "30", "1", "OURS", "Session."),
        ("2026-10-06", "yes", "OTHER", "UNACCEPTABLE_ABSENCE", "", "1", "OURS", "Did not come; no reason given."),
        ("2026-10-08", "no", "PHONE", "SEEN", "10", "1", "THEIRS", "He rang."),
        ("2026-10-13", "yes", "OTHER", "FAILED_TO_ATTEND", "", "1", "OURS", "Did not come."),
        ("2026-10-15", "yes", "OTHER", "FAILED_TO_ATTEND", "", "1", "OURS", "Did not come."),
        ("2026-10-20", "yes", "HOME_VISIT_ANNOUNCED", "SEEN", "30", "1", "OURS", "Verbal warning; offer restated."),
        ("2026-11-03", "yes", "OTHER", "SEEN", "60", "1", "OURS", "Session."),
        ("2026-11-05", "yes", "OTHER", "SEEN", "45", "1", "OURS", "Session."),
        ("2026-11-10", "no", "PHONE", "SEEN", "90", "4", "THEIRS", "Crisis call: tension in the group."),
        ("2026-11-12", "yes", "OTHER", "SEEN", "30", "1", "OURS", "Session."),
        ("2026-11-17", "yes", "OTHER", "SEEN", "60", "1", "OURS", "Session."),
        ("2026-11-24", "yes", "OTHER", "SEEN", "45", "1", "OURS", "Session."),
        ("2026-11-26", "yes", "OTHER", "SEEN", "30", "2", "OURS", "Started the work trial; check-in."),
    )
    return [
        full_row(
            "contacts",
            contact_ref=f"C-MARLOW-{number:02d}",
            case_ref=CASE,
            occurred_at=on,
            planned=planned,
            contact_type=kind,
            outcome=outcome,
            minutes=minutes,
            worker=NAVIGATOR,
            agency="INGEUS",
            offer_ref=f"F-MARLOW-{offer}",
            direction=direction,
            note=note,
            statement_basis="FACT",
        )
        for number, (on, planned, kind, outcome, minutes, offer, direction, note) in enumerate(entries, start=1)
    ]


def _ratings() -> list[Row]:
    # Weeks 1 to 12, each rated on its Friday.
    entries = (
        ("2026-09-07", "2026-09-11", 0),
        ("2026-09-14", "2026-09-18", 2),
        ("2026-09-21", "2026-09-25", 4),
        ("2026-09-28", "2026-10-02", 4),
        ("2026-10-05", "2026-10-09", 3),
        ("2026-10-12", "2026-10-16", 2),
        ("2026-10-19", "2026-10-23", 3),
        ("2026-10-26", "2026-10-30", 3),
        ("2026-11-02", "2026-11-06", 4),
        ("2026-11-09", "2026-11-13", 4),
        ("2026-11-16", "2026-11-20", 4),
        ("2026-11-23", "2026-11-27", 5),
    )
    return [
        full_row(
            "ratings",
            case_ref=CASE,
            week_commencing=week,
            rated_on=rated,
            level=level,
            rated_by=NAVIGATOR,
            role="NAVIGATOR",
        )
        for week, rated, level in entries
    ]


def _decisions() -> list[Row]:
    return [
        full_row(
            "decisions",
            decision_ref="D-MARLOW-1",
            case_ref=CASE,
            rule="missed_contacts",
            decided_on="2026-10-19",
            decision="ESCALATE",
            step="L1",
            reason="Three missed contacts; verbal warning with the offer restated, adjusted for SLCN",
            proposed_by=NAVIGATOR,
            authorised_by=WRIGHT,
            child_checks="NRM=yes: referred 9 Sep 2026, RG_POSITIVE 16 Sep 2026;YJS=yes: Leicester City told;"
            "PARENT=yes: Kim MARLOW told;DIVERSION=yes: support is the diversion;"
            "COMMUNICATION=yes: adjusted for SLCN",
            told_participant="Why we are worried, that the offer remains open, and what comes next",
            actioned_on="2026-10-20",
        ),
        full_row(
            "decisions",
            decision_ref="D-MARLOW-2",
            case_ref=CASE,
            rule="serious_concern",
            decided_on="2026-10-28",
            decision="ESCALATE",
            step="L2",
            reason="Arrest for affray. A contract considered and refused: he is engaging and it adds nothing yet. "
            "An injunction considered and refused: not proportionate on one arrest. He is 18: adult rules apply",
            proposed_by=POLICE,
            authorised_by=WRIGHT,
            told_participant="Written warning in plain language; the offer remains open; no copy to his mother "
            "unless he agrees",
            actioned_on="2026-10-29",
        ),
        full_row(
            "decisions",
            decision_ref="D-MARLOW-3",
            case_ref=CASE,
            decided_on="2026-11-20",
            decision="DE_ESCALATE",
            step="L0",
            reason="Affray ended NFA on 18 Nov 2026; engaged for three weeks",
            proposed_by=NAVIGATOR,
            authorised_by=WRIGHT,
            told_participant="Told in person",
        ),
    ]


def _referrals() -> list[Row]:
    entries = (
        ("MASH", "2026-09-09", "COMPLETED", "2026-09-16", "Safety and MASH check"),
        ("OTHER", "2026-09-09", "ACCEPTED", "2026-09-16", "NRM, exploitation question answered yes: RG_POSITIVE"),
        ("ETE_PROVIDER", "2026-09-23", "ACCEPTED", "2026-09-29", "Education, training and employment"),
    )
    return [
        full_row(
            "referrals",
            referral_ref=f"R-MARLOW-{number}",
            case_ref=CASE,
            direction="OUT",
            unit=unit,
            sent_on=sent,
            status=status,
            answered_on=answered,
            reason=reason,
        )
        for number, (unit, sent, status, answered, reason) in enumerate(entries, start=1)
    ]


def _actions() -> list[Row]:
    return [
        full_row(
            "actions",
            action_ref="A1-MARLOW",
            case_ref=CASE,
            text="Youth to adult (Y2A) handover, opened on his 18th birthday",
            owner=WRIGHT,
            due_on="2026-12-09",
        ),
        full_row(
            "actions",
            action_ref="A2-MARLOW",
            case_ref=CASE,
            text="Review: continue to month 6",
            owner=NAVIGATOR,
            due_on="2026-11-27",
            done_on="2026-11-27",
        ),
    ]
