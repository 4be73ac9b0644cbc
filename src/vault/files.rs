//! Key files: written whole, marked, overwritten in place and removed; each step durable.

use std::{
    fs::{self, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use crate::{
    catalogue::header_seal::SealFault,
    durable::{self, DurableError, PRIVATE_DIR, PRIVATE_FILE, group::IfExists},
    types::{digest::Sha256, header_key::HeaderKey, ids::RegistryId, secret::Secret32},
    vault::held::{Held, Keys},
};

/// Every key below the directory, which is made when it is missing.
pub(super) fn read_all(directory: &Path) -> Result<Keys, SealFault> {
    durable::create_dir_all(directory, PRIVATE_DIR).map_err(of_disk("make the directory of"))?;
    let mut keys = Keys::new();
    for place in names(directory)? {
        let Ok(registry) = RegistryId::parse(&place) else { continue };
        let own = directory.join(&place);
        if !own.is_dir() {
            continue;
        }
        durable::remove_temporary_files(&own).map_err(of_disk("tidy up"))?;
        for name in names(&own)? {
            let Some(key) = HeaderKey::parse(&name) else { continue };
            let path = own.join(&name);
            let spent = marker(&path).exists();
            keys.insert((registry.clone(), key), read(&path, spent)?);
        }
    }
    Ok(keys)
}

/// Writes a new key.
pub(super) fn write(
    directory: &Path,
    registry: &RegistryId,
    key: HeaderKey,
    bytes: &[u8; 32],
) -> Result<(), SealFault> {
    let own = directory.join(registry.as_str());
    durable::create_dir_all(&own, PRIVATE_DIR).map_err(of_disk("make the directory of"))?;
    durable::publish(&own, &key.to_string(), bytes, PRIVATE_FILE, IfExists::Refuse)
        .map_err(of_disk("write"))?;
    durable::fail_point("header-key-made");
    Ok(())
}

/// Says on the disk that a key must go.
pub(super) fn mark_spent(
    directory: &Path,
    registry: &RegistryId,
    key: HeaderKey,
) -> Result<(), SealFault> {
    let own = directory.join(registry.as_str());
    let name = format!("{key}{SPENT}");
    durable::publish(&own, &name, b"", PRIVATE_FILE, IfExists::Same).map_err(of_disk("mark"))?;
    durable::fail_point("header-key-spent");
    Ok(())
}

/// Overwrites a key where it lies. A file that is replaced or removed leaves its blocks behind.
pub(super) fn overwrite(
    directory: &Path,
    registry: &RegistryId,
    key: HeaderKey,
    digest: Sha256,
) -> Result<(), SealFault> {
    let run = || -> io::Result<()> {
        let path = path(directory, registry, key);
        let mut file = OpenOptions::new().write(true).custom_flags(NOFOLLOW).open(path)?;
        file.write_all(format!("{DESTROYED}{digest}\n").as_bytes())?;
        file.sync_all()
    };
    run().map_err(|source| SealFault::Io { doing: "overwrite", source: Box::new(source) })?;
    durable::fail_point("header-key-overwritten");
    Ok(())
}

/// Removes a key's marker and then its file, so that no marker waits for a later key of that name.
pub(super) fn remove(
    directory: &Path,
    registry: &RegistryId,
    key: HeaderKey,
) -> Result<(), SealFault> {
    let path = path(directory, registry, key);
    durable::unlink(&marker(&path)).map_err(of_disk("remove"))?;
    durable::unlink(&path).map_err(of_disk("remove"))?;
    durable::fail_point("header-key-removed");
    Ok(())
}

fn read(path: &Path, spent: bool) -> Result<Held, SealFault> {
    let bytes = read_bytes(path).map_err(of_system("read"))?;
    if let Some(rest) = bytes.strip_prefix(DESTROYED.as_bytes()) {
        let digest = str::from_utf8(rest).ok().and_then(|text| Sha256::parse(text.trim_end()));
        return Ok(Held::Destroyed(digest));
    }
    let Ok(exact) = <&[u8; 32]>::try_from(bytes.as_slice()) else { return Ok(Held::Damaged) };
    // What a file system gives for blocks that it lost.
    if exact == &[0; 32] {
        return Ok(Held::Damaged);
    }
    let secret = Secret32::new(Zeroizing::new(*exact));
    Ok(if spent { Held::Spent(secret) } else { Held::Fresh(secret) })
}

fn read_bytes(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    let file = OpenOptions::new().read(true).custom_flags(NOFOLLOW).open(path)?;
    // Room for all of it, so that no half of a key stays behind where the vector grew.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MOST));
    file.take(MOST as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn names(directory: &Path) -> Result<Vec<String>, SealFault> {
    let list = || -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(directory)? {
            // A name that is no text is none of ours.
            names.extend(entry?.file_name().into_string());
        }
        Ok(names)
    };
    list().map_err(of_system("list"))
}

fn path(directory: &Path, registry: &RegistryId, key: HeaderKey) -> PathBuf {
    directory.join(registry.as_str()).join(key.to_string())
}

fn marker(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(SPENT);
    name.into()
}

fn of_disk(doing: &'static str) -> impl Fn(DurableError) -> SealFault {
    move |source| SealFault::Io { doing, source: Box::new(source) }
}

fn of_system(doing: &'static str) -> impl Fn(io::Error) -> SealFault {
    move |source| SealFault::Io { doing, source: Box::new(source) }
}

/// What a destroyed key's file begins with; a random key does so once in 2^80.
const DESTROYED: &str = "destroyed ";
const SPENT: &str = ".spent";
/// Longer than a key and than what is written over it.
const MOST: usize = 128;
const NOFOLLOW: i32 = libc::O_NOFOLLOW;
