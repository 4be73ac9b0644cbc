//! Write beside, fsync, rename without replacing, fsync the directory; and the same for a group.
