//! The throw-away installation: what `init` writes, for synthetic persons and senders that share
//! one account. In a given directory it is kept; a temporary one goes with the value.

use std::{
    collections::BTreeMap,
    fs::{self, DirBuilder, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use age::secrecy::ExposeSecret;

use crate::{
    config::{
        init::{self, options::Options},
        layout::Layout,
        names::{self, MissionCode},
        sender::{Missions, Sender},
    },
    daemon::open,
    demo::{error::DemoError, scenes},
    seal::identity::Identity,
    types::{
        crockford,
        ids::{KindId, RegistryId, SenderId},
        municipality::MunicipalityNumber,
        national_id::Profile,
        rule::Language,
    },
};

/// An installation that was made.
pub struct Installation {
    /// Where it lies.
    pub dir: PathBuf,
    /// Where what lies in it.
    pub layout: Layout,
    /// What senders who encrypt their files encrypt them to.
    pub inbound_recipient: String,
    identities: Vec<(RegistryId, PathBuf)>,
    district_identity: PathBuf,
    senders: Vec<Sender>,
    temporary: Option<Temporary>,
}

impl Installation {
    /// Makes one in `dir`, else in a new temporary directory.
    ///
    /// # Errors
    /// When something is there already, or cannot be written.
    pub fn make(dir: Option<&Path>) -> Result<Self, DemoError> {
        let temporary = if dir.is_none() { Some(Temporary::make()?) } else { None };
        let given = dir.or(temporary.as_ref().map(|temporary| temporary.0.as_path()));
        let dir = std::path::absolute(given.unwrap_or(Path::new(".")))?;
        let layout = Layout::new(&dir);
        let district = age::x25519::Identity::generate();
        let options = Options {
            profile: Profile::Test,
            installation: names::Installation::parse("demo").ok(),
            name: Some("filsluse demo".to_owned()),
            contact: Some("demo@example.no".to_owned()),
            owner_check: false,
            recipients: BTreeMap::new(),
            senders: senders(&district.to_public()),
        };
        let random = open::system_random()?;
        let report = init::write_installation(&layout, &options, &mut |buffer| random(buffer))?;
        settle_sooner(&layout.main_file())?;
        // Where a registry's would be: in a real installation the district made it and keeps it.
        let district_identity = layout.registry_keys.join(format!("{DISTRICT}.identity"));
        write_secret(&district_identity, district.to_string().expose_secret())?;
        Ok(Self {
            dir,
            layout,
            inbound_recipient: report.inbound_recipient.to_string(),
            identities: report.registry_identities,
            district_identity,
            senders: options.senders,
            temporary,
        })
    }

    /// Who sends.
    pub fn senders(&self) -> impl Iterator<Item = &Sender> {
        self.senders.iter()
    }

    /// A registry's secret key, which in a real installation is with the registry alone.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn identity_of(&self, registry: &RegistryId) -> Result<Option<Identity>, DemoError> {
        let known = self.identities.iter().find(|(id, _)| id == registry);
        known.map(|(_, path)| Ok(Identity::parse(&fs::read_to_string(path)?)?)).transpose()
    }

    /// The police district's secret key, which in a real installation is with the district alone.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn district_identity(&self) -> Result<Identity, DemoError> {
        Ok(Identity::parse(&fs::read_to_string(&self.district_identity)?)?)
    }

    /// Whether it goes when the demonstration ends.
    pub fn is_temporary(&self) -> bool {
        self.temporary.is_some()
    }

    /// How commands are told of it.
    pub fn config_flag(&self) -> String {
        format!(" --config {}", quoted(&self.layout.main_file()))
    }

    /// An inbound directory, its outbound one and a file to drop, which is written here.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn try_it(&self) -> io::Result<(PathBuf, PathBuf, PathBuf)> {
        let places = &self.layout.places;
        let (sender, name, content) = scenes::TO_TRY;
        let id = SenderId::parse(sender).map_err(io::Error::other)?;
        let example = self.dir.join(name);
        fs::write(&example, content)?;
        Ok((places.inbound(&id), places.outbound(&id), example))
    }
}

/// A path as a shell takes it.
pub fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:,@%".contains(c);
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

/// A file that is this account's alone.
fn write_secret(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600).open(path)?.write_all(text.as_bytes())
}

/// An embassy, an organisation, Helfo's case handlers, the Ministry of Foreign Affairs, a
/// municipality, a hospital, a police district that has this key, and NPR.
fn senders(district: &age::x25519::Recipient) -> Vec<Sender> {
    let own = |code| MissionCode::parse(code).map_or(Missions::None, Missions::Own);
    let oslo = MunicipalityNumber::parse("0301").ok();
    [
        ("embassy-xex", "Embassy of Exampleland", LIST, own("XEX"), Language::En, None),
        (
            "embassy-xio",
            "International Organisation of Examples",
            LIST,
            own("XIO"),
            Language::Nb,
            None,
        ),
        ("helfo", "Helfo saksbehandling", LIST, Missions::Any, Language::Nb, None),
        ("oslo", "Oslo kommune", REPORTS, Missions::None, Language::Nb, oslo),
        ("ud", "Utenriksdepartementet", DEPARTURES, Missions::None, Language::Nb, None),
        ("npr", "Norsk pasientregister", RELEASES, Missions::None, Language::Nb, None),
        (DISTRICT, "Oslo politidistrikt", REPLIES, Missions::None, Language::Nb, None),
        ("sykehus-eksempel", "Eksempel sykehus", REQUESTS, Missions::None, Language::Nb, None),
    ]
    .into_iter()
    .filter_map(|(id, name, kinds, missions, language, municipality)| {
        let kinds = kinds.iter().map(|kind| KindId::parse(kind)).collect::<Result<_, _>>().ok()?;
        let sender = Sender::new(SenderId::parse(id).ok()?, name, kinds, missions)?;
        let is_district = id == DISTRICT;
        let police_district = is_district.then(|| "oslo".to_owned());
        let recipient = is_district.then(|| district.clone());
        Some(Sender { municipality, police_district, language, recipient, ..sender })
    })
    .collect()
}

/// On a stage nobody waits for a second; no SFTP client writes here that would need it.
fn settle_sooner(main_file: &Path) -> io::Result<()> {
    let text = fs::read_to_string(main_file)?;
    let sooner = text.replacen("\nsettle = \"1s\"\n", "\nsettle = \"200ms\"\n", 1);
    if sooner == text {
        return Err(io::Error::other("the shipped configuration has no line settle = \"1s\""));
    }
    fs::write(main_file, sooner)
}

/// A directory that goes with the value.
struct Temporary(PathBuf);

impl Temporary {
    fn make() -> Result<Self, DemoError> {
        let mut random = [0; 16];
        open::system_random()?(&mut random);
        let name = format!("filsluse-demo-{}", &crockford::encode(&random)[..8]);
        let path = std::env::temp_dir().join(name);
        DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // Best effort: the demonstration has ended, and what is left is synthetic.
        let _ = fs::remove_dir_all(&self.0);
    }
}

const LIST: &[&str] = &["embassy-list"];
const DEPARTURES: &[&str] = &["departures"];
const REPORTS: &[&str] = &["kpr-event", "iplos-annual"];
const RELEASES: &[&str] = &["npr-release"];
const REPLIES: &[&str] = &["police-reply"];
const REQUESTS: &[&str] = &["police-request"];
/// The police district.
pub const DISTRICT: &str = "politi-oslo";
