//! The Merkle tree of RFC 6962: hashes, proofs and their checks. Opens no file.

use ring::digest::{Context, SHA256};

use crate::types::digest::Sha256;

/// The root of a tree without entries.
pub fn empty_root() -> Sha256 {
    Sha256::of(b"")
}

/// The hash of an entry.
pub fn leaf(entry: &[u8]) -> Sha256 {
    prefixed(0, entry, b"")
}

/// The hash over two neighbours.
pub fn node(left: &Sha256, right: &Sha256) -> Sha256 {
    prefixed(1, &left.0, &right.0)
}

/// The hash over a power of two of neighbours; over none it is the empty root.
pub fn perfect(hashes: &[Sha256]) -> Sha256 {
    match hashes {
        [] => empty_root(),
        [one] => *one,
        several => {
            let (left, right) = several.split_at(several.len() / 2);
            node(&perfect(left), &perfect(right))
        }
    }
}

/// The proof that the tree of `size` entries holds entry `index`: from the leaf's sibling up.
///
/// `hash(height, n)` gives the hash over the `n`th run of `2^height` entries.
pub fn inclusion<E>(
    index: u64,
    size: u64,
    hash: &mut impl FnMut(u32, u64) -> Result<Sha256, E>,
) -> Result<Vec<Sha256>, E> {
    let mut path = Vec::new();
    let (mut low, mut high) = (0, size);
    while high - low > 1 {
        let middle = low + split(high - low);
        if index < middle {
            path.push(range(middle, high, hash)?);
            high = middle;
        } else {
            path.push(range(low, middle, hash)?);
            low = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// The proof that the tree of `size` entries extends the one of `old` entries.
pub fn consistency<E>(
    old: u64,
    size: u64,
    hash: &mut impl FnMut(u32, u64) -> Result<Sha256, E>,
) -> Result<Vec<Sha256>, E> {
    let mut path = Vec::new();
    if old == 0 || old >= size {
        return Ok(path);
    }
    let (mut low, mut high) = (0, size);
    while high != old {
        let middle = low + split(high - low);
        if old <= middle {
            path.push(range(middle, high, hash)?);
            high = middle;
        } else {
            path.push(range(low, middle, hash)?);
            low = middle;
        }
    }
    // The old root itself is known to whoever checks.
    if low > 0 {
        path.push(range(low, high, hash)?);
    }
    path.reverse();
    Ok(path)
}

/// Whether the proof leads from the leaf to the root (RFC 9162 section 2.1.3.2).
pub fn check_inclusion(
    leaf: &Sha256,
    index: u64,
    size: u64,
    path: &[Sha256],
    root: &Sha256,
) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in path {
        if last == 0 {
            return false;
        }
        if at % 2 == 1 || at == last {
            hash = node(sibling, &hash);
            climb_to_odd(&mut at, &mut last);
        } else {
            hash = node(&hash, sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// Whether the proof shows that the new tree extends the old one (RFC 9162 section 2.1.4.2).
pub fn check_consistency(
    (old, old_root): (u64, &Sha256),
    (size, root): (u64, &Sha256),
    path: &[Sha256],
) -> bool {
    if old == 0 || old >= size {
        let same = if old == 0 { *old_root == empty_root() } else { old_root == root };
        return old <= size && path.is_empty() && same && (size > 0 || old_root == root);
    }
    let mut steps = path.iter();
    let first = if old.is_power_of_two() { Some(old_root) } else { steps.next() };
    let Some(first) = first else { return false };
    let (mut at, mut last) = (old - 1, size - 1);
    while at % 2 == 1 {
        at >>= 1;
        last >>= 1;
    }
    let (mut old_hash, mut hash) = (*first, *first);
    for sibling in steps {
        if last == 0 {
            return false;
        }
        if at % 2 == 1 || at == last {
            old_hash = node(sibling, &old_hash);
            hash = node(sibling, &hash);
            climb_to_odd(&mut at, &mut last);
        } else {
            hash = node(&hash, sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && old_hash == *old_root && hash == *root
}

fn climb_to_odd(at: &mut u64, last: &mut u64) {
    while at.is_multiple_of(2) && *at != 0 {
        *at >>= 1;
        *last >>= 1;
    }
}

/// The hash over entries `low..high`, where `low` is where RFC 6962 would split.
fn range<E>(
    low: u64,
    high: u64,
    hash: &mut impl FnMut(u32, u64) -> Result<Sha256, E>,
) -> Result<Sha256, E> {
    let length = high - low;
    if length.is_power_of_two() {
        return hash(length.trailing_zeros(), low / length);
    }
    let middle = low + split(length);
    let left = range(low, middle, hash)?;
    Ok(node(&left, &range(middle, high, hash)?))
}

/// The largest power of two below a length of at least two.
fn split(length: u64) -> u64 {
    1 << (length - 1).ilog2()
}

fn prefixed(prefix: u8, first: &[u8], second: &[u8]) -> Sha256 {
    let mut context = Context::new(&SHA256);
    context.update(&[prefix]);
    context.update(first);
    context.update(second);
    let mut bytes = [0; 32];
    bytes.copy_from_slice(context.finish().as_ref());
    Sha256(bytes)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::{
        Sha256, check_consistency, check_inclusion, consistency, empty_root, inclusion, leaf, node,
        perfect,
    };

    /// The definition of RFC 6962 section 2.1, word by word.
    fn by_definition(leaves: &[Sha256]) -> Sha256 {
        match leaves.len() {
            0 => empty_root(),
            1 => leaves[0],
            count => {
                let k = count.next_power_of_two() / 2;
                node(&by_definition(&leaves[..k]), &by_definition(&leaves[k..]))
            }
        }
    }

    fn hashes(leaves: &[Sha256]) -> impl FnMut(u32, u64) -> Result<Sha256, Infallible> + '_ {
        |height, index| {
            let length = 1usize << height;
            let start = usize::try_from(index).unwrap() * length;
            Ok(perfect(&leaves[start..start + length]))
        }
    }

    #[test]
    fn the_known_roots_of_the_certificate_transparency_test_vectors() {
        let entries: [&[u8]; 3] = [b"", &[0x00], &[0x10]];
        let leaves: Vec<_> = entries.iter().map(|entry| leaf(entry)).collect();
        for (size, root) in [
            (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
            (2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
            (3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
        ] {
            assert_eq!(by_definition(&leaves[..size]).to_string(), root, "size {size}");
        }
    }

    #[test]
    fn proofs_of_all_small_trees_check_and_no_other_does() {
        let leaves: Vec<_> = (0u8..40).map(|n| leaf(&[n])).collect();
        let root = |size: usize| by_definition(&leaves[..size]);
        for size in 1..=leaves.len() {
            for index in 0..size {
                let (index_u64, size_u64) = (index as u64, size as u64);
                let Ok(path) = inclusion(index_u64, size_u64, &mut hashes(&leaves));
                let check = |leaf: &Sha256, index, size, path: &[Sha256]| {
                    check_inclusion(leaf, index, size, path, &root(usize::try_from(size).unwrap()))
                };
                assert!(check(&leaves[index], index_u64, size_u64, &path), "{index} of {size}");
                assert!(!check(&leaf(b"other"), index_u64, size_u64, &path));
                assert!(!check(&leaves[index], size_u64, size_u64, &path));
                if let Some((_, shorter)) = path.split_last() {
                    assert!(!check(&leaves[index], index_u64, size_u64, shorter));
                }
            }
            for old in 0..=size {
                let (new, before) = ((size as u64, &root(size)), (old as u64, &root(old)));
                let Ok(path) = consistency(old as u64, size as u64, &mut hashes(&leaves));
                assert!(check_consistency(before, new, &path), "{old} to {size}");
                let other = leaf(b"other");
                assert!(!check_consistency((old as u64, &other), new, &path), "{old} to {size}");
                if old != 0 {
                    assert!(!check_consistency(before, (size as u64, &other), &path));
                }
            }
        }
    }
}
