"""What somebody would write who wants the same without filsluse: lxml, hmac, and age behind a pipe.

Usage: equal_work.py FILE | age -e -r KEY. Checks each person's number, puts a pseudonym in its place,
and writes every record again. It knows fewer rules than filsluse, keeps no books, and its memory is
bounded because each record is thrown away when it is written.
"""

import hmac
import sys

from lxml import etree

KEY = bytes(range(32))
FIRST = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
SECOND = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


def holds(number):
    if len(number) != 11 or not number.isdigit():
        return False
    digits = [int(digit) for digit in number]
    first = sum(weight * digit for weight, digit in zip(FIRST, digits))
    second = sum(weight * digit for weight, digit in zip(SECOND, digits))
    return first % 11 == 0 and second % 11 == 0


def pseudonym(label, text):
    digest = hmac.digest(KEY, f"filsluse:pseudonym:v1:{label}:{text}".encode(), "sha256")
    number = int.from_bytes(digest[:16], "big") << 2
    return "k1." + "".join(CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))


def main(path):
    out = sys.stdout.buffer
    known = {}

    def once(label, text):
        found = known.get((label, text))
        if found is None:
            if len(known) > 2000:
                known.clear()
            found = known[label, text] = pseudonym(label, text)
        return found

    root = None
    for event, element in etree.iterparse(path, events=("start", "end"), huge_tree=True):
        if root is None:
            root = element
            attributes = "".join(f' {name}="{value}"' for name, value in element.attrib.items())
            name = etree.QName(element)
            out.write(f'<{name.localname} xmlns="{name.namespace}"{attributes}>\n'.encode())
            continue
        if event == "start" or element.getparent() is not root:
            continue
        for person in element.iter("{*}Bruker"):
            if person.get("typeID") in ("1", "2") and not holds(person.get("fid")):
                break
            person.set("fid", once("fid", person.get("fid")))
            person.set("typeID", "99")
            person.set("brukerNr", once("brukerNr", person.get("brukerNr")))
            if person.get("pasientGUID"):
                person.set("pasientGUID", once("pasientGUID", person.get("pasientGUID")))
        else:
            out.write(etree.tostring(element, encoding="utf-8"))
        element.clear()
        while element.getprevious() is not None:
            del root[0]
    out.write(f"</{etree.QName(root).localname}>\n".encode())


main(sys.argv[1])
