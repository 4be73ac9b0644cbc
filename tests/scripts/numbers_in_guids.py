"""Whether somebody's national identity number stands in a GUID, for the scripts beside this one."""

import datetime


def is_number(digits: str) -> bool:
    """Eleven digits that somebody may have as a national identity number, of any kind and rule."""
    d = [int(digit) for digit in digits]
    first = sum(w * n for w, n in zip((3, 7, 6, 1, 8, 9, 4, 5, 2, 1), d))
    second = sum(w * n for w, n in zip((5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1), d))
    if first % 11 > 3 or second % 11:
        return False
    if d[0] >= 8:
        return True
    day, month, year = int(digits[:2]) % 40, int(digits[2:4]), digits[4:6]
    month -= max((offset for offset in (0, 40, 65, 80) if offset < month), default=0)
    for century in ("19", "20"):
        try:
            datetime.date(int(century + year), month, day)
            return True
        except ValueError:
            pass
    return False


def holds_number(guid: str) -> bool:
    digits = guid.replace("-", "").strip("{}")
    rows = (digits[at : at + 11] for at in range(len(digits) - 10))
    return any(row.isdigit() and is_number(row) for row in rows)
