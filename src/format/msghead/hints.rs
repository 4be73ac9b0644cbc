//! What exactly is wrong in a letter, in the words of a receipt.

use crate::types::rule::{Hint, Text};

macro_rules! hints {
    ($($(#[$doc:meta])* $vis:vis $name:ident = $key:literal, $nb:literal, $en:literal;)+) => {
        $($(#[$doc])* $vis static $name: Hint =
            Hint { key: $key, text: Text { nb: $nb, en: $en }, apprec: Some("T02"), cure: None };)+
    };
}

hints! {
    pub(super) MSG_ID = "msghead-msg-id",
        "MsgInfo skal ha én MsgId, og den skal være en GUID. Sett en ny GUID for hver melding.",
        "MsgInfo must have one MsgId, and it must be a GUID. Set a new GUID for each message.";
    pub(super) MSG_INFO = "msghead-msg-info",
        "MsgHead skal begynne med MsgInfo. Bruk meldingshodet i versjon 1.2.",
        "MsgHead must begin with MsgInfo. Use the message head in version 1.2.";
    pub(super) MSG_TYPE = "msghead-msg-type",
        "RefDoc skal ha MsgType med en verdi i V, foran Content. Sett den til XML.",
        "RefDoc must have MsgType with a value in V, before Content. Set it to XML.";
    /// The content is not an element that can be read.
    pub NOTHING_INSIDE = "msghead-nothing-inside",
        "Fant ingen melding i RefDoc/Content i meldingshodet. Legg meldingen der som XML, ikke som base64 eller filreferanse.",
        "Found no message in RefDoc/Content of the message head. Put the message there as XML, not as base64 or a file reference.";
    pub(super) ONE_CONTENT = "msghead-one-content",
        "RefDoc skal ha nøyaktig ett Content, og ingen FileReference ved siden av. Send hver melding i sitt eget meldingshode; flere filer kan ligge i én .zip.",
        "RefDoc must have exactly one Content, and no FileReference beside it. Send each message in its own head; several files may lie in one .zip.";
    pub(super) ONE_DOCUMENT = "msghead-one-document",
        "Meldingshodet skal ha nøyaktig ett Document. Send hver melding i sitt eget meldingshode; flere filer kan ligge i én .zip.",
        "The message head must have exactly one Document. Send each message in its own head; several files may lie in one .zip.";
    pub(super) ONE_MESSAGE = "msghead-one-message",
        "Content skal inneholde nøyaktig én melding. Fjern det som står etter den.",
        "Content must hold exactly one message. Remove what stands after it.";
    pub(super) ONE_REF_DOC = "msghead-one-ref-doc",
        "Document skal ha nøyaktig ett RefDoc. Legg meldingen i RefDoc/Content.",
        "Document must have exactly one RefDoc. Put the message in RefDoc/Content.";
    pub(super) TEXT = "msghead-text",
        "Meldingshodet har tekst der det skal stå elementer. Er innholdet base64, legg det inn som XML i stedet.",
        "The message head has text where elements belong. If the content is base64, put it in as XML instead.";
    pub(super) TYPE = "msghead-type",
        "MsgInfo skal ha én Type med en verdi i V. Sett den til meldingens type.",
        "MsgInfo must have one Type with a value in V. Set it to the type of the message.";
    pub(super) VERSION = "msghead-version",
        "MIGversion er ikke v1.2. Bruk meldingshodet i versjon 1.2 (2006-05-24).",
        "MIGversion is not v1.2. Use the message head in version 1.2 (2006-05-24).";
}
