//! The numbers in a zip archive's headers, narrow and wide.

use std::io::Read;

use zeroize::Zeroizing;

use crate::format::zip_guard::ZipError;

/// Sizes and offset as the zip64 extra field has them.
pub(super) struct LargeSizes<'a>(Option<Fields<'a>>);

impl<'a> LargeSizes<'a> {
    pub(super) fn parse(extra: &'a [u8]) -> Result<Self, ZipError> {
        let mut fields = Fields(extra);
        let mut found = None;
        // Some writers leave up to three bytes of padding.
        while fields.0.len() >= 4 {
            let (id, length) = (fields.u16()?, fields.u16()?);
            let body = fields.bytes(length.into())?;
            // The Unicode path field would give the entry a second name.
            if id == EXTRA_UNICODE_PATH || id == EXTRA_AES {
                return Err(if id == EXTRA_AES { ZipError::Encrypted } else { ZipError::Name });
            }
            if id == EXTRA_LARGE && found.replace(Fields(body)).is_some() {
                return Err(ZipError::Inconsistent);
            }
        }
        Ok(Self(found))
    }

    fn wide(&mut self, narrow: u32) -> Result<u64, ZipError> {
        match &mut self.0 {
            Some(fields) if narrow == u32::MAX => fields.u64(),
            _ if narrow == u32::MAX => Err(ZipError::Inconsistent),
            _ => Ok(narrow.into()),
        }
    }

    pub(super) fn central(
        mut self,
        plain: u32,
        compressed: u32,
        offset: u32,
    ) -> Result<(u64, u64, u64), ZipError> {
        Ok((self.wide(plain)?, self.wide(compressed)?, self.wide(offset)?))
    }

    pub(super) fn local(mut self, plain: u32, compressed: u32) -> Result<(u64, u64), ZipError> {
        Ok((self.wide(plain)?, self.wide(compressed)?))
    }
}

/// Little-endian fields, first to last.
pub(super) struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// What was not read yet.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.0
    }

    pub(super) fn bytes(&mut self, count: usize) -> Result<&'a [u8], ZipError> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(ZipError::Inconsistent)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ZipError> {
        self.bytes(N)?.try_into().map_err(|_| ZipError::Inconsistent)
    }

    pub(super) fn u16(&mut self) -> Result<u16, ZipError> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, ZipError> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, ZipError> {
        self.array().map(u64::from_le_bytes)
    }
}

pub(super) fn read_bytes(
    source: &mut impl Read,
    count: u64,
) -> Result<Zeroizing<Vec<u8>>, ZipError> {
    let mut bytes = Zeroizing::new(Vec::new());
    source.take(count).read_to_end(&mut bytes).map_err(ZipError::Read)?;
    if bytes.len() as u64 == count { Ok(bytes) } else { Err(ZipError::NoEnd) }
}

const EXTRA_LARGE: u16 = 0x0001;
const EXTRA_UNICODE_PATH: u16 = 0x7075;
const EXTRA_AES: u16 = 0x9901;
