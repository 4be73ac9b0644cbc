#!/usr/bin/env python3
"""Checks a certificate of erasure, sharing no code with the product.

    verify_certificate.py CERTIFICATE VERIFIER-KEY

VERIFIER-KEY is the key's line or a file that holds it, such as a copy of audit.vkey. Has openssl
check the Ed25519 signature over the certificate and over the checkpoint in it, and recomputes the
root from the last entry that the certificate counts. Needs verify_tlog.py beside it. Exit 0: good.
"""

import base64
import json
import os
import sys

from verify_tlog import check_note, check_signature, leaf_hash, root_from_path, sha


def between(text, what):
    begin, end = "\n-----BEGIN %s-----\n" % what, "\n-----END %s-----\n" % what
    return text.split(begin, 1)[1].split(end, 1)[0] + "\n"


def signed_text(note, vkey):
    """The text of a note, once the key's signature over it is checked."""
    name, key_id, key = vkey.strip().split("+", 2)
    key = base64.b64decode(key, validate=True)
    assert key[0] == 1 and len(key) == 33, "not an Ed25519 verifier key"
    want_id = sha(name.encode() + b"\n" + key)[:4]
    assert want_id.hex() == key_id, "the verifier key's id is not its hash"
    text, signature = note.rsplit("\n\n", 1)
    text += "\n"
    line = "— %s " % name
    assert signature.startswith(line) and signature.count("\n") == 1, "no signature of the key"
    signature = base64.b64decode(signature[len(line):].strip(), validate=True)
    assert signature[:4] == want_id, "a signature of another key"
    check_signature(key[1:], text.encode(), signature[4:])
    return text


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__.split("\n\n")[1].strip())
    vkey = sys.argv[2]
    if os.path.isfile(vkey):
        with open(vkey, encoding="utf-8") as file:
            vkey = file.read().strip()
    with open(sys.argv[1], encoding="utf-8") as file:
        text = signed_text(file.read(), vkey)
    assert text.splitlines()[0] == "filsluse certificate of erasure v1", "no certificate"
    if "BEGIN CHECKPOINT" in text:
        check_note(between(text, "CHECKPOINT"), vkey)
        print("ok: nothing was erased")
        return
    head, note = between(text, "INCLUSION PROOF").split("\n\n", 1)
    lines = head.splitlines()
    assert lines[0] == "c2sp.org/tlog-proof@v1" and lines[1].startswith("index "), "no proof"
    index = int(lines[1][6:])
    path = [base64.b64decode(line, validate=True) for line in lines[2:]]
    entry = between(text, "LAST ENTRY").rstrip("\n")
    assert json.loads(entry)["seq"] == index, "the entry has another number"
    checkpoint = check_note(note, vkey)
    root = root_from_path(leaf_hash(entry.encode()), index, int(checkpoint[1]), path)
    assert root == base64.b64decode(checkpoint[2]), "the proof does not lead to its checkpoint"
    print("ok: entry %d of %s" % (index, checkpoint[1]))


if __name__ == "__main__":
    try:
        main()
    except (AssertionError, OSError, ValueError, IndexError, KeyError) as error:
        sys.exit("not ok: %s" % error)
