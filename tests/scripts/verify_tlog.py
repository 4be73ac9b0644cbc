#!/usr/bin/env python3
"""Checks a C2SP tlog-tiles log on plain files, sharing no code with the product.

    verify_tlog.py DIRECTORY VERIFIER-KEY [PROOF-FILE]

VERIFIER-KEY is the key's line or a file that holds it, such as a copy of audit.vkey.
Recomputes the tree from the entry bundles with the textbook recursion of RFC 6962, compares every
hash tile and the signed root, and has openssl check the Ed25519 signature. With a proof file, checks
that too against the entry it names. Needs Python's standard library and openssl. Exit 0: all good.
"""

import base64
import hashlib
import os
import subprocess
import sys
import tempfile


def sha(data):
    return hashlib.sha256(data).digest()


def leaf_hash(entry):
    return sha(b"\0" + entry)


def node_hash(left, right):
    return sha(b"\1" + left + right)


def tree_hash(leaves):
    if not leaves:
        return sha(b"")
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(tree_hash(leaves[:split]), tree_hash(leaves[split:]))


def tile_path(kind, index, width):
    last = "%03d" % (index % 1000)
    pieces = []
    index //= 1000
    while index:
        pieces.insert(0, "x%03d" % (index % 1000))
        index //= 1000
    path = os.path.join("tile", kind, *pieces, last)
    return path if width == 256 else os.path.join(path + ".p", str(width))


def check_note(note, vkey):
    """Returns the lines of a note that the key signed."""
    name, key_id, key = vkey.strip().split("+", 2)
    key = base64.b64decode(key, validate=True)
    assert key[0] == 1 and len(key) == 33, "not an Ed25519 verifier key"
    want_id = sha(name.encode() + b"\n" + key)[:4]
    assert want_id.hex() == key_id, "the verifier key's id is not its hash"
    text, signatures = note.rsplit("\n\n", 1)
    text += "\n"
    line = "— %s " % name
    mine = [s[len(line):] for s in signatures.splitlines() if s.startswith(line)]
    assert len(mine) == 1, "no signature of the key"
    signature = base64.b64decode(mine[0], validate=True)
    assert signature[:4] == want_id, "a signature of another key"
    check_signature(key[1:], text.encode(), signature[4:])
    lines = text.splitlines()
    assert lines[0] == name, "the checkpoint is of another log"
    return lines


def check_signature(public, message, signature):
    with tempfile.TemporaryDirectory() as scratch:
        paths = {}
        der = bytes.fromhex("302a300506032b6570032100") + public
        for what, data in (("key", der), ("message", message), ("signature", signature)):
            paths[what] = os.path.join(scratch, what)
            with open(paths[what], "wb") as file:
                file.write(data)
        done = subprocess.run(
            ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", paths["key"],
             "-rawin", "-in", paths["message"], "-sigfile", paths["signature"]],
            capture_output=True, check=False)
        assert done.returncode == 0, "openssl refuses the signature"


def read_entries(directory, size):
    entries = []
    for index in range((size + 255) // 256):
        width = min(256, size - index * 256)
        with open(os.path.join(directory, tile_path("entries", index, width)), "rb") as file:
            data = file.read()
        for _ in range(width):
            length = int.from_bytes(data[:2], "big")
            assert len(data) >= 2 + length, "bundle %d is cut off" % index
            entries.append(data[2:2 + length])
            data = data[2 + length:]
        assert not data, "bundle %d goes on" % index
    return entries


def check_tiles(directory, leaves):
    level, hashes = 0, leaves
    while hashes:
        for index in range((len(hashes) + 255) // 256):
            part = hashes[index * 256:(index + 1) * 256]
            with open(os.path.join(directory, tile_path(str(level), index, len(part))), "rb") as file:
                assert file.read() == b"".join(part), "level %d tile %d differs" % (level, index)
        full = len(hashes) // 256
        hashes = [tree_hash(hashes[i * 256:(i + 1) * 256]) for i in range(full)]
        level += 1


def root_from_path(leaf, index, size, path):
    if size == 1:
        assert not path, "the proof is too long"
        return leaf
    assert path, "the proof is too short"
    split = 1
    while split * 2 < size:
        split *= 2
    if index < split:
        return node_hash(root_from_path(leaf, index, split, path[:-1]), path[-1])
    return node_hash(path[-1], root_from_path(leaf, index - split, size - split, path[:-1]))


def check_proof(text, vkey, entries):
    head, note = text.split("\n\n", 1)
    lines = head.splitlines()
    assert lines[0] == "c2sp.org/tlog-proof@v1", "not a proof file"
    assert lines[1].startswith("index "), "no index"
    index = int(lines[1][6:])
    path = [base64.b64decode(line, validate=True) for line in lines[2:]]
    checkpoint = check_note(note, vkey)
    root = root_from_path(leaf_hash(entries[index]), index, int(checkpoint[1]), path)
    assert root == base64.b64decode(checkpoint[2]), "the proof does not lead to its checkpoint"


def main():
    if not 3 <= len(sys.argv) <= 4:
        sys.exit(__doc__.split("\n\n")[1].strip())
    directory, vkey = sys.argv[1], sys.argv[2]
    if os.path.isfile(vkey):
        with open(vkey, encoding="utf-8") as file:
            vkey = file.read().strip()
    with open(os.path.join(directory, "checkpoint"), encoding="utf-8") as file:
        lines = check_note(file.read(), vkey)
    entries = read_entries(directory, int(lines[1]))
    leaves = [leaf_hash(entry) for entry in entries]
    check_tiles(directory, leaves)
    assert tree_hash(leaves) == base64.b64decode(lines[2]), "the entries do not lead to the root"
    if len(sys.argv) > 3:
        with open(sys.argv[3], encoding="utf-8") as file:
            check_proof(file.read(), vkey, entries)
    print("ok: %d entries" % len(entries))


if __name__ == "__main__":
    try:
        main()
    except (AssertionError, OSError, ValueError, IndexError) as error:
        sys.exit("not ok: %s" % error)
