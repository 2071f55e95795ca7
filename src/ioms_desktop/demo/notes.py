"""Notes that workers write after a contact, each with its basis. A navigator's note contains no intelligence."""

from typing import NamedTuple

from ioms_desktop.demo.people import DemoPerson
from ioms_desktop.domain.dates.calendar import ADULT_AGE


class Note(NamedTuple):
    """A note and what it is based on; `{he}`, `{him}` and `{his}` are replaced by the person's pronouns."""

    text: str
    basis: str = "FACT"

    def for_person(self, who: DemoPerson) -> "Note":
        """Return the note in the words for somebody."""
        return Note(who.with_pronouns(self.text), self.basis)


def _participant_says(text: str) -> Note:
    return Note(text, "PARTICIPANT_SAYS")


def _opinion(text: str) -> Note:
    return Note(text, "OPINION")


AT_HOME = (
    Note("Seen at home. Nothing new; next visit agreed."),
    Note("Seen at home with {his} partner. Tenancy letter shown."),
    Note("Seen at the door, then in the kitchen. Two payslips shown."),
    Note("Seen at home; two rooms painted since the last visit."),
    Note("Seen. Letter from the Jobcentre for Thursday shown."),
    Note("Seen at home. New telephone number given and tried."),
    Note("Seen at home. Sister and her two children were visiting."),
    Note("Seen. Prescription collected this morning, label shown."),
    _participant_says("Says {he} is doing three days a week at a car wash."),
    _participant_says("Says {he} keeps away from the precinct since the trial."),
    _participant_says("Says the new medication lets {him} sleep."),
    _participant_says("Says money is short until the end of the month; food bank voucher given."),
    _participant_says("Says {he} wants to see {his} daughter at weekends and has asked a solicitor."),
    _opinion("In my opinion {he} looked tired and had lost weight since last month."),
    _opinion("In my opinion the flat is calmer than it was; nobody else was staying there."),
)
AT_THE_OFFICE = (
    Note("Came on time. Licence conditions gone through again."),
    Note("Came with a support worker. Universal Credit claim checked together."),
    Note("Came ten minutes late, rang ahead. Next appointment written down."),
    Note("Appointment kept. Treatment attendance confirmed by the provider."),
    Note("Came on time. CSCS card application filled in."),
    _participant_says("Says probation have agreed to move appointments round {his} shifts."),
    _participant_says("Says {he} had a drink at the weekend and wants to talk to the drug worker about it."),
)
JOINTLY = (
    Note("Joint visit with probation. Sentence plan gone through; one goal met."),
    Note("Joint visit with probation. Housing officer rang while we were there: viewing on Friday."),
    Note("Joint visit with the drug worker. Three negative tests on file."),
    _participant_says("Says {he} prefers us to come together: told once, not twice."),
)
IN_PRISON = (
    Note("Seen on the wing. Release address discussed; two options."),
    Note("Seen in visits hall. Working in the kitchens, enhanced status."),
    Note("Spoken to with the prison offender manager. Resettlement passport begun."),
    Note("Seen. Drug service in prison confirms weekly attendance."),
    _participant_says("Says {he} does not want to go back to the same street."),
    _participant_says("Says {his} mother will have {him} for the first weeks."),
)
BY_PHONE = (
    Note("Rang as agreed; answered at once."),
    Note("Rang about tomorrow's appointment; confirmed."),
    _participant_says("Says all is well and the course has begun."),
)
WITH_NAVIGATOR = (
    Note("Walked round the park for half an hour, then tea."),
    Note("Gym induction done; next one booked for the same day."),
    Note("Birth certificate ordered so that {he} can get ID."),
    Note("Boxing club: first class attended, stayed to the end."),
    Note("Talked through the week and what {he} wants next."),
    Note("Cooked together at the centre; {he} made the rice."),
    Note("Careers adviser joined for twenty minutes; bricklaying taster booked."),
    Note("Youth club was closed; talked outside for half an hour."),
    Note("Optician's appointment kept; went along."),
    _participant_says("Says {he} is sleeping better and stays in most evenings."),
    _participant_says("Says football on Thursdays keeps {him} busy."),
    _participant_says("Says {he} wants to move on from the old crowd."),
    _participant_says("Says {he} feels safer going by the other bus."),
    _participant_says("Says {he} is worried about {his} little brother."),
    _participant_says("Says {he} would like to train as a barber."),
    _opinion("In my opinion {he} is more settled than a month ago."),
    _opinion("In my opinion mornings are too early for {him}; later times would help."),
    _opinion("In my opinion {he} opens up more when we walk than when we sit."),
)
OF_SCHOOL_AGE = (
    Note("Met at school with the head of year; new timetable agreed."),
    Note("Bus pass arrived and handed over."),
    Note("Maths homework at the library; finished it."),
    Note("Sat in on the reintegration meeting at school. Half days to begin with."),
    Note("Youth justice worker joined; plan written in plain words."),
    _participant_says("Says school is better since the timetable changed."),
    _participant_says("Says {he} likes the workshop days best."),
)
GROWN_UP = (
    Note("Met at the library. College form filled in together."),
    Note("Went along to the Jobcentre; appointment kept."),
    Note("CV finished. Two applications sent from my laptop."),
    Note("Provisional licence applied for."),
    Note("Went along to the housing office; on the list from today."),
    Note("First day at the warehouse done; boots paid from the fund."),
    _participant_says("Says the night shifts are hard but the money is {his} own."),
    _participant_says("Says {he} wants {his} own place within the year."),
)
AT_HOME_WITH_NAVIGATOR = (
    Note("Seen at home. Plan for the week written up on the fridge."),
    Note("Seen at home; family joined for the first ten minutes."),
    Note("Seen at home. Letters of the last weeks gone through together."),
    _participant_says("Says home is quieter since {his} cousin moved out."),
)
FIRST_MEETING = (
    Note("First face to face. What {he} wants: work with {his} hands, and to sleep at night."),
    Note("First face to face. What {he} wants: to be left alone by the others."),
    Note("First face to face. What {he} wants: to make {his} family proud for once."),
    Note("First face to face. Plan made in {his} own words."),
)
RANG_US = (
    Note("{he} rang: could we meet an hour later. Done."),
    Note("{he} rang to say the interview went well."),
    Note("{he} rang, upset after a row at home. Talked until calm; met the next day."),
    _participant_says(
        "Rang: says somebody was waiting outside college. Other way home agreed, safety plan looked at again."
    ),
)
NOT_THERE = (
    Note("No answer at the door; card left."),
    Note("Not at the address; a neighbour says out at work."),
    Note("Curtains drawn, no answer. Rang as well, straight to voicemail."),
    Note("Nobody in; {his} mother rang back later to rearrange."),
)
DID_NOT_COME = (
    Note("Did not come; no message. Text sent."),
    Note("Did not come. Rang: phone off."),
    Note("Waited twenty minutes, did not come. Message left."),
    Note("Did not come; answered a text in the evening: forgot."),
)
CANCELLED = (
    Note("{he} rang ahead: dentist. Rearranged."),
    Note("{he} rang ahead: interview the same morning. Rearranged."),
    Note("Rang ahead, unwell. Rearranged for next week."),
)

