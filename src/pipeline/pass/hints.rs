//! What the house itself says about a file that no kind has read. No value of any field.

use crate::{
    kinds::says::Says,
    types::rule::{Hint, hints},
};

hints! {
    /// IN-01: the sender kept writing.
    CHANGED = "changed-while-read", None,
        "Filen ble endret mens vi leste den. Last den opp på nytt, under et midlertidig navn, og gi den det riktige navnet når den er ferdig.",
        "The file changed while we read it. Upload it again under a temporary name, and rename it when it is complete.";
    /// IN-01: a fault of ours.
    FAULT = "internal-fault", None,
        "Filen kunne ikke behandles på grunn av en feil hos oss. Den er satt til side, kryptert, og driftsansvarlig er varslet.",
        "The file could not be processed because of a fault of ours. It was set aside, encrypted, and the operator was alerted.",
        cure: "Ikke send filen på nytt før du hører fra oss.",
        "Do not send the file again until you hear from us.";
    /// IN-01: a fault of ours, and nobody whom the file could be kept for.
    FAULT_NOT_KEPT = "internal-fault-not-kept", None,
        "Filen kunne ikke behandles på grunn av en feil hos oss. Den er ikke lagret, og driftsansvarlig er varslet.",
        "The file could not be processed because of a fault of ours. It was not kept, and the operator was alerted.",
        cure: "Behold filen, og send den på nytt når du hører fra oss.",
        "Keep the file, and send it again when you hear from us.";
    /// POL-05: found out after the first receipt.
    CASE_NOT_THERE = "case-not-there", None,
        "Saksarkivet har ingen sak med dette nummeret. Forespørselen er ikke sendt til politiet, og er slettet her. Opprett saken eller rett nummeret, og send forespørselen på nytt med en ny request_id.",
        "The case archive has no case of this number. The request was not sent to the police, and is erased here. Make the case or correct the number, and send the request again with a new request_id.";
    /// IN-02.
    KIND_NOT_ALLOWED = "kind-not-allowed", None,
        "Denne typen innsending er ikke avtalt for din konto.",
        "This kind of submission is not agreed for your account.",
        cure: "Kontroller at du sendte riktig fil. Skal du sende denne typen, ta kontakt med driften først.",
        "Check that you sent the right file. If you are to send this kind, contact the operator first.";
    /// IN-01.
    MANIFEST_DIFFERS = "manifest-differs", None,
        "Filens SHA-256 er en annen enn den i .sha256-filen. Filen er avkortet eller byttet ut, eller summen er regnet ut av en annen fil.",
        "The file's SHA-256 is not the one in the .sha256 file. The file is cut short or was replaced, or the sum is that of another file.",
        cure: "Regn ut summen på nytt av filen slik den skal sendes («sha256sum filnavn > filnavn.sha256»), og last opp begge på nytt.",
        "Make the sum again from the file as it is to be sent (`sha256sum name > name.sha256`), and upload both again.";
    /// IN-01: found out after the first receipt.
    NEVER_SENT = "never-sent", None,
        "Henvendelsen kunne ikke sendes til politiet innen fristen på grunn av en feil hos oss. Den er ikke sendt, og er slettet her. Driftsansvarlig er varslet. Er den fortsatt aktuell, send den på nytt med en ny request_id.",
        "The request could not be sent to the police before its deadline because of a fault of ours. It was not sent, and is erased here. The operator was alerted. If it still matters, send it again with a new request_id.";
    /// IN-02.
    NO_DOCUMENT = "no-document", Some("T02"),
        "Arkivet inneholder ingen fil. Legg filen i arkivet og send det på nytt.",
        "The archive holds no file. Put the file in the archive and send it again.";
    /// IN-02.
    NO_ROUTE = "no-route", None,
        "Ingen mottaker er satt opp for denne typen innsending.",
        "No receiver is set up for this kind of submission.",
        cure: "Ta kontakt med driften før du sender filen på nytt.",
        "Contact the operator before you send the file again.";
    /// IN-02.
    ONE_DOCUMENT = "one-document", None,
        "Arkivet inneholder flere filer. Send én liste per fil.",
        "The archive holds several files. Send one list per file.";
    /// IN-02.
    ONE_KIND = "one-kind", None,
        "Arkivet inneholder filer av flere typer. Send hver type innsending i sitt eget arkiv.",
        "The archive holds files of several kinds. Send each kind of submission in an archive of its own.";
    /// IN-02.
    UNKNOWN_HEADINGS = "unknown-headings", None,
        "Overskriftene i tabellen hører ikke til noen innsending vi kjenner. Bruk veiledningens kolonnenavn i den første raden, uten tittel over, i det første synlige arket.",
        "The headings of the table belong to no submission that we know. Use the guide's column names in the first row, without a title above, in the first visible sheet.";
    /// IN-02.
    UNKNOWN_NAMESPACE = "unknown-namespace", None,
        "Rotelementets navn og navnerom hører ikke til noen innsending vi kjenner. Sammenlign med eksemplet i veiledningen.",
        "The root element's name and namespace belong to no submission that we know. Compare with the guide's example.";
    /// IN-02.
    UNKNOWN_FORMAT = "unknown-format", None,
        "Innholdet er hverken XML, CSV eller et .xlsx-regneark. Send filen i det formatet som er avtalt.",
        "The content is neither XML, CSV nor an .xlsx spreadsheet. Send the file in the format that was agreed.";
}

/// What to say of a document that no kind recognises.
pub fn of_unknown(says: &Says) -> &'static Hint {
    match says {
        Says::Table { .. } => &UNKNOWN_HEADINGS,
        Says::Xml { .. } => &UNKNOWN_NAMESPACE,
    }
}
