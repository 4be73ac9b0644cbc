#!/usr/bin/env python3
"""Computes the test vectors in src/protect/marks.rs. Needs the Python package `cryptography`.

Shares no code with the crate: run it after any change there and compare.
"""

import hashlib
import hmac

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY = bytes(range(32))


def derive(purpose: str) -> bytes:
    message = f"filsluse:derive:v1:kpr:{purpose}:notification".encode()
    return hmac.new(KEY, message, hashlib.sha256).digest()


def tag(key: bytes, nonce: bytes, text: bytes) -> bytes:
    return AESGCM(key).encrypt(nonce, text, None)[-16:]


def mark(content: bytes) -> str:
    padded = content + b"\x80" + bytes(-(len(content) + 1) % 16)
    hashed = tag(derive("content-hash"), bytes(12), padded)
    return tag(derive("content-mark"), hashed[:12], b"")[:8].hex()


for name, content in [
    ("EMPTY", b""),
    ("SHORT", b"<Notifikasjon/>"),
    ("LETTERS", "æøå".encode()),
    ("LONG", bytes(at % 256 for at in range(1000))),
]:
    print(name, mark(content))
