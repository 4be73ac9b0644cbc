//! Comparisons of thirty-two bytes at a time, by one or two instructions each where the processor
//! has them.

use wide::u8x32;

/// Bytes of a block.
pub(super) const BYTES: usize = 32;

/// One bit for each byte, that of the first lowest: whether the look at a value in double quotes
/// has to stop there, at a quote, `<`, `&` or white space other than a blank.
#[inline]
pub(super) fn stops(block: &[u8; BYTES]) -> u32 {
    let block = u8x32::new(*block);
    let is = |byte: u8| block.simd_eq(u8x32::splat(byte));
    let control = block.min(u8x32::splat(b' ' - 1)).simd_eq(block);
    (is(b'"') | is(b'<') | is(b'&') | control).to_bitmask()
}

/// One bit for each byte, that of the first lowest: whether it is anything but white space.
#[inline]
pub(super) fn not_space(block: &[u8; BYTES]) -> u32 {
    let block = u8x32::new(*block);
    let is = |byte: u8| block.simd_eq(u8x32::splat(byte));
    !(is(b' ') | is(b'\n') | is(b'\t') | is(b'\r')).to_bitmask()
}

/// Whether `block` has the bytes of `want` wherever `mask` is set, and `want` none elsewhere.
#[inline]
pub(super) fn is_like(block: &[u8; BYTES], want: &[u8; BYTES], mask: &[u8; BYTES]) -> bool {
    let [block, want, mask] = [block, want, mask].map(|bytes| u8x32::new(*bytes));
    (block & mask).simd_eq(want).all()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{BYTES, is_like, not_space, stops};

    #[test]
    fn every_byte_stops_where_it_should() {
        for byte in 0..=u8::MAX {
            for at in 0..BYTES {
                let mut block = [b'a'; BYTES];
                block[at] = byte;
                let stop = byte < b' ' || matches!(byte, b'"' | b'<' | b'&');
                assert_eq!(stops(&block), u32::from(stop) << at, "{byte} at {at}");
            }
        }
    }

    proptest! {
        #[test]
        fn as_one_by_one(block in prop::array::uniform32(any::<u8>().prop_map(|b| b % 64))) {
            let stop = |byte: &u8| *byte < b' ' || matches!(byte, b'"' | b'<' | b'&');
            let bits = block.iter().rev().fold(0, |bits, byte| bits << 1 | u32::from(stop(byte)));
            prop_assert_eq!(stops(&block), bits);
            let other = |byte: &u8| !matches!(*byte, b' ' | b'\t' | b'\r' | b'\n');
            let bits = block.iter().rev().fold(0, |bits, byte| bits << 1 | u32::from(other(byte)));
            prop_assert_eq!(not_space(&block), bits);
        }

        #[test]
        fn like_where_the_mask_is_set(block: [u8; BYTES], length in 0..=BYTES, at in 0..BYTES) {
            let (mut want, mut mask) = ([0; BYTES], [0; BYTES]);
            want[..length].copy_from_slice(&block[..length]);
            mask[..length].fill(u8::MAX);
            prop_assert!(is_like(&block, &want, &mask));
            if at < length {
                want[at] ^= 0x80;
                prop_assert!(!is_like(&block, &want, &mask));
            }
        }
    }
}
