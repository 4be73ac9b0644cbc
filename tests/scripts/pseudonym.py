#!/usr/bin/env python3
"""Computes the pseudonym test vectors in src/protect/pseudonym.rs with the Python standard library.

Shares no code with the crate: run it after any change there and compare. The identifiers are
synthetic (month + 80).
"""

import hashlib
import hmac

KEY = bytes(range(32))
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def crockford(sixteen: bytes) -> str:
    bits = "".join(f"{byte:08b}" for byte in sixteen) + "00"
    return "".join(ALPHABET[int(bits[at : at + 5], 2)] for at in range(0, 130, 5))


def half(message: bytes) -> str:
    return crockford(hmac.new(KEY, message, hashlib.sha256).digest()[:16])


print("k1." + half(b"filsluse:pseudonym:v1:fastlege:63905842945"))
print("k12." + half(b"filsluse:pseudonym:v1:kpr:03851598730"))
print("k1." + half(b"filsluse:pseudonym:v1:fastlege:201800000110"))
print("k1." + half(b"filsluse:rekey:v1:fastlege:episode:E-1"))
print(half("filsluse:content:v1:fastlege:enrolment:æøå".encode()))
