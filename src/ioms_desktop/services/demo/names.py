"""Fictional people: names as one meets them in Leicester, invented addresses, right check letters."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from ioms_desktop.domain.identifiers import check_letter

MALE = (
    "Aaron",
    "Aidan",
    "Amir",
    "Ashraf",
    "Ben",
    "Bilal",
    "Callum",
    "Connor",
    "Curtis",
    "Daniel",
    "Dean",
    "Deepak",
    "Dwayne",
    "Emeka",
    "Ethan",
    "Farhan",
    "Gurpreet",
    "Harjit",
    "Ibrahim",
    "Jamal",
    "Jordan",
    "Kai",
    "Karol",
    "Kieran",
    "Kwame",
    "Leon",
    "Liam",
    "Marcus",
    "Mohammed",
    "Nathan",
    "Omar",
    "Pradip",
    "Rhys",
    "Ryan",
    "Sanjay",
    "Seán",
    "Shane",
    "Tomasz",
    "Tyrone",
    "Yusuf",
)
FEMALE = ("Aisha", "Carly", "Chloe", "Danielle", "Ewa", "Fatima", "Jade", "Kelly", "Leanne", "Priya", "Shanice", "Zoë")
FAMILY = (
    "Adeleke",
    "Ahmed",
    "Bailey",
    "Barrett",
    "Begum",
    "Bhatt",
    "Brennan",
    "Chauhan",
    "Clarke",
    "Cooper",
    "D'Souza",
    "Desai",
    "Ellis",
    "Farah",
    "Fletcher",
    "Goddard",
    "Grant-Hall",
    "Hussain",
    "Iqbal",
    "Jarvis",
    "Kaur",
    "Khan",
    "Kowalski",
    "Łukasik",
    "Mason",
    "McBride",
    "Mistry",
    "Mwangi",
    "Ndlovu",
    "Ó Briain",
    "Okonkwo",
    "Osman",
    "Parmar",
    "Patel",
    "Pereira",
    "Quinn",
    "Rahman",
    "Reid",
    "Shah",
    "Sidhu",
    "Singh",
    "Smith",
    "Solanki",
    "Stone",
    "Thompson",
    "Underwood",
    "Varga",
    "Walker",
    "Wójcik",
    "Yates",
    "Zaman",
)
STREETS = (
    "Invented Row",
    "Example Street",
    "Nowhere Close",
    "Pretend Lane",
    "Fable Road",
    "Story Terrace",
    "Myth Court",
)
ETHNICITY = ("W1", "W1", "W1", "W9", "A1", "A1", "A2", "A9", "B1", "B2", "M1", "M9", "W2")


@dataclass(frozen=True, slots=True)
class Somebody:
    """A fictional person's row in the people file, by column."""

    row: dict[str, str]

    @property
    def ref(self) -> str:
        """Their reference."""
        return self.row["person_ref"]


def somebody(rng: Random, number: int, born_on: date, *, child: bool = False) -> Somebody:
    """Invent a person.

    Args:
        rng: Where chance comes from.
        number: Which one; no two people of one demo share a name.
        born_on: The date of birth.
        child: Whether a parent or carer is named.
    """
    female = rng.random() < 0.12  # noqa: PLR2004 - about one in eight, as in such cohorts
    family = FAMILY[(number * 7) % len(FAMILY)]
    given = FEMALE[(number * 5) % len(FEMALE)] if female else MALE[(number * 11) % len(MALE)]
    row = {
        "person_ref": f"P-{number:04d}",
        "family_name": family,
        "given_names": given,
        "date_of_birth": born_on.isoformat(),
        "sex": "FEMALE" if female else "MALE",
        "ethnicity_self": rng.choice(ETHNICITY),
        "pnc_id": _pnc(rng, born_on),
        "niche_id": f"{5_000_000 + rng.randrange(900_000)}",
        "address": f"{rng.randint(1, 180)} {rng.choice(STREETS)}, Leicester",
        "postcode": f"LE0 {rng.randint(1, 9)}{rng.choice('ABDEFGHJ')}{rng.choice('ABDEFGHJ')}",
        "languages": rng.choice(("English", "English", "English", "English; Gujarati", "English; Polish")),
    }
    if rng.random() < 0.3:  # noqa: PLR2004 - under a third have a need on record
        row["communication_needs"] = rng.choice(("SLCN", "ADHD", "Dyslexia", "Autism; prefers written notes"))
    if child:
        row["parent_or_carer"] = f"{rng.choice(FEMALE)} {family} (mother)"
        row["social_care_status"] = rng.choice(("CIN", "EARLY_HELP", "CLA"))
    if rng.random() < 0.2:  # noqa: PLR2004 - one in five carries a marker
        row["warning_markers"] = rng.choice(("WE", "VI", "DR", "SH; MH"))
    return Somebody(row)


def born(rng: Random, years: int, on: date) -> date:
    """Give a date of birth that makes somebody so many years old on a day, and no birthday within the month."""
    return on.replace(year=on.year - years, day=min(on.day, 28)) - timedelta(days=rng.randint(40, 320))


def _pnc(rng: Random, born_on: date) -> str:
    year = min(born_on.year + rng.randint(14, 17), 2025)
    serial = rng.randrange(10_000, 900_000)
    return f"{year}/{serial:07d}{check_letter(f'{year % 100:02d}', f'{serial:07d}')}"
