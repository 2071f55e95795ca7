"""The two people of the worked example as summary facts, all fictional."""

from dataclasses import replace
from datetime import date, datetime, time

from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.decide_lines import ToDecideLine
from ioms_desktop.domain.printing.oversight_lines import DeliveryLine
from ioms_desktop.domain.printing.parts import SummaryPart as Part
from ioms_desktop.domain.printing.print_facts import PrintFacts
from ioms_desktop.domain.printing.summary import (
    ActionLine,
    Basis,
    CaseSummary,
    ChangeLine,
    ConcernLine,
    ContactLine,
    CurrentEngagement,
    CurrentRag,
    DisclosureLine,
    EnforcementLine,
    Identity,
    Meeting,
    NoteLine,
    OffenceLine,
    OfferLine,
    OrderLine,
    PathwayLine,
    PlanLine,
    Programme,
    ProgrammeReason,
    ResponsiblePerson,
    SafeguardingLine,
    ScoreLine,
    StatutoryFacts,
    TriggerLine,
)
from reports.summary_timelines import CALLUM, FROM, JAYDEN, TO, on

ABOUT = PrintFacts(
    audience=Audience.FULL,
    printed_by="PC 4411 ADEYEMI",
    role="officer",
    printed_at=datetime(2026, 11, 25, 9, 30),  # noqa: DTZ001 - local time, as printed
    reason="Case conference",
    recipient="IOM case conference, 2 Dec 2026",
    print_id="P-2611-00017",
)


def seen(month: int, day: int, hour: int, kind: str, outcome: str = "Seen", minutes: int | None = 30) -> ContactLine:
    return ContactLine(
        at=DayTime(date(2026, month, day), time(hour)),
        contact_type=kind,
        outcome=outcome,
        minutes=minutes,
        worker="PC 4411 ADEYEMI",
    )


