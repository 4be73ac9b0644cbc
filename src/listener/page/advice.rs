//! What to do first about an alarm, in Norwegian: the page's other half of
//! `admin::alarms::advice`.

use crate::types::alarm::AlarmCode;

/// The advice for an alarm; for one that this version does not know, where to look.
pub(super) fn nb(code: &str) -> &'static str {
    AlarmCode::parse(code).map_or("se journalen: `journalctl -u filsluse`", known)
}

/// A row for each: the compiler asks for a new one here too.
#[expect(clippy::too_many_lines, reason = "a table with a row for each alarm")]
const fn known(code: AlarmCode) -> &'static str {
    match code {
        AlarmCode::ArchiveNoEntry => {
            "Et varsel eller en muntlig utlevering oppgir en sak som ikke finnes i saksarkivet. Politiet \
             har fått den; bare registreringen mangler. La noen registrere den for hånd."
        }
        AlarmCode::ArchiveRefused => {
            "En forespørsel til politiet er ikke sendt, fordi saken den oppgir, ikke finnes i \
             saksarkivet (POL-05): be sykehuset sende den på nytt med riktig saksnummer. never-sent: \
             den kunne ikke legges ut til distriktet før fristen, og er slettet; se til at sykehuset, \
             som får en kvittering til, vet om det."
        }
        AlarmCode::ArchiveUnreachable => {
            "Forespørsler til politiet venter på saksarkivet. Hvorfor står under `archive` i \
             `filsluse status` og i `systemctl status filsluse-deliver`; de prøves igjen av seg selv."
        }
        AlarmCode::AuditBroken => {
            "Revisjonsloggen henger ikke sammen, eller passer ikke med katalogen. Stopp tjenesten, \
             kopier mappen audit som den er, og kjør `filsluse audit verify`."
        }
        AlarmCode::CatalogueRestored => {
            "Katalogen er eldre enn revisjonsloggen: den er hentet tilbake. Be avsenderne som er nevnt, \
             om det som mangler; det som var slettet, slettes igjen."
        }
        AlarmCode::CertificateExpired => {
            "Et sertifikat eller en tilbakekallingsliste er utløpt: den som trenger det, blir avvist. \
             Legg et nytt i filen, last tjenesten på nytt og start filsluse-deliver på nytt."
        }
        AlarmCode::CertificateExpiring => {
            "Et sertifikat eller en tilbakekallingsliste utløper snart. Legg et nytt i filen før den \
             dagen, last tjenesten på nytt og start filsluse-deliver på nytt."
        }
        AlarmCode::ClaimedOrphan => {
            "En fil som er tatt inn, hører ikke til noen innsending. La den ligge; se om avsenderen fikk \
             kvittering."
        }
        AlarmCode::ClockJump => {
            "Klokken har hoppet, og sletting er stanset. Se `timedatectl`; når klokken går riktig, \
             bekrefter du det med `filsluse retention run`."
        }
        AlarmCode::DispatchOwed => {
            "Noe som skal til en avsender, kan ikke legges i eller fjernes fra outbound-mappen. Kjør \
             /usr/share/filsluse/add-sender på nytt, så eier og rettigheter blir riktige; det prøves \
             igjen."
        }
        AlarmCode::EnrolmentHeld => {
            "Utmeldingene i en fullstendig liste venter på at du avgjør; ordene i parentes sier hvorfor. \
             Se `filsluse enrolment pending`, spør utenriksstasjonen, og godkjenn eller avslå."
        }
        AlarmCode::EnrolmentReview => {
            "En persons sak må ses på: to stasjoner har meldt inn personen, en husstand står igjen, eller \
             noen som var ute, står på en liste igjen. `filsluse enrolment list` merker dem; la Helfo \
             se på det."
        }
        AlarmCode::EnrolmentStale => {
            "Ingen liste har bekreftet en innmelding på lenge. Be om en fullstendig liste."
        }
        AlarmCode::ErasureFailed => {
            "Et objekt kunne ikke slettes; det prøves igjen ved hver sletterunde. Ordet i parentes sier \
             hvorfor: store-failed: se på disken (full, skrivebeskyttet, feil?); registry-unknown: legg \
             registerets fil tilbake i registries.d; catalogue-busy, catalogue-failed: se \
             `journalctl -u filsluse`."
        }
        AlarmCode::ErasureOverdue => {
            "Noe ligger her etter fristen: et lovbrudd. Fjern årsaken, kjør `filsluse retention run`, og \
             si fra til personvernombudet."
        }
        AlarmCode::Exdev => {
            "En avsenders inbound ligger på et annet filsystem enn .claimed, så ingenting tas inn derfra. \
             Koble fra det som er montert der."
        }
        AlarmCode::HeaderKeyKept => {
            "Nøkkelen til noe som er slettet, kunne ikke ødelegges, så en eldre kopi av katalogen åpner \
             det fortsatt. Se på header-keys i tilstandsmappen; det prøves igjen ved hver sletterunde."
        }
        AlarmCode::HeaderKeyMissing => {
            "Objekter i et register kan ikke åpnes: hodenøklene deres er borte. Stopp tjenesten, og hent \
             tilbake header-keys og katalogen fra samme time."
        }
        AlarmCode::IdentityLeak => {
            "En identitet var på vei til et register som ikke skal ha den. Ingenting ble lagret. Meld fra \
             med innsendingens id; send ingenting av samme type før det er forstått."
        }
        AlarmCode::ListenerDown => {
            "Ingen slipper inn over nettet: verken side, måltall eller objekter til registrene. Loggen \
             sier hva som mangler, og `filsluse config check` hva som skal rettes. Last deretter \
             tjenesten på nytt, eller start den på nytt der kontakten mangler."
        }
        AlarmCode::LowDisk => {
            "Det er for lite ledig plass, så ingenting tas inn. Frigjør eller legg til plass; slett aldri \
             noe for hånd i tilstandsmappen."
        }
        AlarmCode::ObjectUnfetched => {
            "Innhold til registeret slettes innen en uke, og ingen har hentet det. `filsluse object list` \
             viser hva: la registeret hente det, eller si at det ikke vil."
        }
        AlarmCode::PayloadMissing => {
            "Innholdet i et lagret objekt er borte fra lageret, så ingen kan lese det. Legg det tilbake \
             fra en sikkerhetskopi. Finnes ingen, si fra til registeret, og be avsenderen sende samme \
             fil på nytt: mens alarmen er aktiv, regnes den ikke som mottatt før. Det den nye filen \
             dekker, avslutter alarmen; kvitter ut det den ikke dekker."
        }
        AlarmCode::PoliceOverdue => {
            "Politiet har ikke svart innen fristen. Skriv til distriktets kontakt; forespørselen står i \
             `filsluse police show`."
        }
        AlarmCode::PoliceReplyUnmatched => {
            "Et svar fra politiet hører ikke til noen åpen forespørsel, og er lagt til side for \
             distriktet alene. Skriv til distriktet; svarets id står i kvitteringen."
        }
        AlarmCode::PoliceUndecided => {
            "Ingen har tatt stilling til et svar fra politiet. Spør behandleren ved sykehuset, og kjør så \
             `filsluse police decide`; uten avgjørelse slettes svaret."
        }
        AlarmCode::PushFailed => {
            "Objekter venter på en innboks hos registeret sitt; `filsluse push list` sier hvilke og hvorfor, \
             og se `systemctl status filsluse-deliver`. De prøves igjen av seg selv, og straks etter \
             `filsluse push now`; det som skal være borte, slettes enten det er levert eller ikke."
        }
        AlarmCode::PushMissed => {
            "Objekter ble slettet etter fristen sin før en innboks hos registeret hadde fått dem. Spør \
             registeret hva som mangler, og be avsenderne sende det på nytt."
        }
        AlarmCode::Quarantined => {
            "En innsending er lagt til side, kryptert, på grunn av en feil hos oss. Meld fra med id-en."
        }
        AlarmCode::ReaderStuck => {
            "En fil er under lesing så lenge at lesingen må ha hengt seg; avsenderen har ikke fått svar. \
             Se på disken, og start tjenesten på nytt: den leser filen igjen."
        }
        AlarmCode::ReceiptOwed => {
            "Kvitteringer kan ikke legges i en avsenders outbound-mappe, eller avsenderen kan ikke lese dem \
             der. Kjør /usr/share/filsluse/add-sender på nytt, så eier og rettigheter blir riktige; de \
             prøves igjen."
        }
        AlarmCode::SenderOverdue => {
            "Det som står i parentes, er ikke kommet i tide. Skriv til avsenderens kontakt."
        }
        AlarmCode::SequenceGap => {
            "Det er et brudd i rekkefølgen av en kommunes meldinger: en leveranse ser ut til å mangle. \
             Skriv til avsenderens kontakt, som har stedet i kvitteringen."
        }
        AlarmCode::SignatureRefused => {
            "En fil kom fra kontoen til en avsender som skal signere, uten gyldig signatur (IN-06). \
             Ingenting av den er tatt inn. Ring avsenderen på et nummer du kjente fra før: kom filen \
             ikke derfra, har noen andre SFTP-nøkkelen, og den må fjernes."
        }
        AlarmCode::StoreDown => {
            "Et lager, revisjonsloggen eller katalogen kan ikke skrives. Se på filsystemet; innsendinger \
             venter. Med id-en til en innsending: den kan ikke leses eller lagres, gang på gang, selv om \
             andre kan. Originalen er trygg og prøves hvert minutt; når disken er i orden, meld fra med \
             id-en."
        }
        AlarmCode::SwappedInode => {
            "En fil ble byttet ut mens den ble tatt inn. Én gang: et klossete program. Igjen: fjern \
             avsenderens nøkkel."
        }
        AlarmCode::SweepTooLarge => {
            "Mer enn retention.max-share skal slettes på én gang, så bare det som er forbi en lovfrist, er \
             slettet. Se `filsluse retention plan`; når den er riktig, bekrefter du med \
             `filsluse retention run`."
        }
        AlarmCode::UnclaimableInbox => {
            "En avsenders filer kan ikke flyttes ut av inbound. Kjør /usr/share/filsluse/add-sender på \
             nytt, så eier og rettigheter blir riktige."
        }
        AlarmCode::UnlistableInbox => {
            "En avsenders inbound kan ikke leses. Kjør /usr/share/filsluse/add-sender på nytt, så eier og \
             rettigheter blir riktige."
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::nb;
    use crate::{admin::alarms, types::alarm::AlarmCode};

    /// Commands, rules and words of the configuration are the same in both.
    #[test]
    fn both_languages_name_the_same_commands() {
        let commands =
            |text: &'static str| -> BTreeSet<&str> { text.split('`').skip(1).step_by(2).collect() };
        for code in AlarmCode::ALL {
            let code = code.as_str();
            let (en, nb) = (alarms::advice(code), nb(code));
            let unbroken = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!(commands(en), commands(nb), "{code}");
            for word in
                ["add-sender", "POL-05", "never-sent", "registries.d", "header-keys", "max-share"]
            {
                assert_eq!(
                    unbroken(en).contains(word),
                    unbroken(nb).contains(word),
                    "{code}: {word}"
                );
            }
        }
    }
}
