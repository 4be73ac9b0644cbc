//! `police open`: a person at the terminal fills in a request to the police, which is judged here
//! as the daemon will judge it, and handed in as the hospital itself would: into its inbound
//! directory. Nothing is written anywhere else.

use std::{
    fmt::Write as _,
    fs::{self, File, Permissions},
    io::{self, IsTerminal, Read, Write},
    os::unix::fs::{PermissionsExt, fchown},
    path::{Path, PathBuf},
};

use rustix::fs::{MemfdFlags, memfd_create};
use zeroize::Zeroizing;

use crate::{
    cli::{
        args::police::PoliceOpen,
        error::{CliError, FINDINGS},
        output::{self, BOLD, Output},
        police::form::{Form, Need, questions},
        scratch::Scratch,
        station::Station,
        submission::finding_line,
    },
    config::{Config, accounts, sender::Sender},
    daemon::open,
    durable::{
        self,
        group::{Group, IfExists},
    },
    kinds::police::{
        basis::LegalBasis,
        guide,
        request::fields::Field,
        words::{PURPOSES, TYPES, Type, word},
    },
    pipeline::{
        dry_run::{self, DryRun, SignatureFile},
        house::{House, kind_settings},
    },
    types::{
        clock_and_random::Random,
        finding::Finding,
        plain_file,
        rule::{Language, Severity},
        verdict::Verdict,
    },
};

pub(super) fn run(file: &Path, out: Output, asked: &PoliceOpen) -> Result<u8, CliError> {
    let Station { config } = Station::open(file)?;
    let hospital = hospital(&config, asked)?;
    if !hospital.signing_keys.is_empty() && !asked.check {
        let told = format!(
            "the files of {} must be signed (sender.signing-keys), and this verb signs nothing: write \
             the request in the hospital's own system and upload it with its .sig file, or look at a \
             form with --check",
            hospital.id
        );
        return Err(CliError::Usage(told));
    }
    let random = open::system_random()?;
    let scratch = Scratch::new(&random)
        .map_err(|error| CliError::doing("make a temporary directory", error))?;
    let places = config.places.clone();
    let owner = owner(&config, &hospital)?;
    let clock = open::system_clock();
    let house = open::open_house_to_look(config, scratch.path(), clock, random.clone())?;
    let desk = Queries { house: &house, hospital: &hospital };
    let mut form = match &asked.from {
        Some(from) => written(from)?,
        None if io::stdin().is_terminal() => desk.ask()?,
        None => {
            let told = "standard input is no terminal; name a form with --from, or --from - for it";
            return Err(CliError::Usage(told.to_owned()));
        }
    };
    if form.text(Field::RequestId).is_empty() {
        form.set(Field::RequestId, &new_guid(&random));
    }
    let document = loop {
        let document =
            form.document().map_err(|error| CliError::doing("write the request", error))?;
        let judged = desk.judge(&document)?;
        let taken = matches!(judged.row.verdict, Some(Verdict::Accepted));
        if taken || asked.from.is_some() || !desk.correct(&mut form, &judged.row.findings)? {
            if asked.check {
                out.result(&judged.row.findings, |_| {
                    String::from_utf8_lossy(&judged.receipt.txt).into_owned()
                })?;
                return Ok(if taken { 0 } else { FINDINGS });
            }
            if !taken {
                out.result(&judged.row.findings, |findings| not_ready(findings))?;
                return Ok(FINDINGS);
            }
            break document;
        }
    };
    let name = format!("police-{}.xml", house.next_submission());
    let inbound = places.inbound(&hospital.id);
    hand_in(&inbound, &name, &document, owner).map_err(|error| {
        let doing = format!("hand the request in to {}", inbound.display());
        CliError::doing(doing, error)
    })?;
    let outbound = places.outbound(&hospital.id);
    out.result(&name, |name| {
        format!(
            "Handed in as {name}. The receipt comes into {}; `filsluse police show` tells how it \
             fares.\n",
            outbound.display()
        )
    })?;
    Ok(0)
}

/// What is to be put right in a form that was filled in beforehand. A receipt would speak of a file
/// in the inbound directory, and the form is none.
fn not_ready(findings: &[Finding]) -> String {
    let mut text = "Nothing was handed in. To be put right in the form:\n".to_owned();
    for finding in findings {
        let _ = writeln!(text, "  {}", line(finding));
    }
    text + "Correct it, and give the same command again.\n"
}

/// A finding by its field: the form's lines are not those of the document made of it.
fn line(finding: &Finding) -> String {
    let field = finding.field.as_deref().unwrap_or("the form");
    let remark = if finding.severity == Severity::Warning { " (remark)" } else { "" };
    let demand = finding.rule.demand.in_language(Language::En);
    let words = finding.hint.as_ref().map_or(demand, |hint| &hint.en);
    format!("{} {field}{remark}: {words}", finding.rule.code)
}

