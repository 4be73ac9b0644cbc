//! One signature in the format `SSHSIG`, by an Ed25519 key.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use ring::{
    digest,
    signature::{ED25519 as VERIFICATION, UnparsedPublicKey},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::signature::{
    public_key::PublicKey,
    ssh_sig::{Blob, MAGIC, disarm, of_ed25519},
    ssh_wire::put,
    wrong::Wrong,
};

/// A signature that has not been held against its file yet.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Detached {
    key: PublicKey,
    hash: Hash,
    signature: [u8; 64],
}

/// What of the file was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hash {
    Sha256,
    Sha512,
}

impl Detached {
    /// Reads a `.sig` file: its form, what it was made for, and that an Ed25519 key made it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(file: &[u8]) -> Result<Self, Wrong> {
        let fits = u64::try_from(file.len()).is_ok_and(|length| length <= MOST_BYTES);
        let blob = disarm(file).filter(|_| fits).ok_or(Wrong::NoSignature)?;
        let Blob { key, namespace, hash, signature } =
            Blob::read(&blob).ok_or(Wrong::NoSignature)?;
        if namespace != NAMESPACE.as_bytes() {
            return Err(Wrong::OtherNamespace);
        }
        let key = PublicKey::of_blob(key).ok_or(Wrong::OtherKey)?;
        let hash = Hash::parse(hash).ok_or(Wrong::NoSignature)?;
        let signature = of_ed25519(signature).ok_or(Wrong::NoSignature)?;
        Ok(Self { key, hash, signature })
    }

    /// Whether it says that one of these keys made it. Nothing is proved by that alone.
    ///
    /// # Errors
    /// [`Wrong::OtherKey`].
    pub fn is_by(&self, keys: &[PublicKey]) -> Result<(), Wrong> {
        if keys.contains(&self.key) { Ok(()) } else { Err(Wrong::OtherKey) }
    }

    /// The key that it says has made it.
    pub fn key(&self) -> PublicKey {
        self.key
    }

    /// For the bytes of the file, whose end [`Self::verify`] is asked with.
    pub fn hasher(&self) -> MessageHasher {
        let algorithm = match self.hash {
            Hash::Sha256 => &digest::SHA256,
            Hash::Sha512 => &digest::SHA512,
        };
        MessageHasher(digest::Context::new(algorithm))
    }

    /// Whether its key made it of the bytes that the hasher was given.
    ///
    /// # Errors
    /// [`Wrong::Differs`].
    pub fn verify(&self, message: MessageHasher) -> Result<(), Wrong> {
        let mut signed = MAGIC.to_vec();
        put(&mut signed, NAMESPACE.as_bytes());
        put(&mut signed, b"");
        put(&mut signed, self.hash.as_str().as_bytes());
        put(&mut signed, message.0.finish().as_ref());
        UnparsedPublicKey::new(&VERIFICATION, self.key.bytes())
            .verify(&signed, &self.signature)
            .map_err(|_| Wrong::Differs)
    }

    /// Reads what it is kept as.
    fn parse(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let hash = Hash::parse(words.next()?.as_bytes())?;
        let mut bytes = || BASE64.decode(words.next()?).ok();
        let key = PublicKey::from_bytes(bytes()?.try_into().ok()?);
        let signature = bytes()?.try_into().ok()?;
        words.next().is_none().then_some(Self { key, hash, signature })
    }
}

/// As it is kept with a claim: fixed in size, whatever its sender wrote into the file.
impl fmt::Display for Detached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, hash, signature } = self;
        let (key, signature) = (BASE64.encode(key.bytes()), BASE64.encode(signature));
        write!(f, "{} {key} {signature}", hash.as_str())
    }
}

impl fmt::Debug for Detached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Detached({:?})", self.key)
    }
}

impl Serialize for Detached {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Detached {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("not a signature as it is kept"))
    }
}

/// The digest that a signature is about, over a stream.
pub struct MessageHasher(digest::Context);

impl MessageHasher {
    /// Adds the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }
}

impl Hash {
    fn parse(name: &[u8]) -> Option<Self> {
        [Self::Sha256, Self::Sha512].into_iter().find(|known| known.as_str().as_bytes() == name)
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }
}

/// What a signature must have been made for, so that one for Git or for mail is none for us.
pub const NAMESPACE: &str = "filsluse";

/// Longest `.sig` file that is read. One by an Ed25519 key has some 300 bytes; those of other keys
/// are read too, so that their makers are told what is wrong.
pub const MOST_BYTES: u64 = 16 << 10;

#[cfg(test)]
mod tests {
    use std::{fs, path::Path, process::Command};

    use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
    use proptest::prelude::{any, prop, prop_assert_eq, proptest};

    use super::Detached;
    use crate::signature::{
        PublicKey,
        detached::NAMESPACE,
        ssh_sig::{BEGIN, Blob, END, MAGIC, disarm},
        ssh_wire::put,
        wrong::Wrong,
    };

    const FILE: &[u8] = b"<list/>";

