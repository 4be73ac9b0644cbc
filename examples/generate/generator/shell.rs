//! The letter that a message may come in, `MsgHead` 1.2, and the municipality's name on it.

use super::{
    Order,
    document::Document,
    draw::{Draw, Guid},
};

/// Levels that the message is moved in by.
pub(crate) fn level(order: &Order) -> usize {
    if order.msghead { 3 } else { 0 }
}

/// Everything before the message.
pub(crate) fn open(order: &Order, document: &mut Document<'_>, draw: &mut Draw, seconds: i64) {
    let id = draw.guid();
    if !order.msghead {
        return;
    }
    document
        .raw("<MsgHead xmlns=\"http://www.kith.no/xmlstds/msghead/2006-05-24\">\n  <MsgInfo>\n");
    document.raw("    <Type V=\"");
    document.raw(order.kind.name());
    document.raw("\"/>\n    <MIGversion>v1.2 2006-05-24</MIGversion>\n    <GenDate>");
    let (day, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, date) = super::document::civil(i32::try_from(day).unwrap_or(0));
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    document.raw(&format!(
        "{year:04}-{month:02}-{date:02}T{hour:02}:{minute:02}:{second:02}</GenDate>\n"
    ));
    document.raw("    <MsgId>");
    document.raw(&text(id));
    document.raw("</MsgId>\n");
    for (role, name, her) in
        [("Sender", "Prøvekommunen", "100001"), ("Receiver", "Helsedirektoratet", "100002")]
    {
        document.raw(&format!(
            "    <{role}>\n      <Organisation>\n        <OrganisationName>{name}</OrganisationName>\n        \
             <Ident>\n          <Id>{her}</Id>\n          \
             <TypeId V=\"HER\" S=\"2.16.578.1.12.4.1.1.9051\" DN=\"HER-id\"/>\n        \
             </Ident>\n      </Organisation>\n    </{role}>\n",
        ));
    }
    document.raw("  </MsgInfo>\n  <Document>\n    <RefDoc>\n");
    document.raw("      <MsgType V=\"XML\" DN=\"XML-instans\"/>\n      <Content>\n");
}

/// Everything after it.
pub(crate) fn close(order: &Order, document: &mut Document<'_>) {
    if order.msghead {
        document.raw("      </Content>\n    </RefDoc>\n  </Document>\n</MsgHead>\n");
    }
}

/// Who made the file: in both messages, with letters that a wrong encoding would break.
pub(crate) fn system(document: &mut Document<'_>) {
    document.text("leverandor", "Ærlig Fagsystem på Ås AS");
    document.text("navnEPJ", "Prøve-EPJ Ø");
    document.text("versjonEPJ", "7.1");
}

fn text(guid: Guid) -> String {
    String::from_utf8_lossy(&guid.text()).into_owned()
}