SESSIONS_OF_A_CHILD = WITH_NAVIGATOR + OF_SCHOOL_AGE
SESSIONS_OF_AN_ADULT = WITH_NAVIGATOR + GROWN_UP

NOTES_BY_CONTACT_TYPE: dict[str, tuple[Note, ...]] = {
    "HOME_VISIT_ANNOUNCED": AT_HOME,
    "HOME_VISIT_UNANNOUNCED": AT_HOME,
    "OFFICE": AT_THE_OFFICE,
    "JOINT_VISIT": JOINTLY,
    "PRISON_VISIT": IN_PRISON,
    "VIDEO": IN_PRISON,
    "PHONE": BY_PHONE,
}
NOTES_BY_OUTCOME: dict[str, tuple[Note, ...]] = {
    "NOT_SEEN": NOT_THERE,
    "NO_REPLY": (Note("Rang twice, no reply. Text sent."), Note("No reply; letter posted.")),
    "FAILED_TO_ATTEND": DID_NOT_COME,
    "UNACCEPTABLE_ABSENCE": (Note("Did not attend; no reason given, none found."),),
    "REFUSED_ENTRY": (Note("Came to the door and would not talk. Offer of another day refused."),),
    "CANCELLED_BY_PERSON_ACCEPTABLE": CANCELLED,
    "CANCELLED_BY_US": (Note("We were ill; rearranged."), Note("Called to court; rearranged the same day.")),
}


def notes_for(programme: str, kind: str, outcome: str, age: int) -> tuple[Note, ...]:
    """Return the notes that may follow a contact."""
    if outcome != "SEEN":
        return NOTES_BY_OUTCOME.get(outcome, ())
    if programme == "PHOENIX" and kind.startswith("HOME"):
        return AT_HOME_WITH_NAVIGATOR
    if programme == "PHOENIX" and kind not in {"PHONE", "PRISON_VISIT", "VIDEO"}:
        return SESSIONS_OF_A_CHILD if age < ADULT_AGE else SESSIONS_OF_AN_ADULT
    return NOTES_BY_CONTACT_TYPE.get(kind, AT_THE_OFFICE)
