#!/usr/bin/env python3
"""Writes what must leave for a registry when a municipality sends the message on standard input.

    kpr_output.py REGISTRY EPOCH KEY-FILE [STRUCK-FILE] < message.xml

Shares no code with the crate: standard library only, straight and slow. KEY-FILE holds the registry's
32 bytes; STRUCK-FILE the numbers of records that break a rule, from 1, one a line. What this script
knows itself: which fields hold a person and what stands in their place, that a GUID with somebody's
number in it leaves as another one, that texts are at most 100 characters, that a notification is taken
once, and how the output is written.
"""

import hashlib
import hmac
import itertools
import re
import sys
import uuid
from xml.parsers import expat

from numbers_in_guids import holds_number

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
RECORDS = {"IplosAar": "Bruker", "Melding": "Notifikasjon"}
GUID = re.compile(r"\{?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}?")
TEXTS = {"tjenesteID", "midlertidigStoppID", "notifikasjonLopeNr"}


class Output:
    def __init__(self, registry, epoch, key, struck):
        self.registry, self.epoch, self.struck = registry, epoch, struck
        self.hmac = hmac.new(key, digestmod=hashlib.sha256)
        self.root = None
        self.depth = 0
        self.record = 0
        self.seen = set()
        self.parts = []
        self.out = []

    def half(self, *parts):
        digest = self.hmac.copy()
        digest.update(":".join(("filsluse", *parts)).encode())
        return digest.digest()[:16]

    def pseudonym(self, *parts):
        # 26 characters of five bits; the last two bits are padding.
        number = int.from_bytes(self.half(*parts), "big") << 2
        text = "".join(ALPHABET[number >> 5 * at & 31] for at in range(25, -1, -1))
        return f"k{self.epoch}.{text}"

    def re_key(self, label, text):
        return self.pseudonym("rekey", "v1", self.registry, label, text)

    def guid(self, label, text):
        guid = text.strip("{}").lower()
        for attempt in itertools.count():
            text = f"{guid}:{attempt}" if attempt else guid
            sixteen = bytearray(self.half("rekey", "v1", self.registry, label, text))
            sixteen[6] = sixteen[6] & 0x0F | 0x80
            sixteen[8] = sixteen[8] & 0x3F | 0x80
            made = str(uuid.UUID(bytes=bytes(sixteen)))
            if not holds_number(made):
                return made

    def person(self, fid, kind, number):
        if kind in ("1", "2", "10") or kind in ("3", "12") and is_national(fid):
            return self.pseudonym("pseudonym", "v1", self.registry, fid)
        # What one municipality calls somebody by may be another's word for somebody else.
        own = {"3": f"0301:{fid}", "9": f"0301:{number}:{fid}"}
        return self.re_key(f"fid-{kind}", own.get(kind, fid))

    def start(self, name, attributes):
        name = name.rpartition(":")[2]
        if self.root is None:
            if name not in RECORDS:
                return
            self.root, self.depth = name, 1
            pairs = list(zip(attributes[::2], attributes[1::2]))
            namespace = dict(pairs)["xmlns"]
            pairs = [pair for pair in pairs if is_data(pair)]
            self.out.append('<?xml version="1.0" encoding="UTF-8"?>\n')
            self.out.append(f'<{name} xmlns="{namespace}"{written(pairs)}>\n')
            return
        self.depth += 1
        if self.depth == 2:
            self.parts, self.open = [], False
            self.is_record = name == RECORDS[self.root]
            self.record += self.is_record
            self.taken = not (self.is_record and self.record in self.struck)
        pairs = [pair for pair in zip(attributes[::2], attributes[1::2]) if is_data(pair)]
        if name == "Notifikasjon" and self.taken:
            own = dict(pairs)["notifikasjonGUID"].lower()
            self.taken = own not in self.seen
            self.seen.add(own)
        if not self.taken:
            return
        if name == "Bruker":
            given = dict(pairs)
            fid, kind, number = given["fid"], given["typeID"], given["brukerNr"]
            instead = {
                "fid": lambda: self.person(fid, kind, number),
                "typeID": lambda: "99",
                "brukerNr": lambda: self.re_key("brukerNr", number),
                "pasientGUID": lambda: self.guid("pasientGUID", given["pasientGUID"]),
            }
            pairs = [(key, instead[key]() if key in instead else value) for key, value in pairs]
        pairs = [
            (key, self.guid("guid", value) if is_guid(key, value) and holds_number(value) else value)
            for key, value in pairs
        ]
        pairs = [(key, "-1" if key in TEXTS and len(value) > 100 else value) for key, value in pairs]
        if self.open:
            self.parts.append(">")
        self.parts.append(f"<{name}{written(pairs)}")
        self.open = True

    def end(self, name):
        if self.root is None or self.depth == 0:
            return
        self.depth -= 1
        name = name.rpartition(":")[2]
        if self.depth == 0:
            self.out.append(f"</{name}>\n")
            self.flush()
            return
        if not self.taken:
            return
        self.parts.append("/>" if self.open else f"</{name}>")
        self.open = False
        if self.depth == 1:
            self.out += self.parts
            self.out.append("\n")
            if len(self.out) > 10_000:
                self.flush()

    def flush(self):
        sys.stdout.buffer.write("".join(self.out).encode())
        self.out.clear()


def is_guid(key, value):
    return key != "pasientGUID" and bool(GUID.fullmatch(value))


def is_data(pair):
    key, value = pair
    return value != "" and key != "xmlns" and ":" not in key


def written(pairs):
    return "".join(f' {key}="{escaped(value)}"' for key, value in pairs)


def escaped(text):
    for char, instead in (
        ("&", "&amp;"), ("<", "&lt;"), ('"', "&quot;"),
        ("\t", "&#9;"), ("\n", "&#10;"), ("\r", "&#13;"),
    ):  # fmt: skip
        if char in text:
            text = text.replace(char, instead)
    return text


def is_national(fid):
    if len(fid) != 11 or not fid.isdigit():
        return False
    digits = [int(digit) for digit in fid]
    first = sum(w * d for w, d in zip((3, 7, 6, 1, 8, 9, 4, 5, 2, 1), digits))
    second = sum(w * d for w, d in zip((5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1), digits))
    return first % 11 == 0 and second % 11 == 0


def main():
    registry, epoch, key_file, *rest = sys.argv[1:]
    with open(key_file, "rb") as file:
        key = file.read()
    assert len(key) == 32, "a key has 32 bytes"
    struck = set()
    for name in rest:
        with open(name) as file:
            struck = {int(line) for line in file}
    output = Output(registry, epoch, key, struck)
    parser = expat.ParserCreate()
    parser.ordered_attributes = True
    parser.StartElementHandler = output.start
    parser.EndElementHandler = output.end
    parser.ParseFile(sys.stdin.buffer)


main()
