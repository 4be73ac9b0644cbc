#!/usr/bin/env python3
"""Checks KPR event messages against the published schema table, with the Python standard library.

    python3 tests/scripts/check_xpr.py TABLE.csv FILE...

Shares no code with the crate or with the generator. Says for each breach the line and what is wrong,
never a value; exits 1 if there was one. Looks at: elements, their order and number, exactly one event
in a notification, attributes that are demanded, prohibited or unknown, fixed values, and how dates,
points in time, whole numbers and GUIDs are written. The message may stand in a MsgHead.
"""

import csv
import datetime
import re
import sys
from xml.parsers import expat

NAMESPACE = "http://www.npr.no/xmlstds/56_0_0_ipl"
ROOT = "Melding"
EVENTS = {"TjenesteStart", "MidlertidigStoppTil", "MidlertidigStoppFra", "TjenesteutforerEndret", "TjenesteSlutt"}
GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?", re.ASCII)


def load(path):
    children, attributes = {}, {}
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            if row["namespace"] != NAMESPACE:
                continue
            if row["kind"] == "element":
                least, most = row["cardinality_or_use"].split("..")
                bounds = (int(least), None if most == "*" else int(most))
                children.setdefault(row["element"], {})[row["name"]] = bounds
            else:
                rules = attributes.setdefault(row["element"], {})
                rules[row["name"]] = (row["type"], row["cardinality_or_use"], row["fixed"])
    if ROOT not in children or ROOT not in attributes:
        sys.exit("the table does not hold this message")
    return children, attributes


def is_date(text):
    try:
        return len(text) == 10 and bool(datetime.date.fromisoformat(text))
    except ValueError:
        return False


def holds(kind, text):
    if kind == "date":
        return is_date(text)
    if kind == "dateTime":
        return bool(MOMENT.fullmatch(text)) and is_date(text[:10])
    if kind == "integer":
        return bool(re.fullmatch(r"[+-]?\d+", text, re.ASCII))
    if kind == "nprx:guid":
        return bool(GUID.fullmatch(text))
    return True


class Checker:
    def __init__(self, table):
        self.children, self.attributes = table
        self.parser = expat.ParserCreate(namespace_separator="\n")
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters
        # Innermost last: name, and the children so far as (name, how many), in order.
        self.open = []
        self.messages = self.notifications = 0
        self.breaches = []

    def breach(self, what, line=None):
        self.breaches.append((line or self.parser.CurrentLineNumber, what))

    def start(self, full, values):
        namespace, _, name = full.rpartition("\n")
        if not self.open and (namespace, name) != (NAMESPACE, ROOT):
            return
        if namespace != NAMESPACE:
            self.breach("an element of another namespace")
        if self.open:
            self.nest(name)
        else:
            self.messages += 1
        self.notifications += name == "Notifikasjon"
        self.open.append((name, [], self.parser.CurrentLineNumber))
        self.judge(name, values)

    def nest(self, name):
        parent, before, _ = self.open[-1]
        order = list(self.children.get(parent, {}))
        if name not in order:
            return self.breach(f"{parent} holds no {name}")
        if before and before[-1][0] == name:
            before[-1][1] += 1
            return None
        # Of the events there is one; for all others the order of the table is that of the schema.
        if before and order.index(name) < order.index(before[-1][0]) and name not in EVENTS:
            self.breach(f"{name} comes too late")
        before.append([name, 1])
        return None

    def judge(self, name, values):
        rules = self.attributes.get(name, {})
        for attribute, value in values.items():
            kind, use, fixed = rules.get(attribute, ("", "", ""))
            if not use:
                self.breach(f"{name} has no attribute {attribute}")
            elif use == "prohibited":
                self.breach(f"{attribute} is prohibited")
            elif not value:
                self.breach(f"{attribute} is empty")
            elif fixed and value != fixed or not holds(kind, value):
                self.breach(f"{attribute} is not written as it must be")
        for attribute, (_, use, _) in rules.items():
            if use == "required" and attribute not in values:
                self.breach(f"{attribute} is missing")

    def end(self, full):
        if not self.open:
            return
        name, children, line = self.open.pop()
        counts = {}
        for child, count in children:
            counts[child] = counts.get(child, 0) + count
        for child, (least, most) in self.children.get(name, {}).items():
            count = counts.get(child, 0)
            if count < least or most is not None and count > most:
                self.breach(f"{name} holds {count} times {child}", line)
        if name == "Notifikasjon" and sum(counts.get(event, 0) for event in EVENTS) != 1:
            self.breach("a notification has one event", line)

    def characters(self, text):
        if self.open and text.strip():
            self.breach("text between the elements")


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    table, wrong = load(sys.argv[1]), False
    for path in sys.argv[2:]:
        checker = Checker(table)
        with open(path, "rb") as file:
            checker.parser.ParseFile(file)
        if checker.messages != 1:
            checker.breach(f"{checker.messages} messages", 1)
        for line, what in checker.breaches:
            print(f"{line}: {what}")
        wrong |= bool(checker.breaches)
        print(f"{checker.notifications} notifications, {len(checker.breaches)} breaches")
    sys.exit(wrong)


if __name__ == "__main__":
    main()
