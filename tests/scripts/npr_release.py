#!/usr/bin/env python3
"""Writes what must leave for a registry when NPR sends the release on standard input.

    npr_release.py REGISTRY EPOCH KEY-FILE < release.csv

Shares no code with the crate: standard library only, straight and slow. KEY-FILE holds the registry's
32 bytes. Takes releases in which nothing is wrong, for activity-based funding under the shipped terms.
"""

import csv
import hashlib
import hmac
import sys

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LEFT_OUT = {"pasientNr", "fid", "typeID", "bydel", "utskrKlarDato", "ukpdager"}


def main():
    registry, epoch, key_file = sys.argv[1:]
    with open(key_file, "rb") as file:
        key = file.read()

    def made(*parts):
        text = ":".join(("filsluse", *parts)).encode()
        half = hmac.new(key, text, hashlib.sha256).digest()[:16]
        # 26 characters of five bits; the last two bits are padding.
        number = int.from_bytes(half, "big") << 2
        text = "".join(ALPHABET[number >> 5 * at & 31] for at in range(25, -1, -1))
        return f"k{epoch}.{text}"

    def person(row, institution):
        if row["fid"]:
            return made("pseudonym", "v1", registry, row["fid"])
        return made("rekey", "v1", registry, "pasientNr", f"{institution}:{row['pasientNr']}")

    lines = sys.stdin.buffer.read().decode("utf-8-sig").splitlines()
    above = dict(line[1:].split("=", 1) for line in lines if line.startswith("#"))
    rows = list(csv.DictReader((line for line in lines if not line.startswith("#")), delimiter=";"))
    out = ["#profile=urn:filsluse:npr-release:1", "#purpose=isf", "#legal_basis=§ 3-3"]
    out += [f"#{key}={above[key]}" for key in ("operating_year", "institution", "created")]
    columns = [name for name in rows[0] if name not in LEFT_OUT]
    out.append(";".join(["npr_pid"] + ["fodselsar" if c == "fodselsdato" else c for c in columns]))
    for row in rows:
        cells = [person(row, row["institusjonID"] or above["institution"])]
        for name in columns:
            value = row[name]
            if name == "fodselsdato":
                value = value[:4]
            elif name == "episodeID":
                value = made("rekey", "v1", registry, "episodeID", value)
            cells.append(value)
        out.append(";".join(cells))
    out.append(f"#rows={len(rows)}")
    sys.stdout.buffer.write("".join(line + "\n" for line in out).encode())


if __name__ == "__main__":
    main()
