"""Small cases built row by row, their days counted from the day the case began."""

from datetime import date, timedelta

from policy_histories.exchange_columns import Tables, full_row, no_rows

START = date(2026, 5, 4)  # a Monday, the early May bank holiday
LATE = date(2026, 11, 20)


def on(offset: int) -> date:
    """Return the day that many days after the case began."""
    return START + timedelta(days=offset)


def a_case(programme: str = "PHOENIX", born: str = "2001-03-03", **cells: object) -> Tables:
    """Return one person and one case that began on the first day."""
    tables = no_rows()
    tables["people"] = [full_row("people", person_ref="P", family_name="CROFT", given_names="Alex", date_of_birth=born)]
    begun = {"adopted_on" if programme == "IOM" else "notified_on": START}
    case = {"case_ref": "X", "person_ref": "P", "programme": programme, "status": "ACTIVE", "referred_on": START}
    tables["cases"] = [full_row("cases", **{**case, **begun, **cells})]
    return tables


def miss(tables: Tables, *offsets: int, outcome: str = "FAILED_TO_ATTEND", planned: str = "yes") -> None:
    """Add planned contacts that were missed, one a day."""
    for offset in offsets:
        ref = f"C{len(tables['contacts']):03d}"
        tables["contacts"].append(
            full_row(
                "contacts",
                contact_ref=ref,
                case_ref="X",
                occurred_at=on(offset),
                planned=planned,
                contact_type="OFFICE",
                outcome=outcome,
            )
        )


def see(tables: Tables, *offsets: int) -> None:
    """Add completed contacts, one a day."""
    miss(tables, *offsets, outcome="SEEN")


def lock(tables: Tables, received: int, released: int | None) -> None:
    """Add a custody spell."""
    tables["custody"].append(
        full_row(
            "custody",
            person_ref="P",
            received_on=on(received),
            released_on=on(released) if released is not None else "",
        )
    )


def worry(tables: Tables, offset: int, kind: str = "OTHER", group: str = "", **cells: object) -> None:
    """Add a concern."""
    tables["concerns"].append(
        full_row(
            "concerns",
            concern_ref=f"K{len(tables['concerns']):03d}",
            case_ref="X",
            occurred_on=on(offset),
            recorded_on=on(offset),
            concern_type=kind,
            offence_group=group,
            **cells,
        )
    )


def decide(tables: Tables, offset: int, rule: str = "", decision: str = "HOLD", step: str = "") -> None:
    """Add a decision, proposed and authorised by two people."""
    tables["decisions"].append(
        full_row(
            "decisions",
            decision_ref=f"D{len(tables['decisions']):03d}",
            case_ref="X",
            rule=rule,
            decided_on=on(offset),
            decision=decision,
            step=step,
            reason="Invented",
            proposed_by="A",
            authorised_by="B",
            told_participant="All of it",
        )
    )


def rate(tables: Tables, week: int, level: int, rated: int | None = None, role: str = "NAVIGATOR") -> None:
    """Add a weekly rating, made on the Friday unless said otherwise."""
    tables["ratings"].append(
        full_row(
            "ratings",
            case_ref="X",
            week_commencing=on(7 * week),
            rated_on=on(7 * week + 4 if rated is None else rated),
            level=level,
            role=role,
        )
    )


def offer(tables: Tables, offset: int, answer: int | None = None) -> None:
    """Add an offer, and its answer."""
    tables["offers"].append(
        full_row(
            "offers",
            offer_ref=f"F{len(tables['offers']):03d}",
            case_ref="X",
            offer_type="MENTORING",
            offered_on=on(offset),
            response="ACCEPTED" if answer is not None else "",
            responded_on=on(answer) if answer is not None else "",
        )
    )