/// The hospital that the request is from.
fn hospital(config: &Config, asked: &PoliceOpen) -> Result<Sender, CliError> {
    let sends = |sender: &Sender| sender.kinds.iter().any(|kind| kind.as_str() == REQUEST);
    let mut hospitals = config.senders.values().filter(|sender| sends(sender));
    let found = match &asked.hospital {
        Some(id) => hospitals.find(|sender| sender.id == *id),
        None => hospitals.next().filter(|_| hospitals.next().is_none()),
    };
    found.cloned().ok_or_else(|| {
        let known = config.senders.values().filter(|sender| sends(sender));
        let known: Vec<&str> = known.map(|sender| sender.id.as_str()).collect();
        CliError::Usage(match known.as_slice() {
            [] => format!("no sender is configured for {REQUEST}; see docs/operator/police.md"),
            known => format!("say with --as whose request it is: {}", known.join(", ")),
        })
    })
}

/// Whose the file must be, where the daemon looks (IN-01). A person who cannot give it away is told
/// before the questions are asked.
fn owner(config: &Config, hospital: &Sender) -> Result<Option<u32>, CliError> {
    if !config.intake.owner_check {
        return Ok(None);
    }
    let uid = accounts::owner_uid(&hospital.owner)
        .map_err(|error| CliError::doing("read /etc/passwd", error))?;
    let Some(uid) = uid else {
        let told = format!("the account of {} does not exist; run add-sender", hospital.id);
        return Err(CliError::Usage(told));
    };
    let me = rustix::process::geteuid().as_raw();
    if me != 0 && me != uid {
        let told = format!(
            "the daemon takes only files that {} itself owns: run this as root or as its account",
            hospital.id
        );
        return Err(CliError::Usage(told));
    }
    Ok((me != uid).then_some(uid))
}

struct Queries<'a> {
    house: &'a House,
    hospital: &'a Sender,
}

impl Queries<'_> {
    /// Asks from the legal basis on, and only what it needs.
    fn ask(&self) -> Result<Form, CliError> {
        let mut form = Form::default();
        output::word(&format!("{BOLD}A request to the police{BOLD:#} of {}", self.hospital.name));
        output::word("The legal basis decides what else is asked:");
        for basis in LegalBasis::ALL {
            output::word(&format!("  {:<24}{}", basis.code(), basis.provision()));
        }
        let basis = loop {
            let answer = answer("legal_basis", None)?;
            if let Some(basis) = LegalBasis::parse(answer.trim()) {
                break basis;
            }
            output::word("That is none of them.");
        };
        form.set(Field::LegalBasis, basis.code());
        let sort = loop {
            let answer = answer("type (inquiry or notice)", Some("inquiry"))?;
            if let Some(sort) = word(&answer, TYPES) {
                break sort;
            }
            output::word("Write inquiry to ask the police, notice to warn them.");
        };
        form.set(Field::Type, sort.as_str());
        self.fill(&mut form, basis, sort)?;
        Ok(form)
    }

    fn fill(&self, form: &mut Form, basis: LegalBasis, sort: Type) -> Result<(), CliError> {
        let police = kind_settings::police(self.house);
        let several = police.districts.len() > 1;
        for (field, need) in questions(basis, sort, several, police.archive_makes_cases) {
            loop {
                self.question(form, field, need)?;
                if need == Need::May || !form.text(field).is_empty() {
                    break;
                }
                output::word("This one is needed.");
            }
        }
        Ok(())
    }

    /// Asks for one field, with what may stand there. An answer that is there already is kept by an
    /// empty line.
    fn question(&self, form: &mut Form, field: Field, need: Need) -> Result<(), CliError> {
        let language = self.hospital.language;
        let blank = match (need, language) {
            (Need::Must, _) => "",
            (Need::May, Language::En) => " (may be left blank)",
            (Need::May, Language::Nb) => " (kan stå tomt)",
        };
        output::word(&format!("\n{}{blank}", guide::words(field).in_language(language)));
        match field {
            Field::PurposeCode => {
                for purpose in PURPOSES {
                    let title = purpose.title.in_language(language);
                    output::word(&format!("  {:<26}{title}", purpose.code));
                }
            }
            Field::PoliceDistrict => {
                for (code, id) in kind_settings::police(self.house).districts {
                    let name = self.house.sender(&id).map_or("", |sender| sender.name.as_str());
                    output::word(&format!("  {code:<26}{name}"));
                }
            }
            _ => {}
        }
        let before = Some(form.text(field)).filter(|text| !text.is_empty());
        let answer = answer(field.shown(), before)?;
        if before.is_none() || !answer.trim().is_empty() {
            form.set(field, &answer);
        }
        Ok(())
    }

    /// As the daemon would, without storing anything. The document is handed over in memory.
    fn judge(&self, document: &[u8]) -> Result<DryRun, CliError> {
        let judged = || -> io::Result<DryRun> {
            let memory = memfd_create("request", MemfdFlags::CLOEXEC)?;
            let mut memory = File::from(memory);
            memory.write_all(document)?;
            io::Seek::rewind(&mut memory)?;
            let (id, now) = (&self.hospital.id, self.house.now());
            dry_run::dry_run(self.house, &memory, &SignatureFile::NotYet, id, now)
        };
        judged().map_err(|error| CliError::doing("judge the request", error))
    }

    /// Tells what is wrong, and asks for those fields again; `false` when there is nothing to ask
    /// for.
    fn correct(&self, form: &mut Form, findings: &[Finding]) -> Result<bool, CliError> {
        output::word(&format!("\n{BOLD}Not ready yet:{BOLD:#}"));
        let mut wrong: Vec<Field> = Vec::new();
        for finding in findings {
            output::word(&format!("  {}", finding_line(finding)));
            let named = finding.field.as_deref();
            let field = Field::all().find(|field| Some(field.shown()) == named);
            wrong.extend(field.filter(|field| !wrong.contains(field)));
        }
        for field in &wrong {
            self.question(form, *field, Need::May)?;
        }
        Ok(!wrong.is_empty())
    }
}

