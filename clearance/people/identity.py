"""Who an e-mail address, a phone number or a licence number stands for. Pure."""

import unicodedata

import phonenumbers

TITLES = frozenset({"dr", "prof", "professor", "doctor", "md", "do", "phd", "mbbs", "mrs", "mr", "ms"})


def same_mailbox(address: str) -> str:
    """Return the address as its mailbox: NFKC, case-folded, without quotes or a `+tag`, the domain in ASCII.
    Two equal results are one mailbox."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", address).casefold()).strip()
    local, at, domain = folded.rpartition("@")
    plain = local.strip('"').replace("\\", "").split("+", 1)[0]
    return f"{plain}{at}{_ascii(domain.rstrip('.'))}"


def _ascii(domain: str) -> str:
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain


def same_name(typed: str, recorded: str) -> bool:
    """Say whether a typed name is the recorded one: every typed word but titles stands in the record, and the last name
    is among them. Accents, case and full stops do not count."""
    said, known = _name_words(typed), _name_words(recorded)
    return bool(said and known) and known[-1] in said and set(said) <= set(known)


def _name_words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", name).casefold()
    letters = "".join(" " if one in ".,-" else one for one in plain if not unicodedata.combining(one))
    return [word for word in letters.split() if word not in TITLES]


def npi_valid(number: str) -> bool:
    """Check a US National Provider Identifier: ten digits, first 1 or 2, Luhn over `80840` + number.

    Passing says nothing about existence. Source: CMS, NPI check digit (the prefix adds the constant 24 to the sum).
    """
    if not (len(number) == 10 and number.isascii() and number.isdigit() and number[0] in "12"):
        return False
    total = 24
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def phone_e164(text: str, *, region: str = "US") -> str:
    """Return a phone number as E.164, with `;ext=` where it has an extension.

    Raises ValueError with a sentence for people when it is no phone number.
    """
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        raise ValueError("Enter a phone number with its area code, as +1 555 010 0123.") from None
    if not phonenumbers.is_possible_number(number):
        raise ValueError("This phone number has too few or too many digits.")
    plain = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return f"{plain};ext={number.extension}" if number.extension else plain


def phone_words(stored: str) -> str:
    """Return a stored phone number as people write it."""
    plain, _, extension = stored.partition(";ext=")
    try:
        words = phonenumbers.format_number(phonenumbers.parse(plain), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    except phonenumbers.NumberParseException:
        return stored
    return f"{words} ext. {extension}" if extension else words
