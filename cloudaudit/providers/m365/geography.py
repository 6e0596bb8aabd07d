"""Geographies of Microsoft 365 and the countries in which each keeps data.

Source: https://learn.microsoft.com/microsoft-365/enterprise/o365-data-locations
"""

_COUNTRIES = {
    "APC": ("HK", "JP", "KR", "MY", "SG"),
    "EUR": ("AT", "FI", "FR", "IE", "NL", "SE"),
    "NAM": ("US",),
    "ARE": ("AE",),
    "AUS": ("AU",),
    "AUT": ("AT",),
    "BRA": ("BR",),
    "CAN": ("CA",),
    "CHE": ("CH",),
    "CHL": ("CL",),
    "DEU": ("DE",),
    "ESP": ("ES",),
    "FRA": ("FR",),
    "GBR": ("GB",),
    "IDN": ("ID",),
    "IND": ("IN",),
    "ISR": ("IL",),
    "ITA": ("IT",),
    "JPN": ("JP",),
    "KOR": ("KR",),
    "MEX": ("MX",),
    "MYS": ("MY",),
    "NOR": ("NO",),
    "NZL": ("NZ",),
    "POL": ("PL",),
    "QAT": ("QA",),
    "SGP": ("SG",),
    "SWE": ("SE",),
    "TWN": ("TW",),
    "ZAF": ("ZA",),
}


def countries_of(code: str) -> tuple[str, ...]:
    """Return the countries (two letters) in which a geography may keep data; none when it is not known."""
    return _COUNTRIES.get(code.upper(), ())
