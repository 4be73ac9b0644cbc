//! KPR event messages, XPR(ipl) 56.0.0 (HIS 1135:2021): what stands around a municipality's year of
//! notifications.

use std::io;

use super::{
    Order, annual,
    defects::{Defect, Ledger, Plan},
    document::{Document, day_of},
    draw::Draw,
    event_stream::{BYTES_PER_NOTIFICATION, Stream},
    plan, shell,
};

/// Writes the message.
pub(crate) fn write(order: &Order, document: &mut Document<'_>) -> io::Result<Ledger> {
    let mut draw = Draw::new(order.seed, HEAD);
    let plan = plan(order, BYTES_PER_NOTIFICATION);
    let level = shell::level(order);
    let mut ledger = Ledger::default();
    shell::open(order, document, &mut draw, i64::from(day_of(order.year + 1, 1, 3)) * 86_400);
    head(order, document, &plan, &mut ledger);
    // What is still to come behind the last notification, measured by writing it.
    let mark = document.mark();
    let before = document.len();
    tail(order, document, &plan, &mut Ledger::default());
    document.close(level, "Melding");
    shell::close(order, document);
    let budget = order.bytes.saturating_sub(document.len() - before);
    document.back_to(mark);
    let mut stream = Stream::new(order, plan, draw);
    stream.run(document, &mut ledger, budget)?;
    if ledger.records == 0 {
        let message = "not one notification fits into this size";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    document.fill(budget);
    tail(order, document, &stream.plan, &mut ledger);
    document.close(level, "Melding");
    shell::close(order, document);
    document.finish()?;
    ledger.bytes = document.len();
    Ok(ledger)
}

fn head(order: &Order, document: &mut Document<'_>, plan: &Plan, ledger: &mut Ledger) {
    let version = plan.wants(Defect::Version);
    if version {
        ledger.plant(Defect::Version, None, document.line());
    }
    document.open(shell::level(order), "Melding");
    document.raw(" xmlns=\"http://www.npr.no/xmlstds/56_0_0_ipl\"");
    document.text("versjon", if version { "55.0.0" } else { "56.0.0" });
    document.text("meldingstype", "K");
    shell::system(document);
    document.text("versjonUt", "1.0");
    document.number("lokalident", order.seed);
    document.children();
}

/// Whom to ask, and whose it is.
fn tail(order: &Order, document: &mut Document<'_>, plan: &Plan, ledger: &mut Ledger) {
    let level = shell::level(order) + 1;
    let contacts = [
        ("Bjørg Åsheim", "drift", "1"),
        ("Leverandørens vakt", "stotte", "15"),
        ("Ægir Sørlie", "iplos", "16"),
        ("Målfrid Øverås", "innsending", "17"),
    ];
    for (name, mailbox, code) in contacts {
        if code == "16" && plan.wants(Defect::ContactMissing) {
            continue;
        }
        contact(document, level, name, mailbox, code);
    }
    if plan.wants(Defect::ContactType) {
        ledger.plant(Defect::ContactType, None, document.line());
        contact(document, level, "Ukjent Rolle", "post", "20");
    }
    if plan.wants(Defect::ContactMissing) {
        // Only behind the last of them is it known that one is missing.
        ledger.plant(Defect::ContactMissing, None, document.line());
    }
    let own: &str = &order.municipality;
    let other = annual::other(order);
    let numbers = if plan.wants(Defect::WrongMunicipality) {
        ledger.plant(Defect::WrongMunicipality, None, document.line());
        vec![other]
    } else if plan.wants(Defect::MunicipalityTwo) {
        ledger.plant(Defect::MunicipalityTwo, None, document.line() + 1);
        vec![own, other]
    } else {
        vec![own]
    };
    for number in numbers {
        document.open(level, "Kommune");
        document.text("kommuneNr", number);
        document.empty();
    }
}

fn contact(document: &mut Document<'_>, level: usize, name: &str, mailbox: &str, code: &str) {
    document.open(level, "Kontaktperson");
    document.text("kontPerson", name);
    document.text("meldTelefon", "22000000");
    document.text("meldEpost1", &format!("{mailbox}@kommune.example"));
    document.text("typeKontaktperson", code);
    document.empty();
}

const HEAD: u64 = 3 << 60;
