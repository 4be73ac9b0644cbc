//! Finds what somebody probably meant to write.

/// The known word nearest to `text`, if one is near enough to be meant.
pub(super) fn nearest<'a>(text: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let near = text.chars().count() / 3;
    known
        .map(|word| (edits(&text.to_lowercase().replace('_', "-"), word), word))
        .filter(|(edits, _)| *edits <= near)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, word)| word)
}

/// Insertions, deletions, replacements and swaps of neighbours that make one text the other.
fn edits(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replace = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replace.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn what_was_meant() {
        let known = ["drop-root", "state-dir", "time-zone", "settle", "kinds", "id"];
        for (text, want) in [
            ("setle", Some("settle")),
            ("drop_root", Some("drop-root")),
            ("Drop-Root", Some("drop-root")),
            ("stat-edir", Some("state-dir")),
            ("timezone", Some("time-zone")),
            ("kind", Some("kinds")),
            ("colour", None),
            ("", None),
        ] {
            assert_eq!(nearest(text, known.into_iter()), want, "{text}");
        }
    }
}
