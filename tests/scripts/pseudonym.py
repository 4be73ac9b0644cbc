#!/usr/bin/env python3
"""Computes the pseudonym test vectors in src/protect/pseudonym.rs with the Python standard library.

Shares no code with the crate: run it after any change there and compare. The identifiers are
synthetic (month + 80).

With REGISTRY alone it reads GUIDs, one a line, and writes for each what is to leave in its place for that
registry: another one where it holds somebody's number. With REGISTRY EPOCH it reads a municipal message and writes, for each `Bruker` in it, what is to stand
in its `fid`, `brukerNr` and `pasientGUID` for that registry.
"""

import hashlib
import hmac
import itertools
import sys
import uuid
import xml.etree.ElementTree as tree

from numbers_in_guids import holds_number

KEY = bytes(range(32))
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def crockford(sixteen: bytes) -> str:
    bits = "".join(f"{byte:08b}" for byte in sixteen) + "00"
    return "".join(ALPHABET[int(bits[at : at + 5], 2)] for at in range(0, 130, 5))


def half(message: bytes) -> str:
    return crockford(hmac.new(KEY, message, hashlib.sha256).digest()[:16])


def keyed_guid(registry: str, label: str, guid: str) -> str:
    guid = guid.lower().strip("{}")
    for attempt in itertools.count():
        text = f"{guid}:{attempt}" if attempt else guid
        message = f"filsluse:rekey:v1:{registry}:{label}:{text}".encode()
        sixteen = bytearray(hmac.new(KEY, message, hashlib.sha256).digest()[:16])
        sixteen[6] = sixteen[6] & 0x0F | 0x80
        sixteen[8] = sixteen[8] & 0x3F | 0x80
        made = str(uuid.UUID(bytes=bytes(sixteen)))
        if not holds_number(made):
            return made


def person(registry: str, user) -> str:
    fid, kind, number = user.get("fid"), user.get("typeID"), user.get("brukerNr")
    if kind in ("1", "2", "10"):
        return half(f"filsluse:pseudonym:v1:{registry}:{fid}".encode())
    own = {"3": f"0301:{fid}", "9": f"0301:{number}:{fid}"}
    return half(f"filsluse:rekey:v1:{registry}:fid-{kind}:{own.get(kind, fid)}".encode())


def recompute(registry: str, epoch: str) -> None:
    for user in tree.parse(sys.stdin.buffer).iter():
        if not user.tag.endswith("}Bruker"):
            continue
        number = half(f"filsluse:rekey:v1:{registry}:brukerNr:{user.get('brukerNr')}".encode())
        guid = user.get("pasientGUID")
        guid = keyed_guid(registry, "pasientGUID", guid) if guid else "-"
        print(f"k{epoch}.{person(registry, user)}", f"k{epoch}.{number}", guid)


if len(sys.argv) == 2:
    for line in sys.stdin.read().split():
        print(keyed_guid(sys.argv[1], "guid", line) if holds_number(line) else line)
    sys.exit()

if len(sys.argv) == 3:
    recompute(sys.argv[1], sys.argv[2])
    sys.exit()

print("k1." + half(b"filsluse:pseudonym:v1:fastlege:63905842945"))
print("k12." + half(b"filsluse:pseudonym:v1:kpr:03851598730"))
print("k1." + half(b"filsluse:pseudonym:v1:fastlege:201800000110"))
print("k1." + half(b"filsluse:rekey:v1:fastlege:episode:E-1"))
print(half("filsluse:content:v1:fastlege:enrolment:æøå".encode()))
