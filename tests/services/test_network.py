"""The network of a person: who may read it, of whom they may know, and how long a group is said of somebody."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from ioms_desktop.domain.access.case_access import AccessList
from ioms_desktop.domain.access.roles import Right, Role, roles_with
from ioms_desktop.domain.duties.case_duties import Duty
from ioms_desktop.domain.errors import InvalidRecord, Missing, NotAllowed
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.records.network.associates import Associate
from ioms_desktop.domain.records.network.memberships import GroupMembership
from ioms_desktop.domain.records.protection import GroupResponse
from ioms_desktop.domain.records.record import Record
from ioms_desktop.services.access.case_access_admin import ChangeCaseAccess, exclude_user
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.cases.worklist import Worklist
from ioms_desktop.services.exchange.exports import export_records
from ioms_desktop.services.network.standing import Standing, current_memberships, describe_retaliation, standing_of
from ioms_desktop.services.offline.checkout import CheckOutCases, check_out_cases
from ioms_desktop.services.recording.corrections import StrikeOut, list_struck_out, strike_out
from ioms_desktop.services.recording.records import AddRecord, ChangeRecord, add_record_by_form, change_record_by_form
from ioms_desktop.services.records.history import read_history
from ioms_desktop.services.records.recalls import list_copies_to_recall
from ioms_desktop.services.session import Session
from ioms_desktop.services.sign_in.sign_in import sign_in
from ioms_desktop.storage import access_lists
from ioms_desktop.storage.queries.recalls import known_strike_outs
from ioms_desktop.storage.store import Store
from ioms_desktop.storage.transaction import CommandContext
from keys import opened
from listening import statements_of
from owed import list_owed_work
from paper_prints import printed_pdf
from reports.reading import pages_of
from services.access_bureau import Bureau
from services.exchange_session import rows_of
from sessions import CASES, PEOPLE, TODAY, Clock, fill, request, session_of
from shared_people import PASSWORD, Office, login_of

PROBATION = "HMPPS_PROBATION"

MOTHER = Associate(
    associate_ref="",
    person_ref="",
    name="Kim Marlow",
    kind="PARENT",
    basis="FACT",
    source="Referral",
    note="Supports him",
)
SEEN_WITH = Associate(
    associate_ref="",
    person_ref="",
    other_person_ref="P-CH",
    kind="ASSOCIATE",
    basis="INTELLIGENCE",
    source="Niche 26/1",
    source_grade="2",
    information_grade="C",
    handling="P",
)
COUSIN = replace(MOTHER, name=None, other_person_ref="P-CH", kind="OTHER_FAMILY", source="School")
MEMBER = GroupMembership(
    membership_ref="",
    person_ref="",
    group_name="GRP-07",
    role="ASSOCIATE",
    source="Niche 26/2",
    source_grade="1",
    information_grade="B",
    evidence_on=date(2026, 7, 18),
)
TABLES = (Associate, GroupMembership)


@pytest.fixture
def file(local_location: str) -> Iterator[Store]:
    """Return a local file with a few cases."""
    store = opened(local_location)
    fill(store)
    yield store
    store.close()


def add(session: Session, record: Record, case_ref: str = "PHX-1") -> str:
    return add_record_by_form(session, AddRecord(request=request(), case_ref=case_ref, record=record)).ref


def held(session: Session, case_ref: str = "PHX-1") -> list[str]:
    view = open_case(session, case_ref)
    return sorted([each.source for each in view.of(Associate)] + [each.group_name for each in view.of(GroupMembership)])


def refused(session: Session, record: Record, column: str) -> str:
    with pytest.raises(InvalidRecord) as said:
        add(session, record)
    assert said.value.field == column
    return said.value.sentence


def read_raw(office: Office, role: str, case_ref: str = "PHX-1") -> list[str]:
    """Return what somebody reads with psql of the network, as it is, as it was, and as it was entered in error."""
    found: list[str] = []
    with office.raw(role) as raw:
        raw.execute("SELECT open_case(%s)", (case_ref,))
        for each in TABLES:
            words = ("source", "name, other_person_ref") if each is Associate else ("group_name", "group_aka")
            for columns in words:
                rows = raw.execute(f"SELECT {columns} FROM read_{each.table}()".encode()).fetchall()  # noqa: S608 - our own names
                found += map(str, rows)
        for asked in (
            "SELECT name FROM associates",
            "SELECT group_name FROM group_memberships",
            "SELECT data::text FROM read_former_version() WHERE table_name IN ('associates', 'group_memberships')",
            "SELECT data::text FROM struck_out_of('PHX-1')",
        ):
            try:
                found += [str(row) for row in raw.execute(asked.encode()).fetchall()]
            except Exception as denied:  # noqa: BLE001 - whatever the server refuses it by, nothing was read
                assert "permission denied" in str(denied)  # noqa: PT017 - nobody reads a table
        # The control: the case is open to them.
        assert raw.execute("SELECT contact_ref FROM read_contacts()").fetchall()
    return found


def test_navigators_read_no_group_and_no_intelligence_of_a_network_however_they_ask(office: Office) -> None:
    officer = office.session("officer")
    for record in (MOTHER, SEEN_WITH, COUSIN, MEMBER):
        add(officer, record)
    said = open_case(officer, "PHX-1").of(GroupMembership)[0]
    entry = ChangeRecord(
        request=request(), case_ref="PHX-1", record=replace(said, group_aka="The Sevens"), revision=said.revision
    )
    change_record_by_form(officer, entry)
    wrong = add(officer, replace(MEMBER, group_name="GRP-99"))
    strike_out(
        officer,
        StrikeOut(
            request=request(),
            case_ref="PHX-1",
            table="group_memberships",
            key_text=wrong,
            revision=1,
            reason="other boy",
        ),
    )
    shown = {"officer": 4, "supervisor": 4, "navigator": 1, "coordinator": 2}
    for role, count in shown.items():
        session = office.session(role)
        assert len(held(session)) == count, role  # a navigator does not know of P-CH, who is on IOM
        words = " ".join(read_raw(office, role))
        assert ("GRP-07" in words, "GRP-99" in words, "Sevens" in words) == (count == 4,) * 3, role
        assert ("Niche 26/1" in words, "P-CH" in words) == (count == 4, count > 1), role
        assert "Kim Marlow" in words, role
        history = str(read_history(session, "PHX-1", GroupMembership)) + str(list_struck_out(session, "PHX-1"))
        assert ("GRP-" in history) == (count == 4), role
    with pytest.raises(NotAllowed):
        add(office.session("navigator"), MEMBER)
    with pytest.raises(NotAllowed):
        add(office.session("navigator"), replace(SEEN_WITH, other_person_ref=None, name="A. N. Other"))
    with office.raw("navigator") as raw, pytest.raises(Exception, match="permission denied"):
        raw.execute("INSERT INTO group_memberships (membership_ref) VALUES ('X')")


def test_a_link_to_somebody_kept_from_a_reader_is_not_shown_and_not_told_from_nobody(office: Office) -> None:
    officer, wright = office.session("officer"), office.session("supervisor")
    add(officer, MOTHER)
    ref = add(officer, COUSIN)
    (link,) = (each for each in open_case(officer, "PHX-1").of(Associate) if each.associate_ref == ref)
    assert open_case(officer, "PHX-1").named_people["P-CH"].case_ref == "IOM-1"
    change = ChangeRecord(
        request=request(), case_ref="PHX-1", record=replace(link, note="On his mother's side"), revision=1
    )
    change_record_by_form(officer, change)
    assert any("P-CH" in each for each in read_raw(office, "officer"))  # the control
    exclude_user(wright, ChangeCaseAccess(request=request(), case_ref="IOM-1", name=login_of("officer")))
    assert held(officer) == ["Referral"]
    assert "P-CH" not in " ".join(read_raw(office, "officer"))
    assert len(read_history(officer, "PHX-1", Associate).versions) == 1
    assert len(held(wright)) == 2
    kept, nobody = (
        refused(officer, replace(COUSIN, other_person_ref=each), "other_person_ref") for each in ("P-CH", "P-0")
    )
    assert kept.replace("P-CH", "P-0") == nobody


def test_a_case_with_many_links_is_opened_in_as_many_statements_as_one_with_few(bureau: Bureau) -> None:
    others = [f"P-LINK{number}" for number in range(9)]
    act = CommandContext(request="", user="holt", role="coordinator", at=bureau.clock(), workstation="session 0")
    with bureau.keeper.begin(act) as tx:
        for ref in others:
            tx.add(replace(PEOPLE[0], person_ref=ref, given_names=ref, pnc_id=None, cro_number=None))
            tx.add(replace(CASES[0], case_ref=f"IOM-{ref}", person_ref=ref))
    officer = bureau.session("officer")
    asked: list[int] = []
    for refs in (others[:2], others[2:]):
        for ref in refs:
            add(officer, replace(COUSIN, other_person_ref=ref))
        open_case(officer, "PHX-1")
        with statements_of(officer.store.engine) as said:
            view = open_case(officer, "PHX-1")
        asked.append(len(said))
        assert {view.named_people[ref].case_ref for ref in refs} == {f"IOM-{ref}" for ref in refs}
    assert asked[1] == asked[0]
    exclude(bureau, "officer", f"IOM-{others[3]}")
    assert set(others) - set(open_case(officer, "PHX-1").named_people) == {others[3]}


def test_a_file_keeps_the_same_from_who_is_excluded_and_takes_none_of_it_away(file: Store, tmp_path: Path) -> None:
    clock = Clock()
    officer, wright = (
        session_of(file, name, role, clock) for name, role in (("adeyemi", Role.OFFICER), ("wright", Role.SUPERVISOR))
    )
    for record in (MOTHER, SEEN_WITH, MEMBER):
        add(officer, record)
    assert len(held(officer)) == len(held(wright)) == 3
    assert held(session_of(file, "okoro", Role.NAVIGATOR, clock)) == ["Referral"]
    link = next(each for each in open_case(officer, "PHX-1").of(Associate) if each.other_person_ref)
    with file.begin(wright.command_context(), "named") as tx:
        access_lists.set_access_entry(tx, "IOM-1", officer.user, AccessList.EXCLUDED, listed=True)
    assert len(held(officer)) == 2
    assert refused(officer, COUSIN, "other_person_ref").startswith("There is no person P-CH that you may know of")
    struck = StrikeOut(
        request=request(), case_ref="PHX-1", table="associates", key_text=link.key_text, revision=1, reason="other man"
    )
    with pytest.raises(Missing):
        strike_out(officer, struck)
    strike_out(wright, struck)
    assert (len(list_struck_out(officer, "PHX-1")), len(list_struck_out(wright, "PHX-1"))) == (0, 1)
    taken = tmp_path / "away.db"
    add(wright, replace(SEEN_WITH, source="Niche 26/9"))
    check_out_cases(officer, CheckOutCases(path=taken, cases=("PHX-1",), reason="CASE_WORK", password=PASSWORD))
    away = sign_in(str(taken), officer.user, PASSWORD, clock=clock, workstation="bag")
    assert held(away) == ["GRP-07", "Referral"]
    away.store.close()


def test_a_link_to_somebody_who_is_not_in_an_offline_copy_is_still_changed_there(file: Store, tmp_path: Path) -> None:
    officer, taken = session_of(file, "adeyemi", Role.OFFICER, Clock()), tmp_path / "away.db"
    add(officer, COUSIN)
    check_out_cases(officer, CheckOutCases(path=taken, cases=("PHX-1",), reason="CASE_WORK", password=PASSWORD))
    away = sign_in(str(taken), officer.user, PASSWORD, clock=Clock(), workstation="bag")
    (link,) = open_case(away, "PHX-1").of(Associate)
    change = ChangeRecord(
        request=request(), case_ref="PHX-1", record=replace(link, note="Lives with him now"), revision=link.revision
    )
    change_record_by_form(away, change)
    (changed,) = open_case(away, "PHX-1").of(Associate)
    assert (changed.note, changed.other_person_ref) == ("Lives with him now", "P-CH")
    other = replace(changed, other_person_ref="P-NO")
    with pytest.raises(InvalidRecord, match="no person P-NO"):  # the control
        change_record_by_form(away, replace(change, request=request(), record=other, revision=changed.revision))
    away.store.close()


def exclude(bureau: Bureau, who: str, case_ref: str) -> None:
    wright = bureau.session("supervisor")
    if bureau.shared:
        exclude_user(wright, ChangeCaseAccess(request=request(), case_ref=case_ref, name=login_of(who)))
        return
    with bureau.keeper.begin(wright.command_context(), "named") as tx:
        access_lists.set_access_entry(tx, case_ref, login_of(who), AccessList.EXCLUDED, listed=True)


def told_of(session: Session, bureau: Bureau, away: Path) -> dict[str, int]:
    """Count the links to Curtis of which somebody is told, by what tells them."""
    check_out_cases(session, CheckOutCases(path=away, cases=("PHX-1",), reason="CASE_WORK", password=PASSWORD))
    offline = sign_in(str(away), session.user, PASSWORD, clock=bureau.clock, workstation="bag")
    with session.store.read() as reading:
        reading.open_case("PHX-1", "CASE_WORK", "desk")
        in_error = [each for each in known_strike_outs(reading) if "P-CH" in str(each.data)]
    with offline.store.begin(offline.command_context()) as tx:
        tables = (Associate.table, "former_version")
        taken = [row for name in tables for row in tx.connection.exec_driver_sql(f"SELECT * FROM {name}")]  # noqa: S608 - our own names
    offline.store.close()
    return {
        "list": len([each for each in open_case(session, "PHX-1").of(Associate) if each.other_person_ref]),
        "offline": len([row for row in taken if "P-CH" in str(row)]),
        "entered in error": len(list_struck_out(session, "PHX-1")),
        "known to be in error": len(in_error),
        "recalls": len(list_copies_to_recall(session)),
    }


def test_a_link_to_somebody_hidden_is_told_nowhere(bureau: Bureau, tmp_path: Path) -> None:
    """Of a link and one entered in error whoever may know of the other person is told, and nobody else."""
    officer, wright = bureau.session("officer"), bureau.session("supervisor")
    add(officer, COUSIN)
    wrong = add(officer, replace(COUSIN, kind="SIBLING"))
    bureau.clock.now += timedelta(minutes=5)
    printed_pdf(officer, "PHX-1", audience=Audience.FULL, reason_code="CASE_WORK", as_of=TODAY)
    bureau.clock.now += timedelta(minutes=5)
    struck = StrikeOut(
        request=request(), case_ref="PHX-1", table="associates", key_text=wrong, revision=1, reason="a cousin"
    )
    strike_out(wright, struck)
    before = told_of(officer, bureau, tmp_path / "before.ioms")
    assert all(before.values()), before  # the control
    exclude(bureau, "officer", "IOM-1")
    after = told_of(officer, bureau, tmp_path / "after.ioms")
    assert set(after.values()) == {0}, after


RIGHT_DAY, WRONG_DAY = date(2027, 7, 18), date(2027, 7, 19)


def test_what_is_said_of_a_network_is_checked_beside_its_field(store: Store) -> None:
    fill(store)
    officer = session_of(store, "adeyemi", Role.OFFICER, Clock())
    wrong: list[tuple[Record, str]] = [
        (replace(MOTHER, name=None), "name"),
        (replace(MOTHER, other_person_ref="P-CH"), "name"),
        (replace(COUSIN, other_person_ref="P-JM"), "other_person_ref"),
        (replace(SEEN_WITH, handling=None), "handling"),
        (replace(MOTHER, kind="SOULMATE"), "kind"),
        (replace(MEMBER, source_grade="7"), "source_grade"),
        (replace(MEMBER, review_on=WRONG_DAY), "review_on"),
        (replace(MEMBER, evidence_on=date(2027, 1, 1)), "evidence_on"),
        (replace(MEMBER, from_on=date(2026, 7, 19)), "evidence_on"),
    ]
    for record, column in wrong:
        refused(officer, record, column)
    add(officer, replace(MEMBER, review_on=RIGHT_DAY))  # the control: one day earlier
    (kept,) = open_case(officer, "PHX-1").of(GroupMembership)
    assert kept.reviewed_by == "adeyemi"
    assert not open_case(officer, "PHX-1").of(Associate)


def test_a_membership_expires_after_six_months_unless_there_is_fresh_evidence(file: Store) -> None:
    session = session_of(file, "adeyemi", Role.OFFICER, Clock())
    february = replace(MEMBER, evidence_on=date(2025, 8, 31))
    for said, last in (
        (MEMBER, date(2027, 1, 18)),
        (february, date(2026, 2, 28)),
        (replace(MEMBER, review_on=date(2026, 9, 1)), date(2026, 9, 1)),
        (replace(MEMBER, review_on=date(2029, 9, 1)), date(2027, 7, 18)),
    ):
        after = date.fromordinal(last.toordinal() + 1)
        assert [standing_of(session, said, on) for on in (last, after)] == [Standing.CURRENT, Standing.EXPIRED]
        assert current_memberships(session, [said], after) == ()
        fresh = replace(said, evidence_on=last, review_on=None)
        assert standing_of(session, fresh, after) is Standing.CURRENT
        assert standing_of(session, replace(said, to_on=last), last) is Standing.FORMER
    for began in (None, date(2026, 1, 1)):
        add(session, replace(MEMBER, from_on=began))
    for on, listed in ((date(2026, 7, 17), 0), (MEMBER.evidence_on, 2), (TODAY, 2)):
        assert len(open_case(session, "PHX-1", as_of=on).of(GroupMembership)) == listed, (
            "none stands before its evidence"
        )


def test_today_says_which_links_are_to_be_reviewed_and_never_of_somebody_hidden(bureau: Bureau) -> None:
    officer, navigator = bureau.session("officer"), bureau.session("navigator")
    for review_on in (TODAY, TODAY + timedelta(days=7), TODAY + timedelta(days=8)):
        add(officer, replace(MOTHER, review_on=review_on))
    add(officer, replace(MOTHER, review_on=TODAY, to_on=TODAY - timedelta(days=1)))
    add(officer, replace(SEEN_WITH, review_on=TODAY - timedelta(days=1)))

    def listed(session: Session) -> list[tuple[str | None, date | None]]:
        found = [each for each in list_owed_work(session) if each.duty is Duty.LINK]
        assert not any(word in str(found) for word in ("Marlow", "P-CH", "Niche"))
        return [(each.case_ref, each.due_on) for each in found]

    of_the_mother = [("PHX-1", TODAY), ("PHX-1", TODAY + timedelta(days=7))]
    assert listed(officer) == [("PHX-1", TODAY - timedelta(days=1)), *of_the_mother]
    assert listed(navigator) == []
    exclude(bureau, "officer", "IOM-1")
    assert listed(officer) == of_the_mother


FEARED = GroupResponse(
    group_response_ref="",
    case_ref="",
    incident_on=date(2026, 10, 10),
    group_name="GRP-07",
    source_grade="2",
    information_grade="B",
    expires_on=date(2026, 12, 3),
    trigger_event="Stabbing at the bus station",
    retaliation_until=TODAY,
    opposing_group="GRP-02",
)


def due_on_today(session: Session) -> list[tuple[str | None, date | None, str]]:
    return [
        (each.case_ref, each.due_on, each.description) for each in list_owed_work(session) if each.duty is Duty.GROUP
    ]


def test_today_says_which_memberships_expire_to_whom_may_read_them_and_never_the_group(office: Office) -> None:
    officer, wright = office.session("officer"), office.session("supervisor")
    for evidence_on in (date(2026, 4, 1), date(2026, 4, 22), date(2026, 4, 23)):
        add(officer, replace(MEMBER, evidence_on=evidence_on))
    add(officer, replace(MEMBER, evidence_on=date(2026, 3, 1), to_on=date(2026, 9, 1)))
    add(officer, replace(MEMBER, evidence_on=date(2026, 3, 1)), "IOM-1")
    told = due_on_today(wright)
    assert [(ref, on) for ref, on, _ in told] == [
        ("IOM-1", date(2026, 9, 1)),
        ("PHX-1", date(2026, 10, 1)),
        ("PHX-1", date(2026, 10, 22)),
    ]
    assert ["expired" in words for _, _, words in told] == [True, True, False]
    assert "GRP" not in str(told)
    worklist = Worklist(wright)
    worklist.replace_lines(worklist.read())
    lines = worklist.ids("", frozenset({Duty.GROUP.value}), mine=False)
    assert len(lines) == len(told), "two of one case are two lines"
    assert due_on_today(officer) == told
    exclude_user(wright, ChangeCaseAccess(request=request(), case_ref="IOM-1", name=login_of("officer")))
    assert due_on_today(officer) == told[1:]
    for role in ("navigator", "coordinator"):
        assert due_on_today(office.session(role)) == []


def test_a_feared_retaliation_is_said_on_its_days_to_whom_may_know_of_it(office: Office) -> None:
    officer = office.session("officer")
    between = replace(FEARED, opposing_group=None)
    refused(officer, between, "opposing_group")
    between = FEARED
    refused(officer, replace(between, retaliation_until=date(2026, 10, 9)), "retaliation_until")
    refused(officer, replace(between, retaliation_until=date(2026, 12, 4)), "retaliation_until")
    add(officer, between)
    add(officer, replace(between, retaliation_until=date(2026, 10, 14)))  # over since yesterday
    ((ref, until, words),) = due_on_today(office.session("supervisor"))
    assert (ref, until) == ("PHX-1", TODAY)
    assert "GRP" not in words
    assert due_on_today(office.session("navigator")) == []
    days = ((date(2026, 10, 9), False), (date(2026, 10, 10), True), (TODAY, True), (date(2026, 10, 16), False))
    for on, feared in days:
        assert ("GRP-07 and GRP-02" in describe_retaliation([replace(between, id=1)], on)) == feared, on
    view = open_case(office.session("navigator"), "PHX-1")
    assert describe_retaliation(view.of(GroupResponse), TODAY) == ""
    assert "Stabbing at the bus station" in printed(officer, "PHX-1", Audience.FULL, TODAY)
    assert "bus station" not in printed(officer, "PHX-1", Audience.PARTNER, TODAY)


def printed(session: Session, case_ref: str, audience: Audience, as_of: date) -> str:
    paper = printed_pdf(session, case_ref, audience=audience, agency=PROBATION, reason_code="CASE_WORK", as_of=as_of)
    return " ".join(" ".join(pages_of(paper)).split())


def test_the_police_copy_alone_says_a_group_and_only_while_it_stands(store: Store, tmp_path: Path) -> None:
    fill(store)
    officer = session_of(store, "adeyemi", Role.OFFICER, Clock())
    for record in (MEMBER, MOTHER, SEEN_WITH, replace(MEMBER, group_name="GRP-OLD", evidence_on=date(2026, 1, 2))):
        add(officer, record)
    line = "GRP-07: associate; opinion, graded 1B, until 18 Jan 2027"
    for audience in (each for each in Audience if each.is_available):
        words = printed(officer, "PHX-1", audience, TODAY)
        assert (line in words, "GRP-" in words) == ((True, True) if audience is Audience.FULL else (False, False))
        assert "GRP-OLD" not in words
        assert "Niche 26/1" not in words
    wright = session_of(store, "wright", Role.SUPERVISOR, Clock())
    export_records(wright, tmp_path / "out", reason="CASE_WORK")
    assert "GRP-07" in str(rows_of(tmp_path / "out" / "group_memberships.csv"))
    assert set(roles_with(Right.EXPORT)) == {Role.SUPERVISOR}
