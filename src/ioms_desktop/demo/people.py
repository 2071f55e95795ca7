"""Fictional people: addresses that do not exist, telephone numbers reserved for drama, correct check letters."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from ioms_desktop.demo.names import FEMALE_NICKNAMES, MALE_NICKNAMES, MIDDLE_NAMES, Community, choose_community
from ioms_desktop.domain.records.identifiers import check_letter
from ioms_desktop.domain.text_format import capitalise

STREETS = (
    "Invented Row",
    "Example Street",
    "Nowhere Close",
    "Pretend Lane",
    "Fable Road",
    "Story Terrace",
    "Myth Court",
    "Makebelieve Walk",
    "Fictional Avenue",
)
COMMUNICATION_NEEDS = (
    "SLCN",
    "ADHD",
    "Dyslexia",
    "Autism; prefers written notes",
    "Hearing loss; text, do not ring",
    "Low literacy",
)
WARNING_MARKERS = ("WE", "VI", "DR", "SH; MH", "VI; DR", "SH")
SOCIAL_CARE_STATUSES = ("CIN", "EARLY_HELP", "CLA", "CPP", "EHCP", "NONE")
NAME_ATTEMPTS = 40
POSTCODE_LETTERS = "ABDEFGHJ"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A fictional person's row in the people file, by column, and the words for them in notes."""

    row: dict[str, str]

    @property
    def ref(self) -> str:
        """Their reference."""
        return self.row["person_ref"]

    @property
    def born_on(self) -> date:
        """Their date of birth."""
        return date.fromisoformat(self.row["date_of_birth"])

    def with_pronouns(self, text: str) -> str:
        """Fill the person's pronouns into a note."""
        female = self.row["sex"] == "FEMALE"
        he, him, his = ("she", "her", "her") if female else ("he", "him", "his")
        words = text.format(he=he, him=him, his=his)
        return capitalise(words)


class PeopleGenerator:
    """Invents people; no two people in a demo share a name until all names are used."""

    def __init__(self, rng: Random, existing: list[dict[str, str]]) -> None:
        """Start from the people who exist already."""
        self._rng = rng
        self._names = {(row["family_name"].casefold(), row["given_names"].casefold()) for row in existing}

    def invent(self, number: int, born_on: date, *, child: bool, sentenced: bool) -> DemoPerson:
        """Invent a person.

        Args:
            number: The person's number, from which the reference is made.
            born_on: The date of birth.
            child: Whether to name a parent or carer.
            sentenced: Whether the person has numbers of prison and probation.
        """
        rng = self._rng
        female = rng.random() < 0.12  # noqa: PLR2004 - about one in eight, as in such cohorts
        home = choose_community(rng)
        family, given = self._name(home, female=female)
        row = {
            "person_ref": f"P-{number:04d}",
            "family_name": family,
            "given_names": given,
            "date_of_birth": born_on.isoformat(),
            "sex": "FEMALE" if female else "MALE",
            **_system_numbers(rng, born_on, sentenced=sentenced),
            "phone": f"07700 900{rng.randrange(1000):03d}",
            "address": f"{rng.randint(1, 180)} {rng.choice(STREETS)}, Leicester",
            "postcode": f"LE0 {rng.randint(1, 9)}{rng.choice(POSTCODE_LETTERS)}{rng.choice(POSTCODE_LETTERS)}",
            "languages": rng.choice(home.languages),
        }
        if rng.random() < 0.93:  # noqa: PLR2004 - a few have not been asked
            row["ethnicity_self"] = rng.choice(home.ethnicity)
        if rng.random() < 0.6:  # noqa: PLR2004 - asked of most
            row["gender_identity"] = rng.choice(("SAME_AS_SEX",) * 24 + ("NON_BINARY",))
        if rng.random() < 0.22:  # noqa: PLR2004 - one in five or so goes by another name
            row["known_as"] = rng.choice(FEMALE_NICKNAMES if female else MALE_NICKNAMES)
        if rng.random() < 0.3:  # noqa: PLR2004 - under a third have a need on record
            row["communication_needs"] = rng.choice(COMMUNICATION_NEEDS)
        if child:
            row["parent_or_carer"] = _carer(rng, home, family, given)
            row["social_care_status"] = rng.choice(SOCIAL_CARE_STATUSES)
        if rng.random() < 0.2:  # noqa: PLR2004 - one in five carries a marker
            row["warning_markers"] = rng.choice(WARNING_MARKERS)
        return DemoPerson(row)

    def duplicate(self, number: int, other: dict[str, str]) -> DemoPerson:
        """Record a person a second time by mistake: with another middle name, and without numbers of other systems."""
        kept = ("family_name", "date_of_birth", "sex", "ethnicity_self", "address", "postcode")
        row = {name: other[name] for name in kept if name in other}
        given = f"{other['given_names']} {self._rng.choice(MIDDLE_NAMES)}"
        return DemoPerson({"person_ref": f"P-{number:04d}", "given_names": given, **row})

    def _name(self, home: Community, *, female: bool) -> tuple[str, str]:
        rng = self._rng
        for _ in range(NAME_ATTEMPTS):
            family, given = rng.choice(home.families), rng.choice(home.women if female else home.men)
            name = family.casefold(), given.casefold()
            if name not in self._names:
                break
        self._names.add(name)
        return family, given


def birth_date_for_age(rng: Random, years: int, on: date) -> date:
    """Return a date of birth that gives an age on a day, without a birthday within a month of it."""
    return on.replace(year=on.year - years, day=min(on.day, 28)) - timedelta(days=rng.randint(40, 320))


def _carer(rng: Random, home: Community, family: str, given: str) -> str:
    who = rng.choice(("mother", "mother", "mother", "father", "grandmother", "aunt", "foster carer"))
    names = [name for name in (home.men if who == "father" else home.women) if name != given]
    return f"{rng.choice(names)} {family} ({who})" if who != "foster carer" else "Foster carer, through social care"


def _system_numbers(rng: Random, born_on: date, *, sentenced: bool) -> dict[str, str]:
    """Invent the person's numbers in other systems; those of prison and probation have letters that are not in use."""
    year = min(born_on.year + rng.randint(13, 17), 2025)
    serial = rng.randrange(10_000, 900_000)
    numbers = {
        "pnc_id": f"{year}/{serial:07d}{check_letter(f'{year % 100:02d}', f'{serial:07d}')}",
        "niche_id": f"{5_000_000 + rng.randrange(900_000)}",
    }
    if rng.random() < 0.7:  # noqa: PLR2004 - fingerprints are not on file for all
        short, serial = f"{year % 100:02d}", rng.randrange(1_000, 480_000)
        numbers["cro_number"] = f"{serial:06d}/{short}{check_letter(short, f'{serial:06d}')}"
    if sentenced:
        numbers["crn"] = f"Z{rng.randrange(100_000, 999_999)}"
        numbers["prison_number"] = f"Z{rng.randrange(1000, 9999)}ZZ"
    return numbers
