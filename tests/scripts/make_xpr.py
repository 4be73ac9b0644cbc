#!/usr/bin/env python3
"""Writes a KPR event message from the published schema table, with the Python standard library.

Shares no code with the crate: which elements and attributes there are, and which of them are demanded,
is read from the table; check digits are computed here. People are synthetic (month + 80).
"""

import argparse
import csv
import datetime
import random
import sys
import uuid
from xml.sax.saxutils import quoteattr

NAMESPACE = "http://www.npr.no/xmlstds/56_0_0_ipl"
ZERO = "00000000-0000-0000-0000-000000000000"
EVENTS = ["TjenesteStart", "MidlertidigStoppTil", "MidlertidigStoppFra", "TjenesteutforerEndret", "TjenesteSlutt"]


def table(path):
    elements = {}
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            if row["namespace"] == NAMESPACE and row["kind"] == "attribute":
                attributes = elements.setdefault(row["element"], [])
                attributes.append((row["name"], row["type"], row["cardinality_or_use"], row["fixed"]))
    return elements


def person(rng, d_number):
    while True:
        born = datetime.date(1930, 1, 1) + datetime.timedelta(days=rng.randrange(25000))
        series = rng.randrange(0, 500)
        day = born.day + (40 if d_number else 0)
        digits = [int(c) for c in f"{day:02}{born.month + 80:02}{born.year % 100:02}{series:03}"]
        first = 11 - sum(w * d for w, d in zip([3, 7, 6, 1, 8, 9, 4, 5, 2], digits)) % 11
        first = 0 if first == 11 else first
        digits.append(first)
        last = 11 - sum(w * d for w, d in zip([5, 4, 3, 2, 7, 6, 5, 4, 3, 2], digits)) % 11
        last = 0 if last == 11 else last
        if first < 10 and last < 10:
            return "".join(map(str, digits + [last]))


def duf(rng):
    digits = [2, 0, 1, rng.randrange(5, 10)] + [rng.randrange(10) for _ in range(6)]
    check = sum(w * d for w, d in zip([4, 6, 3, 2, 4, 6, 3, 2, 7, 5], digits)) % 11
    return "".join(map(str, digits)) + f"{check:02}"


class Maker:
    def __init__(self, elements, options):
        self.elements, self.options = elements, options
        self.rng = random.Random(options.seed)
        self.number, self.previous = options.start, options.previous
        self.users = [self.user(n) for n in range(max(1, options.count // 3))]
        self.out = []

    def guid(self):
        return str(uuid.UUID(int=self.rng.getrandbits(128), version=4))

    def user(self, number):
        kind = self.rng.choice(["1", "1", "1", "1", "2", "10"])
        fid = duf(self.rng) if kind == "10" else person(self.rng, kind == "2")
        district = f"{self.options.municipality}{self.rng.randrange(1, 16):02}"
        return {"fid": fid, "typeID": kind, "brukerNr": f"B{number}", "pasientGUID": self.guid(), "bydel": district}

    def moment(self):
        day = datetime.date.fromisoformat(self.options.day) + datetime.timedelta(days=self.rng.randrange(28))
        return day.isoformat()

    def write(self, name, values, children=()):
        text = [f"<{name}"]
        if name == "Melding":
            text.append(f' xmlns="{NAMESPACE}"')
        for attribute, kind, use, fixed in self.elements[name]:
            if use == "prohibited" or use == "optional" and attribute not in values and self.rng.random() < 0.5:
                continue
            value = fixed or values.get(attribute) or self.fill(attribute, kind)
            if value is not None:
                text.append(f" {attribute}={quoteattr(value)}")
        if not children:
            return "".join(text) + "/>\n"
        return "".join(text) + ">\n" + "".join(children) + f"</{name}>\n"

    def fill(self, attribute, kind):
        if kind == "nprx:guid":
            return None if attribute == "notifikasjonRef" else self.guid()
        if kind == "date":
            return self.moment()
        if kind == "dateTime":
            return self.moment() + f"T{self.rng.randrange(24):02}:{self.rng.randrange(60):02}:00"
        if kind == "npr:iPLOS_tjenestetype":
            return self.rng.choice(["18", "19", "20", "21", "29"])
        if attribute == "tjenesteOrgNr":
            return "958935420"
        if kind == "string":
            return self.rng.choice(["Blåbær", "Ærlig Østnes", "Åse & Sønn", "a \"b\" <c>"]) + f" {self.rng.randrange(100)}"
        return None

    def notification(self):
        user = self.write("Bruker", dict(self.rng.choice(self.users)))
        event = self.rng.choice(EVENTS)
        own = self.guid()
        service = f"T{self.rng.randrange(1000)}"
        children = [self.write(event, {"tjenesteID": service, "midlertidigStoppID": "S" + service}, [user])]
        values = {
            "statusNotifikasjon": "N",
            "notifikasjonGUID": own,
            "notifikasjonForrigeGUID": self.previous,
            "notifikasjonLopeNr": str(self.number),
        }
        self.number, self.previous = self.number + 1, own
        return self.write("Notifikasjon", values, children)

    def message(self):
        children = [self.notification() for _ in range(self.options.count)]
        for kind in ["1", "15", "16", "17"]:
            children.append(self.write("Kontaktperson", {"typeKontaktperson": kind, "meldEpost1": "post@example.no"}))
        children.append(self.write("Kommune", {"kommuneNr": self.options.municipality}))
        return self.write("Melding", {"meldingstype": "K"}, children)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("table")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--municipality", default="0301")
    parser.add_argument("--encoding", default="UTF-8")
    parser.add_argument("--bom", action="store_true")
    parser.add_argument("--start", type=int, default=1)
    parser.add_argument("--previous", default=ZERO)
    parser.add_argument("--day", default="2024-03-01")
    options = parser.parse_args()
    text = Maker(table(options.table), options).message()
    declaration = f'<?xml version="1.0" encoding="{options.encoding}"?>\n'
    data = (declaration + text).encode(options.encoding)
    sys.stdout.buffer.write((b"\xef\xbb\xbf" if options.bom else b"") + data)


main()