CALLUM_FULL = CaseSummary(
    about=ABOUT,
    as_of=on(25, 11),
    to_decide=(
        ToDecideLine(
            what="Decision",
            text="Serious concern: alert of 13 Oct 2026, no decision yet",
            due_on=on(15, 10),
            clock="41 days late",
            part=Part.ALERTS,
            rests_on_intelligence=False,
        ),
        ToDecideLine(
            what="Decision",
            text="Breach: alert of 14 Oct 2026, no decision yet",
            due_on=on(16, 10),
            clock="40 days late",
            part=Part.ALERTS,
            rests_on_intelligence=False,
        ),
        ToDecideLine(
            what="Action",
            text="A5 housing interview (L. HOLT)",
            due_on=on(23, 11),
            clock="2 days late",
            part=Part.ACTIONS,
            rests_on_intelligence=False,
        ),
        ToDecideLine(
            what="RAG review",
            text="The RAG review was due on 24 Nov 2026 and is not recorded.",
            due_on=on(24, 11),
            clock="1 day late",
            part=Part.PLAN,
            rests_on_intelligence=False,
        ),
    ),
    programme=Programme(
        code="IOM",
        name="Integrated Offender Management",
        cohort="Fixed cohort",
        status="Active",
        case_ref="IOM-0001",
        since=on(7, 9),
    ),
    identity=Identity(
        family_name="Harker",
        given_names="Callum",
        initials="C.H.",
        known_as="Cal",
        date_of_birth=date(1994, 2, 14),
        age=32,
        sex="Male",
        pnc_id="2010/0123456X",
        crn="X123456",
        prison_number="A1234BC",
        niche_id="5000123",
        address="12 Fictional Street, Leicester LE1 1AA",
        communication_needs="None known",
        languages="English",
        warning_markers=("DR drugs, 3 Feb 2025", "ES escaper, 14 Oct 2026"),
    ),
    responsible=(
        ResponsiblePerson(role="Police OM", name="PC 4411 ADEYEMI", for_partners=True),
        ResponsiblePerson(role="Probation practitioner", name="J. SHAH", for_partners=True),
    ),
    statutory=StatutoryFacts(
        status="Serving, recalled",
        iom_licence_condition=True,
        custody="HMP Leicester since 20 Oct 2026 (recall, fixed term 56 days)",
        expected_release_on=on(15, 12),
        orders=(
            OrderLine(
                label="Licence",
                made_on=on(10, 9),
                court="Leicester Crown Court",
                conditions="Standard determinate; engage with the IOM team and follow its instructions",
            ),
        ),
    ),
    rag=CurrentRag(
        rag="BLUE",
        since=on(20, 10),
        reason="Returned to custody on recall after six days unlawfully at large",
        set_by="PC 4411 ADEYEMI",
        review_due=on(24, 11),
        review_clock="1 day late",
        basis=Basis.FACT,
    ),
    timeline=CALLUM,
    from_on=FROM,
    to_on=TO,
    why_on=(
        ProgrammeReason(
            text="Index offence burglary dwelling; OGRS3 two-year 82 (high); under licence", basis=Basis.FACT
        ),
        ProgrammeReason(text="Four arrests in the 12 months before sentence", source="Niche RMS", basis=Basis.FACT),
        ProgrammeReason(
            text="Said to work with two others at night", source="report graded 2C", basis=Basis.INTELLIGENCE
        ),
    ),
    scores=(
        ScoreLine(tool="OGRS3 two-year", version="3", assessed_on=on(1, 9), value="82", band="High", scorer="J. SHAH"),
        ScoreLine(tool="RoSH, public", version="", assessed_on=on(1, 9), value="", band="Medium", scorer="J. SHAH"),
    ),
    safeguarding=(),
    offending=(
        OffenceLine(
            offence_on=on(13, 10),
            offence="Theft from a vehicle (vehicle crime)",
            part="Suspect",
            outcome="Arrested, bailed",
            victim=False,
        ),
        OffenceLine(
            offence_on=date(2025, 12, 20),
            offence="Burglary dwelling (index)",
            part="Convicted",
            outcome="12 months",
            victim=False,
        ),
        OffenceLine(
            offence_on=on(2, 5),
            offence="Assault by a cell mate",
            part="Victim",
            outcome="No further action",
            victim=True,
        ),
    ),
    pathways=(
        PathwayLine(
            pathway="Accommodation", need="2, clear need", status="In progress", assessed_on=on(18, 11), owner="Housing"
        ),
        PathwayLine(
            pathway="Drugs and alcohol",
            need="2, clear need",
            status="In progress",
            assessed_on=on(11, 11),
            owner="Turning",
        ),
    ),
    contacts=(
        seen(11, 11, 14, "Prison visit", minutes=45),
        seen(10, 28, 10, "Video", minutes=20),
        seen(10, 13, 22, "Other: seen in custody", minutes=10),
        seen(10, 12, 18, "Home visit, unannounced", "Not seen", None),
        seen(10, 7, 9, "Joint visit"),
    ),
    offers=(),
    concerns=(
        ConcernLine(
            occurred_on=on(14, 10),
            label="Unlawfully at large",
            summary="To 19 Oct; arrested 20 Oct.",
            intelligence=False,
        ),
        ConcernLine(
            occurred_on=on(14, 10),
            label="Recall, fixed term 56 days",
            summary="Requested and made.",
            intelligence=False,
        ),
        ConcernLine(
            occurred_on=on(13, 10), label="Arrest, vehicle crime", summary="Theft from vehicle.", intelligence=False
        ),
        ConcernLine(
            occurred_on=on(2, 10),
            label="Intelligence",
            summary="Seen near vehicle breaks.",
            grade="2C/P",
            intelligence=True,
        ),
    ),
    triggers=(
        TriggerLine(
            label="Serious concern",
            raised_on=on(13, 10),
            explanation=(
                "Callum was arrested on 13 Oct 2026 on suspicion of vehicle crime; one such arrest is enough under"
                " policy 2026-04-01."
            ),
            clock="open, decision 41 days late",
            rests_on_intelligence=False,
        ),
        TriggerLine(
            label="Breach",
            raised_on=on(14, 10),
            explanation=(
                "Callum was recalled and unlawfully at large from 14 Oct 2026; one recall calls for a decision (policy"
                " 2026-04-01)."
            ),
            clock="open, decision 40 days late",
            rests_on_intelligence=False,
        ),
    ),
    enforcement=(),
    meeting=Meeting(held_on=on(2, 11), name="IOM case conference", outcome="BLUE kept; plan for release on 15 Dec"),
    actions=(ActionLine(text="A5 housing interview", owner="L. HOLT", due_on=on(23, 11), state="OVERDUE by 2 days"),),
    plan=PlanLine(
        text="Release on 15 Dec: gate pickup, housing place, treatment appointment on the day.",
        review_on=on(24, 11),
        review_clock="1 day late",
    ),
    last_review=on(20, 10),
    changes=(
        ChangeLine(
            on=on(11, 11),
            text="Drugs pathway in progress: treatment agreed in custody",
            part=Part.NEEDS,
            police_only=False,
        ),
        ChangeLine(on=on(18, 11), text="Accommodation provider offers a place", part=Part.OFFERS, police_only=False),
        ChangeLine(on=on(20, 11), text="The vehicle seized on 13 Oct was returned to its owner", police_only=True),
    ),
    notes=(
        NoteLine(
            on=on(18, 11),
            author="PC 4411 ADEYEMI",
            basis=Basis.OPINION,
            text="I think a place outside his old estate gives the best chance of a stable start.",
            police_only=False,
        ),
        NoteLine(
            on=on(11, 11),
            author="PC 4411 ADEYEMI",
            basis=Basis.FACT,
            text="Signed the treatment agreement in the visits hall.",
            police_only=False,
        ),
        NoteLine(
            on=on(13, 10),
            author="PC 4411 ADEYEMI",
            basis=Basis.FACT,
            text="Vehicle seized; see exhibit book.",
            police_only=True,
        ),
    ),
    deliveries=(
        DeliveryLine(
            at=DayTime(on(23, 11), time(14, 30)),
            letter="Appointment, letter to Callum HARKER",
            outcome="Read out and explained",
            delivered_by="PC 4411 ADEYEMI",
            witnessed_by="J. Reid, probation",
        ),
        DeliveryLine(letter="Appointment, letter to Callum HARKER, 24 Nov 2026"),
    ),
    disclosures=(
        DisclosureLine(on=on(25, 11), recipient="Housing provider", what="Sanitised summary", power="CDA 1998 s115"),
    ),
)

