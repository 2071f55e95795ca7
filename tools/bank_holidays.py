"""Print the table of domain/dates/bank_holidays.py, made anew from the `holidays` library: paste it after an update."""

import holidays

FIRST_YEAR, LAST_YEAR = 1900, 2100


def main() -> None:
    """Print one line a year: the year, and its bank holidays in England as month and day."""
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        days = sorted(holidays.country_holidays("GB", subdiv="ENG", years=year))
        print(year, *(f"{on:%m%d}" for on in days))


if __name__ == "__main__":
    main()
