//! Finds runs of five digits, which every form of a national identity number has one of, many bytes
//! at a time.

use wide::u8x32;

/// Passes over bytes from `at` on in which no run of five digits begins, and stops short of the end
/// of the block, where a run may only begin.
pub(super) fn skip_to_run(block: &[u8], mut at: usize) -> usize {
    while let Some(piece) = block.get(at..).and_then(<[u8]>::first_chunk) {
        let digits = digits(piece);
        let runs = digits & digits >> 1 & digits >> 2 & digits >> 3 & digits >> 4;
        if runs != 0 {
            return at + runs.trailing_zeros() as usize;
        }
        // The last four bytes may begin a run: they are looked at again.
        at += piece.len() - 4;
    }
    at
}

/// One bit for each byte that is a digit, the first byte's lowest.
#[inline]
fn digits(piece: &[u8; 64]) -> u64 {
    let (halves, _) = piece.as_chunks::<32>();
    let bits = |half: &[u8; 32]| {
        let values = u8x32::new(*half) - u8x32::splat(b'0');
        u64::from(values.min(u8x32::splat(9)).simd_eq(values).to_bitmask())
    };
    bits(&halves[0]) | bits(&halves[1]) << 32
}

#[cfg(test)]
mod tests {
    use super::{digits, skip_to_run};

    #[test]
    fn digits_are_digits_wherever_they_stand() {
        for byte in 0..=u8::MAX {
            for at in 0..64 {
                let mut piece = [b'5'; 64];
                piece[at] = byte;
                let want = if byte.is_ascii_digit() { u64::MAX } else { !(1 << at) };
                assert_eq!(digits(&piece), want, "{byte} at {at}");
            }
        }
    }

    #[test]
    fn no_run_is_passed_over() {
        for length in [0, 63, 64, 200] {
            for start in 0..length {
                for run in 0..12.min(length - start) {
                    let mut block = vec![b'x'; length];
                    block[start..start + run].fill(b'7');
                    let found = skip_to_run(&block, 0);
                    assert!(found <= length, "{start} {run}");
                    assert!(run < 5 || found <= start, "{start} {run}");
                }
            }
        }
        let mut block = vec![b'x'; 1000];
        block[700..705].fill(b'7');
        assert_eq!(skip_to_run(&block, 3), 700);
        assert_eq!(skip_to_run(&block, 701), 701 + 240);
    }
}
