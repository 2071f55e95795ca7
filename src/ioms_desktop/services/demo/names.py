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
        10,
        ("W9",),
        ("Polish; English", "English; Polish", "Romanian; English", "Lithuanian; English"),
        _words("Andrei Dawid Jakub Karol Lukas Mateusz Piotr Radu Tomasz Vytas"),
        _words("Agnieszka Ewa Ioana Zofia"),
        _words("Dąbrowski Ionescu Jankauskas Kowalski Łukasik Munteanu Nowak Petraitis Varga Wójcik Zieliński"),
    ),
    Community(
        15,
        ("A1", "A1", "A1", "A9"),
        ("English", "English; Gujarati", "English; Punjabi", "Gujarati; English"),
        _words("Amit Arjun Deepak Gurpreet Harjit Jayesh Kiran Manpreet Nikhil Pradip Rohan Sanjay Sukhdev Vijay"),
        _words("Anjali Jasmin Kavita Priya Simran"),
        _words("Bhatt Chauhan Desai Gill Jethwa Lakhani Mistry Parmar Patel Sandhu Shah Sidhu Singh Solanki Vaghela"),
    ),
    Community(
        9,
        ("A2", "A2", "A3"),
        ("English", "English; Urdu", "English; Bengali", "Urdu; English"),
        _words("Adil Bilal Farhan Haroon Imran Kashif Mohammed Rashid Sajid Usman Zain"),
        _words("Aisha Nadia Sumaira"),
        _words("Ahmed Akhtar Ali Begum Choudhury Hussain Iqbal Khan Mahmood Miah Rahman Uddin"),
    ),
    Community(
        10,
        ("B2", "B2", "B9"),
        ("English", "English; Somali", "Somali; English", "English; Shona", "English; French"),
        _words("Abdi Ayodele Emeka Ibrahim Kwame Mahad N'Golo Samuel Tendai Tinashe Yusuf Zakaria"),
        _words("Amina Blessing Fatima Rutendo"),
        _words("Abdullahi Adeleke Farah Kamara Moyo Mwangi Ndlovu Okonkwo Osman Warsame Zulu"),
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

NICKNAMES = _words("Ace Baz Bubba Dex Fitz Jay-Jay Kez Little_Man Mo Smiler Spud Tommo Twin Zee")


def community(rng: Random) -> Community:
    """Choose a community, the larger ones more often."""
    return rng.choices(COMMUNITIES, [each.share for each in COMMUNITIES])[0]
