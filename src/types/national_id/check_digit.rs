//! The two modulus-11 sums of Norwegian national identity numbers, and what each rule makes of
//! them.
//!
//! Pure arithmetic over digits as written, offsets included. Knows nothing of dates, kinds or
//! profiles, and never sees text.

/// Whether eleven digit values (0 to 9 each) satisfy the rule of 1964: both sums, with their check
/// digit, are multiples of 11.
pub fn holds_1964(digits: &[u8; 11]) -> bool {
    let (first, second) = remainders(digits);
    first == 0 && second == 0
}

/// Whether eleven digit values (0 to 9 each) satisfy the rule for numbers issued from 2032: the
/// first sum may leave 0 to 3, the second must still leave 0.
pub fn holds_2032(digits: &[u8; 11]) -> bool {
    let (first, second) = remainders(digits);
    first <= 3 && second == 0
}

/// What each sum with its check digit leaves when divided by 11.
fn remainders(digits: &[u8; 11]) -> (u32, u32) {
    // u32, since the sums reach 405 and do not fit the digits' own type.
    let sum = |weights: &[u32]| -> u32 {
        weights.iter().zip(digits).map(|(weight, digit)| weight * u32::from(*digit)).sum()
    };
    (sum(&FIRST) % 11, sum(&SECOND) % 11)
}

/// Weights of d1 to d9, then 1 for the first check digit itself.
const FIRST: [u32; 10] = [3, 7, 6, 1, 8, 9, 4, 5, 2, 1];
/// Weights of d1 to d10, then 1 for the second check digit itself.
const SECOND: [u32; 11] = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1];

#[cfg(test)]
mod tests {
    use super::{holds_1964, holds_2032, remainders};

    #[test]
    fn sums_past_255_are_summed_whole() {
        assert_eq!(remainders(&[9; 11]), ((46 * 9) % 11, (42 * 9) % 11));
    }

    #[test]
    fn the_new_rule_only_widens_the_old_one() {
        // Synthetic (month + 80): the tax administration's own example, one of the generated ones
        // with each first remainder, and one with a wrong last digit.
        let cases = [
            ("03851598730", true, true),
            ("30908299902", false, true),
            ("16913930049", false, true),
            ("01854929581", false, true),
            ("19907736167", false, true),
            ("03851598731", false, false),
        ];
        for (text, by_1964, by_2032) in cases {
            let mut digits = [0; 11];
            digits.iter_mut().zip(text.bytes()).for_each(|(digit, c)| *digit = c - b'0');
            assert_eq!((holds_1964(&digits), holds_2032(&digits)), (by_1964, by_2032), "{text}");
        }
    }
}
