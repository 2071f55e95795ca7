"""How a case came onto its programme: the answers to the checks before the panel, and what the panel decided."""

from datetime import date

from ioms_desktop.demo.book import COORDINATOR, CaseWriter, workday
from ioms_desktop.domain.dates.calendar import ADULT_AGE, DAY
from ioms_desktop.domain.records.selection.screening import NEEDED_CHECKS
from ioms_desktop.domain.validation.selection_rules import OWN_CONSENT_AGE

IOM_PANEL = "LEICESTERSHIRE_POLICE;HMPPS_PROBATION;LEICESTER_CITY_COUNCIL;TREATMENT_PROVIDER"
PHOENIX_PANEL = "LEICESTERSHIRE_POLICE;LEICESTER_CITY_YJS;INGEUS;VRN"
GROUPS = 9
"""How many groups there are."""
REVIEWER = "PS HOLT"
KNOWN_OF_A_CHILD = {"SAFEGUARDING": "Known to children's social care; the social worker was told of the panel."}


def write_screening(case: CaseWriter, on: date, *, awaited: tuple[str, ...] = ()) -> None:
    """Write the answers to the checks on a day; those of some checks may still be awaited."""
    known = KNOWN_OF_A_CHILD if case.age(on) < ADULT_AGE else {}
    for check in NEEDED_CHECKS:
        answer = "ASKED" if check in awaited else "KNOWN" if check in known else "NOTHING_KNOWN"
        note = known.get(check) if answer == "KNOWN" else None
        case.add(
            "screening_checks",
            check_type=check,
            answered_on=on,
            answer=answer,
            answered_by=COORDINATOR,
            note=note,
        )


def write_panel(case: CaseWriter, on: date, decision: str, reason: str, **cells: object) -> None:
    """Write what the panel decided on a day, and the checks before it."""
    write_screening(case, workday(on - DAY * 7))
    decide(case, on, decision, reason, **cells)


def decide(case: CaseWriter, on: date, decision: str, reason: str, **cells: object) -> None:
    """Write a decision of the panel alone."""
    case.add(
        "panel_decisions",
        panel_decision_ref=case.writer.next_ref("PD"),
        decided_on=on,
        decision=decision,
        agencies=IOM_PANEL if case.programme == "IOM" else PHOENIX_PANEL,
        reason=reason,
        **cells,
    )


def write_exit(case: CaseWriter, kind: str, on: date, reason: str, **cells: object) -> None:
    """Write that a case left its programme from a day on, and that the person was told on it."""
    case.add(
        "exits",
        exit_ref=case.writer.next_ref("EX"),
        kind=kind,
        left_on=on,
        reason=reason,
        person_told_on=on,
        told_by=case.worker,
        **cells,
    )


def write_letter(case: CaseWriter) -> None:
    """Write how the IOM letter was served, on the day that the case says; nothing where it was not."""
    served = case.row.get("notice_served_on")
    if not served:
        return
    case.add(
        "notifications",
        attempted_on=served,
        attempt=1,
        outcome="SERVED",
        kind="IOM_LETTER",
        delivered_by=case.worker,
        method="IN_PERSON",
        copy_given=True,
        interpreter=False,
    )


def told_by_age(age: int) -> dict[str, object]:
    """Return who was there at a delivery, who was told, and whose consent it takes, by the person's age."""
    is_child = age < ADULT_AGE
    return {
        "kind": "CUSTOM",
        "message_points": "WE_KNOW;SAFE_ALIVE;HELP_NOW;VIOLENCE_STOPS;CONSEQUENCES",
        "attended": "MOTHER;POLICE;NAVIGATOR;COMMUNITY_VOICE" if is_child else "POLICE;NAVIGATOR;COMMUNITY_VOICE",
        "told": "MOTHER;YOUTH_JUSTICE" if is_child else "PROBATION",
        "consent": "OWN" if age >= OWN_CONSENT_AGE else "PARENT_AND_OWN",
    }


def write_eligibility(case: CaseWriter, on: date, criterion: str, evidence: str, **cells: object) -> None:
    """Write that a criterion was found to be met on a day."""
    plain: dict[str, object] = {"basis": "POLICE_SYSTEM", "source": "Niche", "evidence": evidence, **cells}
    case.add(
        "eligibility",
        eligibility_ref=case.writer.next_ref("EL"),
        criterion=criterion,
        assessed_on=on,
        met=True,
        **plain,
    )


def write_network(case: CaseWriter, on: date) -> None:
    """Write of which group a participant is said to be, on the evidence of a day, and who their parent or carer is."""
    carer = str(case.person.row.get("parent_or_carer") or "")
    if carer:
        name, _, _ = carer.partition(" (")
        case.add_for_person("associates", associate_ref=case.writer.next_ref("AS"), name=name, kind="PARENT",
                            basis="FACT", source="Referral")  # fmt: skip
    ref = case.writer.next_ref("GM")
    case.add_for_person(
        "group_memberships",
        membership_ref=ref,
        group_name=f"GRP-{int(ref.rpartition('-')[2]) % GROUPS + 1:02}",
        group_status="ACTIVE",
        role="ASSOCIATE",
        source="Niche",
        source_grade="1",
        information_grade="B",
        handling="P",
        evidence_on=on,
        reviewed_by=REVIEWER,
    )


def record_letter(case: CaseWriter, on: date, *, is_told: bool) -> None:
    """Record what became of the letter that was taken to an attempt; it was written before the program kept letters."""
    case.add(
        "letter_deliveries",
        delivery_ref=case.writer.next_ref("LD"),
        attempted_at=f"{on.isoformat()}T18:15",
        outcome="DELIVERED" if is_told else "NOT_REACHED",
        method="READ_OUT" if is_told else "BY_HAND",
        delivered_by=case.worker,
        witnessed_by="The community voice who came along" if is_told else None,
        note=None if is_told else "Nobody was in. The letter was taken back.",
    )