JAYDEN_FULL = CaseSummary(
    about=replace(ABOUT, recipient="Phoenix weekly meeting", print_id="P-2611-00018"),
    as_of=on(27, 11),
    programme=Programme(
        code="PHOENIX",
        name="Phoenix Programme (focussed deterrence)",
        status="Engaged",
        case_ref="PHX-0001",
        since=on(17, 9),
    ),
    identity=Identity(
        family_name="Marlow",
        given_names="Jayden",
        initials="J.M.",
        date_of_birth=date(2008, 10, 28),
        age=18,
        sex="Male",
        pnc_id="2026/0001234J",
        address="4 Example Road, Leicester LE2 2BB",
        communication_needs="Speech, language and communication needs: short sentences, check back",
        languages="English",
        parent_or_carer="Kim MARLOW (mother)",
    ),
    responsible=(
        ResponsiblePerson(role="Navigator", name="N. OKORO", for_partners=True),
        ResponsiblePerson(role="Police OM", name="PC 4411 ADEYEMI", for_partners=True),
        ResponsiblePerson(role="Youth justice service", name="Leicester City", for_partners=True),
    ),
    statutory=StatutoryFacts(status="None"),
    engagement=CurrentEngagement(level=5, words="changing", week=on(23, 11), rated_by="N. OKORO, navigator"),
    timeline=JAYDEN,
    from_on=FROM,
    to_on=TO,
    why_on=(
        ProgrammeReason(
            text="Arrested on 18 Jul 2026 for possession of a bladed article", source="Niche RMS", basis=Basis.FACT
        ),
        ProgrammeReason(text="Associate of group GRP-07", source="graded 1B", basis=Basis.INTELLIGENCE),
    ),
    scores=(),
    safeguarding=(
        SafeguardingLine(
            subject="Exploitation", text="Considered: yes. NRM referred 9 Sep 2026; reasonable grounds 16 Sep."
        ),
        SafeguardingLine(subject="Social care", text="Child in need until 28 Oct 2026"),
    ),
    offending=(
        OffenceLine(
            offence_on=on(27, 10), offence="Affray", part="Suspect", outcome="No further action (15)", victim=False
        ),
        OffenceLine(
            offence_on=on(18, 7), offence="Bladed article", part="Suspect", outcome="Community resolution", victim=False
        ),
    ),
    pathways=(
        PathwayLine(
            pathway="Education, training, employment", need="2, clear need", status="In progress", assessed_on=on(1, 10)
        ),
        PathwayLine(
            pathway="Children, families and community", need="1, some need", status="In progress", assessed_on=on(1, 10)
        ),
    ),
    contacts=(
        replace(seen(11, 26, 9, "Office", minutes=30), worker="N. OKORO"),
        replace(seen(11, 24, 16, "Office", minutes=45), worker="N. OKORO"),
        replace(seen(11, 17, 16, "Office", minutes=60), worker="N. OKORO"),
        replace(seen(11, 12, 16, "Office", minutes=30), worker="N. OKORO"),
        replace(seen(11, 10, 21, "Phone, they rang us", minutes=90), worker="N. OKORO"),
    ),
    offers=(
        OfferLine(
            label="Mentoring",
            provider="Community navigators",
            offered_on=on(17, 9),
            response="accepted",
            responded_on=on(22, 9),
            open=True,
            accepted=True,
        ),
        OfferLine(
            label="Work and training",
            provider="College partner",
            offered_on=on(17, 9),
            response="accepted",
            responded_on=on(22, 9),
            open=True,
            accepted=True,
        ),
        OfferLine(
            label="Mediation",
            provider="Local charity",
            offered_on=on(17, 9),
            response="accepted in part",
            responded_on=on(22, 9),
            open=True,
            accepted=True,
        ),
        OfferLine(
            label="Crisis relocation",
            provider="City council",
            offered_on=on(10, 11),
            response="accepted",
            responded_on=on(10, 11),
            open=True,
            accepted=True,
        ),
    ),
    concerns=(
        ConcernLine(
            occurred_on=on(27, 10), label="Arrest, affray", summary="Appropriate adult present.", intelligence=False
        ),
    ),
    triggers=(
        TriggerLine(
            label="Missed contacts",
            raised_on=on(15, 10),
            explanation="Jayden missed 3 planned sessions in 14 days, on 6, 13 and 15 Oct 2026 (policy 2026-04-01).",
            clock="escalate to Verbal warning on 19 Oct 2026",
            rests_on_intelligence=False,
        ),
        TriggerLine(
            label="Serious concern",
            raised_on=on(27, 10),
            explanation="Jayden was arrested on 27 Oct 2026 on suspicion of affray (policy 2026-04-01).",
            clock="escalate to Written warning letter on 28 Oct 2026",
            rests_on_intelligence=False,
        ),
    ),
    enforcement=(
        EnforcementLine(
            decided_on=on(20, 11),
            decision="De-escalate to reminder or re-offer",
            reason="Four weeks of steady engagement; affray closed with no further action",
            authorised_by="Insp. WRIGHT",
            told="In person",
            actioned_on=on(20, 11),
            rests_on_intelligence=False,
        ),
        EnforcementLine(
            decided_on=on(28, 10),
            decision="Written warning letter",
            reason="Arrest for affray; a contract and an injunction considered and refused",
            authorised_by="Insp. WRIGHT",
            told="That the offer stays open and what happens next",
            actioned_on=on(29, 10),
            rests_on_intelligence=False,
        ),
        EnforcementLine(
            decided_on=on(19, 10),
            decision="Verbal warning, offer restated",
            reason="Three missed sessions; words adjusted for communication needs",
            authorised_by="Insp. WRIGHT",
            told="In plain words, with his mother",
            actioned_on=on(20, 10),
            rests_on_intelligence=False,
        ),
    ),
    meeting=Meeting(held_on=on(5, 11), name="Phoenix weekly meeting", outcome="Keep the offer"),
    actions=(),
    plan=PlanLine(text="Continue to month 6; work trial from 26 Nov.", review_on=on(27, 11)),
    last_review=on(5, 11),
    changes=(
        ChangeLine(
            on=on(10, 11),
            text="Crisis call; relocation offered and accepted",
            part=Part.OFFERS,
            police_only=False,
        ),
        ChangeLine(
            on=on(20, 11),
            text="De-escalated from a written warning letter to a reminder",
            part=Part.ENFORCEMENT,
            police_only=False,
        ),
    ),
    notes=(),
    disclosures=(),
)
