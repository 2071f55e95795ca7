"""Names common in Leicester, by community, so that a person's name, ethnicity and language match."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Community:
    """Names that go together.

    Attributes:
        share: The approximate percentage of people.
        ethnicity: Self-defined codes; the more likely ones are repeated.
        languages: Languages as in the people file; the more likely ones are repeated.
        men: Given names of men and boys.
        women: Given names of women and girls.
        families: Family names.
    """

    share: int
    ethnicity: tuple[str, ...]
    languages: tuple[str, ...]
    men: tuple[str, ...]
    women: tuple[str, ...]
    families: tuple[str, ...]


def _split_names(text: str) -> tuple[str, ...]:
    return tuple(word.replace("_", " ") for word in text.split())


COMMUNITIES: tuple[Community, ...] = (
    Community(
        40,
        ("W1",),
        ("English",),
        _split_names("Aaron Adam Ashley Ben Bradley Callum Connor Curtis Daniel Dean Ethan Gary Jack Jake Jordan Josh"
               " Kane Kieran Kyle Lee Lewis Liam Luke Marcus Mason Nathan Reece Ricky Ryan Scott Shane Steven Tyler"
               " Wayne"),
        _split_names(
            "Amber Carly Chloe Danielle Ellie-Mae Jade Kayleigh Kelly Leanne Megan Natalie Paige "
            "Sammy-Jo Stacey"
        ),
        _split_names(
            "Allsop Bailey Barrett Beaumont Broughton Chapman Clarke Clements Cooper Dexter Ellis "
            "Fletcher Freestone"
            " Goddard Grant-Hall Hallam Herrick Jarvis Kirby Lount Measures Neale Orton Pegg Preston Reid Sharpe"
               " Smith Spence Stone Tansey Thompson Underwood Walker Wesley Wormleighton Yates"),
    ),
    Community(
        4,
        ("W2",),
        ("English",),
        _split_names("Aidan Cian Declan Eoin Niall Seán"),
        _split_names("Aoife Niamh Siobhán"),
        _split_names("Brennan Doyle McBride Ó_Briain O'Connell O'Rourke Quinn"),
    ),
    Community(
        5,
        ("W9",),
        ("Polish; English", "English; Polish"),
        _split_names("Dawid Jakub Karol Mateusz Piotr Tomasz"),
        _split_names("Agnieszka Ewa Zofia"),
        _split_names("Jabłoński Kowalczyk Łuczak Nowak Wójcik Zając"),
    ),
    Community(
        3,
        ("W9", "W4"),
        ("Romanian; English", "English; Romanian"),
        _split_names("Andrei Ionuț Marius Radu"),
        _split_names("Ioana Mihaela"),
        _split_names("Constantin Ionescu Munteanu Popa"),
    ),
    Community(
        2,
        ("W9",),
        ("Lithuanian; English",),
        _split_names("Lukas Mantas Vytas"),
        _split_names("Rasa"),
        _split_names("Jankauskas Petraitis Kazlauskas"),
    ),
    Community(
        10,
        ("A1", "A1", "A1", "A9"),
        ("English", "English; Gujarati", "Gujarati; English"),
        _split_names("Amit Arjun Deepak Jayesh Kiran Nikhil Pradip Rohan Sanjay Vijay"),
        _split_names("Anjali Kavita Priya"),
        _split_names("Bhatt Chauhan Desai Jethwa Lakhani Mistry Parmar Patel Shah Solanki Vaghela"),
    ),
    Community(
        5,
        ("A1",),
        ("English", "English; Punjabi", "Punjabi; English"),
        _split_names("Gurpreet Harjit Manpreet Sukhdev"),
        _split_names("Jasmin Simran"),
        _split_names("Gill Sandhu Sidhu Singh"),
    ),
    Community(
        6,
        ("A2",),
        ("English", "English; Urdu", "Urdu; English"),
        _split_names("Adil Bilal Haroon Imran Kashif Mohammed Sajid Usman Zain"),
        _split_names("Aisha Nadia Sumaira"),
        _split_names("Ahmed Akhtar Hussain Iqbal Khan Mahmood"),
    ),
    Community(
        3,
        ("A3",),
        ("English", "English; Bengali"),
        _split_names("Farhan Rashid Shakil Tariq"),
        _split_names("Nazia Rukhsana"),
        _split_names("Ali Choudhury Miah Rahman Uddin"),
    ),
    Community(
        5,
        ("B2",),
        ("English; Somali", "Somali; English"),
        _split_names("Abdi Ibrahim Mahad Yusuf Zakaria"),
        _split_names("Amina Hodan"),
        _split_names("Abdullahi Farah Osman Warsame"),
    ),
    Community(
        5,
        ("B2", "B2", "B9"),
        ("English", "English; Shona", "English; French"),
        _split_names("Ayodele Emeka Kwame Samuel Tendai Tinashe"),
        _split_names("Blessing Rutendo"),
        _split_names("Adeleke Kamara Moyo Mwangi Ndlovu Okonkwo"),
    ),
    Community(
        5,
        ("B1",),
        ("English",),
        _split_names("Andre Dwayne Jermaine Leon Romario Tyrone"),
        _split_names("Keisha Shanice"),
        _split_names("Bennett Campbell Francis Gayle Palmer St_Hilaire"),
    ),
    Community(
        7,
        ("M1", "M1", "M2", "M3", "M9"),
        ("English",),
        _split_names("Aiden Corey Deshawn Isaac Jaden Kyron Malachi Theo"),
        _split_names("Amelia Tiana Zoë"),
        _split_names("Baptiste-Lowe Brown Carter D'Souza Hastings Lawrence Mensah Pereira Wright-Obi"),
    ),
)  # fmt: skip

MALE_NICKNAMES = _split_names("Ace Baz Dex Fitz Jay-Jay Kez Little_Man Mo Smiler Spud Tommo Twin Zee")
FEMALE_NICKNAMES = _split_names("Dee Jojo Kiki Shaz Tash")
MIDDLE_NAMES = _split_names("Dean James Lee Paul")


def choose_community(rng: Random) -> Community:
    """Choose a community at random, weighted by its share."""
    return rng.choices(COMMUNITIES, [each.share for each in COMMUNITIES])[0]
