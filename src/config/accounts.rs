//! Senders' accounts on this machine: whose their files are, and who can read what is for them.

use std::{fs, io};

use crate::config::sender::Owner;

/// A local account's user number, from `/etc/passwd`; accounts that other services know are
/// configured by `uid`.
pub fn uid_of(account: &str) -> io::Result<Option<u32>> {
    Ok(number(&fs::read_to_string("/etc/passwd")?, account, UID))
}

/// The user number that must own a sender's files; `None` when there is no such account.
pub fn owner_uid(owner: &Owner) -> io::Result<Option<u32>> {
    match owner {
        Owner::Account(account) => uid_of(account.as_str()),
        Owner::Uid(uid) => Ok(Some(*uid)),
    }
}

/// The groups that a sender's outbound directory may have for the sender to read it: its account's
/// own, and the one that is called as its account. None for an account that only other services
/// know.
pub fn own_groups(owner: &Owner) -> io::Result<Vec<u32>> {
    let (passwd, group) = (fs::read_to_string("/etc/passwd")?, fs::read_to_string("/etc/group")?);
    Ok(groups_in(&passwd, &group, owner))
}

fn groups_in(passwd: &str, group: &str, owner: &Owner) -> Vec<u32> {
    let account = match owner {
        Owner::Account(account) => account.as_str(),
        Owner::Uid(uid) => {
            let of_uid = passwd.lines().find(|line| field(line, UID) == Some(*uid));
            let Some(account) = of_uid.and_then(|line| line.split(':').next()) else {
                return Vec::new();
            };
            account
        }
    };
    let known = [number(passwd, account, PRIMARY_GROUP), number(group, account, GROUP)];
    known.into_iter().flatten().collect()
}

fn number(lines: &str, name: &str, at: usize) -> Option<u32> {
    field(lines.lines().find(|line| line.split(':').next() == Some(name))?, at)
}

fn field(line: &str, at: usize) -> Option<u32> {
    line.split(':').nth(at)?.parse().ok()
}

/// Places in a line of `/etc/passwd`.
const UID: usize = 2;
const PRIMARY_GROUP: usize = 3;
/// The place in a line of `/etc/group`.
const GROUP: usize = 2;

#[cfg(test)]
mod tests {
    use super::{UID, groups_in, number};
    use crate::config::sender::Owner;

    const PASSWD: &str = "root:x:0:0::/root:/bin/sh\nemb:x:2001:2002::/:/bin/false\nbroken\n";

    #[test]
    fn accounts() {
        for (account, want) in
            [("root", Some(0)), ("emb", Some(2001)), ("broken", None), ("x", None)]
        {
            assert_eq!(number(PASSWD, account, UID), want, "{account}");
        }
    }

    #[test]
    fn groups() {
        let group = "root:x:0:\nemb:x:2003:\n";
        for (uid, want) in [(2001, vec![2002, 2003]), (0, vec![0, 0]), (7, vec![])] {
            assert_eq!(groups_in(PASSWD, group, &Owner::Uid(uid)), want, "{uid}");
        }
    }
}