/// A form that was filled in beforehand.
fn written(from: &Path) -> Result<Form, CliError> {
    let mut text = Zeroizing::new(String::new());
    let read = if from == Path::new("-") {
        io::stdin().lock().take(LONGEST_FORM).read_to_string(&mut text)
    } else {
        plain_file::open(from).and_then(|file| file.take(LONGEST_FORM).read_to_string(&mut text))
    };
    read.map_err(|error| CliError::doing("read the form", error))?;
    Form::read(&text).map_err(|line| {
        CliError::Usage(format!(
            "line {line} of the form is no answer; write a field and its text, as `purpose_code \
             = risikovurdering`"
        ))
    })
}

/// One line from the person; `before` stands where an empty line is given.
fn answer(prompt: &str, before: Option<&str>) -> Result<Zeroizing<String>, CliError> {
    let shown = before.map_or_else(String::new, |before| format!(" [{before}]"));
    let mut err = anstream::stderr().lock();
    let asked = write!(err, "{BOLD}{prompt}{BOLD:#}{shown}: ").and_then(|()| err.flush());
    asked.map_err(CliError::Output)?;
    let mut line = Zeroizing::new(String::new());
    let read = io::stdin().read_line(&mut line);
    if read.map_err(|error| CliError::doing("read the answer", error))? == 0 {
        return Err(CliError::Usage("the form was left; nothing was handed in".to_owned()));
    }
    if line.trim().is_empty() {
        return Ok(Zeroizing::new(before.unwrap_or_default().to_owned()));
    }
    Ok(line)
}

/// Writes the file as a careful sender does, whole before it has its name, and gives it to the
/// hospital's account.
fn hand_in(inbound: &Path, name: &str, document: &[u8], owner: Option<u32>) -> io::Result<()> {
    let beside: PathBuf = inbound.join(format!(".{name}.tmp"));
    let written = || -> io::Result<()> {
        let mut file = durable::create(&beside).map_err(io::Error::other)?;
        file.write_all(document)?;
        if owner.is_some() {
            fchown(&file, owner, None)?;
        }
        file.set_permissions(Permissions::from_mode(0o640))?;
        let mut group = Group::new();
        group.add(beside.clone(), inbound.join(name), IfExists::Refuse);
        group.commit().map_err(io::Error::other)
    };
    let done = written();
    if done.is_err() {
        // A form half handed in holds a patient's name.
        let _ = fs::remove_file(&beside);
    }
    done
}

/// A GUID of version 4.
fn new_guid(random: &Random) -> String {
    let mut bytes = [0_u8; 16];
    random(&mut bytes);
    bytes[6] = bytes[6] & 0x0F | 0x40;
    bytes[8] = bytes[8] & 0x3F | 0x80;
    let digits = format!("{:032x}", u128::from_be_bytes(bytes));
    let [a, b, c, d] = [8, 12, 16, 20];
    let pieces = [&digits[..a], &digits[a..b], &digits[b..c], &digits[c..d], &digits[d..]];
    pieces.join("-")
}

/// The kind that a hospital sends.
const REQUEST: &str = "police-request";

/// Bytes of a form that was filled in beforehand.
const LONGEST_FORM: u64 = 1 << 20;
