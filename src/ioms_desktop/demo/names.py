"""Names as one meets them in Leicester, by community, so that a name, an ethnicity and a language go together."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Community:
    """Names that go together.

    Attributes:
        share: How many people in a hundred, roughly.
        ethnicity: Self-defined codes, the likelier ones more than once.
        languages: As the people file has them, the likelier ones more than once.
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


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.replace("_", " ") for word in text.split())


COMMUNITIES: tuple[Community, ...] = (
    Community(
        40,
        ("W1",),
        ("English",),
        _words("Aaron Adam Ashley Ben Bradley Callum Connor Curtis Daniel Dean Ethan Gary Jack Jake Jordan Josh"
               " Kane Kieran Kyle Lee Lewis Liam Luke Marcus Mason Nathan Reece Ricky Ryan Scott Shane Steven Tyler"
               " Wayne"),
        _words("Amber Carly Chloe Danielle Ellie-Mae Jade Kayleigh Kelly Leanne Megan Natalie Paige Sammy-Jo Stacey"),
        _words("Allsop Bailey Barrett Beaumont Broughton Chapman Clarke Clements Cooper Dexter Ellis Fletcher Freestone"
               " Goddard Grant-Hall Hallam Herrick Jarvis Kirby Lount Measures Neale Orton Pegg Preston Reid Sharpe"
               " Smith Spence Stone Tansey Thompson Underwood Walker Wesley Wormleighton Yates"),
    ),
    Community(
        4,
        ("W2",),
        ("English",),
        _words("Aidan Cian Declan Eoin Niall Seán"),
        _words("Aoife Niamh Siobhán"),
        _words("Brennan Doyle McBride Ó_Briain O'Connell O'Rourke Quinn"),
    ),
    Community(
        5,
        ("W9",),
        ("Polish; English", "English; Polish"),
        _words("Dawid Jakub Karol Mateusz Piotr Tomasz"),
        _words("Agnieszka Ewa Zofia"),
        _words("Jabłoński Kowalczyk Łuczak Nowak Wójcik Zając"),
    ),
    Community(
        3,
        ("W9", "W4"),
        ("Romanian; English", "English; Romanian"),
        _words("Andrei Ionuț Marius Radu"),
        _words("Ioana Mihaela"),
        _words("Constantin Ionescu Munteanu Popa"),
    ),
    Community(
        2,
        ("W9",),
        ("Lithuanian; English",),
        _words("Lukas Mantas Vytas"),
        _words("Rasa"),
        _words("Jankauskas Petraitis Kazlauskas"),
    ),
    Community(
        10,
        ("A1", "A1", "A1", "A9"),
        ("English", "English; Gujarati", "Gujarati; English"),
        _words("Amit Arjun Deepak Jayesh Kiran Nikhil Pradip Rohan Sanjay Vijay"),
        _words("Anjali Kavita Priya"),
        _words("Bhatt Chauhan Desai Jethwa Lakhani Mistry Parmar Patel Shah Solanki Vaghela"),
    ),
    Community(
        5,
        ("A1",),
        ("English", "English; Punjabi", "Punjabi; English"),
        _words("Gurpreet Harjit Manpreet Sukhdev"),
        _words("Jasmin Simran"),
        _words("Gill Sandhu Sidhu Singh"),
    ),
    Community(
        6,
        ("A2",),
        ("English", "English; Urdu", "Urdu; English"),
        _words("Adil Bilal Haroon Imran Kashif Mohammed Sajid Usman Zain"),
        _words("Aisha Nadia Sumaira"),
        _words("Ahmed Akhtar Hussain Iqbal Khan Mahmood"),
    ),
    Community(
        3,
        ("A3",),
        ("English", "English; Bengali"),
        _words("Farhan Rashid Shakil Tariq"),
        _words("Nazia Rukhsana"),
        _words("Ali Choudhury Miah Rahman Uddin"),
    ),
    Community(
        5,
        ("B2",),
        ("English; Somali", "Somali; English"),
        _words("Abdi Ibrahim Mahad Yusuf Zakaria"),
        _words("Amina Hodan"),
        _words("Abdullahi Farah Osman Warsame"),
    ),
    Community(
        5,
        ("B2", "B2", "B9"),
        ("English", "English; Shona", "English; French"),
        _words("Ayodele Emeka Kwame Samuel Tendai Tinashe"),
        _words("Blessing Rutendo"),
        _words("Adeleke Kamara Moyo Mwangi Ndlovu Okonkwo"),
    ),
    Community(
        5,
        ("B1",),
        ("English",),
        _words("Andre Dwayne Jermaine Leon Romario Tyrone"),
        _words("Keisha Shanice"),
        _words("Bennett Campbell Francis Gayle Palmer St_Hilaire"),
    ),
    Community(
        7,
        ("M1", "M1", "M2", "M3", "M9"),
        ("English",),
        _words("Aiden Corey Deshawn Isaac Jaden Kyron Malachi Theo"),
        _words("Amelia Tiana Zoë"),
        _words("Baptiste-Lowe Brown Carter D'Souza Hastings Lawrence Mensah Pereira Wright-Obi"),
    ),
)  # fmt: skip

HIS_OTHER_NAMES = _words("Ace Baz Dex Fitz Jay-Jay Kez Little_Man Mo Smiler Spud Tommo Twin Zee")
HER_OTHER_NAMES = _words("Dee Jojo Kiki Shaz Tash")
MIDDLE = _words("Dean James Lee Paul")


def community(rng: Random) -> Community:
    """Choose a community, the larger ones more often."""
    return rng.choices(COMMUNITIES, [each.share for each in COMMUNITIES])[0]