    /// What it is about, how the key is made, how it signs, and what comes of that.
    type Case<'a> = (&'a str, &'a [&'a str], &'a [&'a str], Result<(), Wrong>);

    /// A signature of [`FILE`] that OpenSSH made.
    fn by_openssh(dir: &Path, key: &[&str], sign: &[&str]) -> (String, Vec<u8>) {
        let run = |args: &[&[&str]]| {
            let args = args.concat();
            let ended = Command::new("ssh-keygen").args(&args).current_dir(dir).output().unwrap();
            assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
        };
        for left in ["key", "key.pub", "file.sig"] {
            let _ = fs::remove_file(dir.join(left));
        }
        fs::write(dir.join("file"), FILE).unwrap();
        run(&[&["-q", "-N", "", "-C", "kari@example", "-f", "key"], key]);
        run(&[&["-Y", "sign", "-f", "key"], sign, &["file"]]);
        let public = fs::read_to_string(dir.join("key.pub")).unwrap();
        (public, fs::read(dir.join("file.sig")).unwrap())
    }

    fn verdict(signature: &[u8], keys: &[PublicKey], file: &[u8]) -> Result<(), Wrong> {
        let signature = Detached::read(signature)?;
        signature.is_by(keys)?;
        let mut message = signature.hasher();
        file.chunks(3).for_each(|chunk| message.update(chunk));
        signature.verify(message)
    }

    #[test]
    fn what_openssh_signs_is_told_apart() {
        let dir = tempfile::tempdir().unwrap();
        let ed25519 = &["-t", "ed25519"];
        let ours = ["-n", "filsluse"];
        let (other, _) = by_openssh(dir.path(), ed25519, &ours);
        let other = PublicKey::parse(&other).unwrap();
        let cases: &[Case<'_>] = &[
            ("as it should be", ed25519, &ours, Ok(())),
            ("sha256", ed25519, &["-n", "filsluse", "-O", "hashalg=sha256"], Ok(())),
            ("another use", ed25519, &["-n", "file"], Err(Wrong::OtherNamespace)),
            ("in capitals", ed25519, &["-n", "Filsluse"], Err(Wrong::OtherNamespace)),
            ("rsa", &["-t", "rsa", "-b", "2048"], &ours, Err(Wrong::OtherKey)),
            ("ecdsa", &["-t", "ecdsa"], &ours, Err(Wrong::OtherKey)),
        ];
        for (what, key, sign, want) in cases {
            let (public, signature) = by_openssh(dir.path(), key, sign);
            let own = PublicKey::parse(&public);
            let keys: Vec<_> = [Ok(other), own].into_iter().flatten().collect();
            assert_eq!(verdict(&signature, &keys, FILE), *want, "{what}");
            if let (Ok(own), Ok(())) = (own, want) {
                assert_eq!(verdict(&signature, &[other], FILE), Err(Wrong::OtherKey), "{what}");
                assert_eq!(verdict(&signature, &[own], b"<lust/>"), Err(Wrong::Differs), "{what}");
                assert_eq!(verdict(&signature, &[own], b""), Err(Wrong::Differs), "{what}");
                let mut list = Command::new("ssh-keygen");
                let printed =
                    list.arg("-lf").arg(dir.path().join("key.pub")).output().unwrap().stdout;
                let printed = String::from_utf8(printed).unwrap();
                assert!(printed.contains(&own.fingerprint().to_string()), "{what}: {printed}");
                let kept = serde_json::to_string(&Detached::read(&signature).unwrap()).unwrap();
                let read: Detached = serde_json::from_str(&kept).unwrap();
                assert_eq!(Ok(read), Detached::read(&signature), "{what}: {kept}");
            }
        }
    }

    #[test]
    fn each_part_of_the_form_counts() {
        let dir = tempfile::tempdir().unwrap();
        let (public, signature) = by_openssh(dir.path(), &["-t", "ed25519"], &["-n", "filsluse"]);
        let keys = [PublicKey::parse(&public).unwrap()];
        let blob = disarm(&signature).unwrap();
        let Blob { key, hash, signature: inner, .. } = Blob::read(&blob).unwrap();
        let whole = || Made { key, hash, inner, ..Made::default() };
        assert_eq!(whole().verdict(&keys), Ok(()));
        let none = Err(Wrong::NoSignature);
        let sk = &b"\0\0\0\x1ask-ssh-ed25519@openssh.com"[..];
        let longer = [inner, b"x"].concat();
        let cases = [
            ("what is reserved is ignored", Made { reserved: b"later", ..whole() }, Ok(())),
            ("magic", Made { magic: b"SSHSIH", ..whole() }, none),
            ("version", Made { version: 2, ..whole() }, none),
            ("version 0", Made { version: 0, ..whole() }, none),
            ("no namespace", Made { namespace: b"", ..whole() }, Err(Wrong::OtherNamespace)),
            ("namespace", Made { namespace: b"filsluse\0", ..whole() }, Err(Wrong::OtherNamespace)),
            ("key's type", Made { key: sk, ..whole() }, Err(Wrong::OtherKey)),
            ("no key", Made { key: b"", ..whole() }, Err(Wrong::OtherKey)),
            ("the other hash", Made { hash: b"sha256", ..whole() }, Err(Wrong::Differs)),
            ("unknown hash", Made { hash: b"sha1", ..whole() }, none),
            ("signature's type", Made { inner: sk, ..whole() }, none),
            ("short", Made { inner: &inner[..inner.len() - 1], ..whole() }, none),
            ("long", Made { inner: &longer, ..whole() }, none),
            ("rest", Made { rest: b"x", ..whole() }, none),
        ];
        for (what, made, want) in cases {
            assert_eq!(made.verdict(&keys), want, "{what}");
        }
        // No bit of the signature is without meaning.
        for bit in 0..64 * 8 {
            let mut inner = inner.to_vec();
            let at = inner.len() - 64 + bit / 8;
            inner[at] ^= 1 << (bit % 8);
            let made = Made { inner: &inner, ..whole() };
            assert_eq!(made.verdict(&keys), Err(Wrong::Differs), "bit {bit}");
        }
        for length in 0..blob.len() {
            assert_eq!(verdict(&armed(&blob[..length]), &keys, FILE), none, "{length} bytes");
        }
    }

    #[test]
    fn transfers_may_touch_line_ends_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let (public, signature) = by_openssh(dir.path(), &["-t", "ed25519"], &["-n", "filsluse"]);
        let keys = [PublicKey::parse(&public).unwrap()];
        let text = String::from_utf8(signature).unwrap();
        let one_line = armed(&disarm(text.as_bytes()).unwrap());
        let one_line = String::from_utf8(one_line).unwrap();
        let fine = [
            text.replace('\n', "\r\n"),
            text.trim_end().to_owned(),
            format!("\u{feff}{text}\n\n"),
            one_line.clone(),
        ];
        for text in fine {
            assert_eq!(verdict(text.as_bytes(), &keys, FILE), Ok(()), "{text:?}");
        }
        let bad = [
            String::new(),
            BEGIN.to_owned(),
            format!("{BEGIN}\n{END}\n"),
            format!("{BEGIN}{END}"),
            format!("x{text}"),
            format!("\n{text}"),
            format!("{text}x"),
            format!("{text}{text}"),
            text.replace("SSH SIGNATURE", "PGP SIGNATURE"),
            text.replacen("U1NIU0lH", "U1NIU0l-", 1),
            text[..text.len() / 2].to_owned(),
            text.clone() + &"\n".repeat(16 << 10),
        ];
        for text in bad {
            assert_eq!(verdict(text.as_bytes(), &keys, FILE), Err(Wrong::NoSignature), "{text:?}");
        }
    }

    proptest! {
        /// Whatever stands in the fields, nothing panics, and what is read is kept as it was read.
        #[test]
        fn any_bytes_are_judged(
            blob in prop::collection::vec(any::<u8>(), 0..300),
            key in prop::collection::vec(any::<u8>(), 30..34),
            inner in prop::collection::vec(any::<u8>(), 62..66),
        ) {
            let _ = Detached::read(&blob);
            let _ = Detached::read(&armed(&blob));
            let _ = Detached::read(&armed(&[MAGIC, &blob].concat()));
            let (mut key_blob, mut inner_blob) = (Vec::new(), Vec::new());
            for (out, bytes) in [(&mut key_blob, &key), (&mut inner_blob, &inner)] {
                put(out, b"ssh-ed25519");
                put(out, bytes);
            }
            let made =
                Made { key: &key_blob, inner: &inner_blob, hash: b"sha512", ..Made::default() };
            let read = Detached::read(&armed(&made.blob()));
            prop_assert_eq!(read.is_ok(), key.len() == 32 && inner.len() == 64);
            if let Ok(read) = read {
                prop_assert_eq!(Detached::parse(&read.to_string()), Some(read));
                let _ = read.verify(read.hasher());
            }
        }
    }

    /// The fields of a signature, as they are to be written.
    struct Made<'a> {
        magic: &'a [u8],
        version: u32,
        key: &'a [u8],
        namespace: &'a [u8],
        reserved: &'a [u8],
        hash: &'a [u8],
        inner: &'a [u8],
        rest: &'a [u8],
    }

    impl Default for Made<'_> {
        fn default() -> Self {
            Self {
                magic: MAGIC,
                version: 1,
                key: b"",
                namespace: NAMESPACE.as_bytes(),
                reserved: b"",
                hash: b"",
                inner: b"",
                rest: b"",
            }
        }
    }

    impl Made<'_> {
        fn blob(&self) -> Vec<u8> {
            let mut blob = [self.magic, &self.version.to_be_bytes()].concat();
            for field in [self.key, self.namespace, self.reserved, self.hash, self.inner] {
                put(&mut blob, field);
            }
            [&blob, self.rest].concat()
        }

        fn verdict(&self, keys: &[PublicKey]) -> Result<(), Wrong> {
            verdict(&armed(&self.blob()), keys, FILE)
        }
    }

    fn armed(blob: &[u8]) -> Vec<u8> {
        format!("{BEGIN}\n{}\n{END}\n", BASE64.encode(blob)).into_bytes()
    }
}
