#!/usr/bin/env python3
"""What an analyst would script: HMAC for the number, a year for the birth date, columns dropped, CSV to
standard output. With pandas where it is installed, else with the csv module. Checks nothing.

    npr_script.py release.csv | age -e -r age1... -o release.age
"""

import csv
import hmac
import sys

KEY = bytes(range(32))
DROPPED = ["pasientNr", "fid", "typeID", "fodselsdato", "bydel", "utskrKlarDato", "ukpdager"]


def pseudonym(text):
    return hmac.digest(KEY, text.encode(), "sha256")[:16].hex()


def with_pandas(pandas, name):
    chunks = pandas.read_csv(name, sep=";", dtype=str, comment="#", keep_default_na=False,
                             chunksize=200_000)
    for number, chunk in enumerate(chunks):
        chunk.insert(0, "npr_pid", chunk["fid"].map(pseudonym))
        chunk["fodselsar"] = chunk["fodselsdato"].str[:4]
        chunk["episodeID"] = chunk["episodeID"].map(pseudonym)
        chunk = chunk.drop(columns=DROPPED)
        chunk.to_csv(sys.stdout, sep=";", index=False, header=number == 0)


def with_csv(name):
    with open(name, encoding="utf-8", newline="") as file:
        rows = csv.reader((line for line in file if not line.startswith("#")), delimiter=";")
        headings = next(rows)
        fid, born, episode = (headings.index(h) for h in ("fid", "fodselsdato", "episodeID"))
        kept = [at for at, heading in enumerate(headings) if heading not in DROPPED]
        out = csv.writer(sys.stdout, delimiter=";", lineterminator="\n")
        out.writerow(["npr_pid", "fodselsar"] + [headings[at] for at in kept])
        for row in rows:
            row[episode] = pseudonym(row[episode])
            out.writerow([pseudonym(row[fid]), row[born][:4]] + [row[at] for at in kept])


def main():
    try:
        import pandas
    except ImportError:
        with_csv(sys.argv[1])
    else:
        with_pandas(pandas, sys.argv[1])


if __name__ == "__main__":
    main()
