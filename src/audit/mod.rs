//! The tamper-evident log: entries, Merkle tree, signed checkpoints. Never holds personal data.
