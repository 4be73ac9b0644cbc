//! Start tags are recognised by comparing them with those before: nothing may come of it.

use filsluse::format::xml::{error::XmlErrorKind as E, limits::Limits};

use crate::xml::shown;

/// Start tags that are like one before are recognised by comparing: nothing may come of it.
#[test]
fn a_tag_is_read_alike_whatever_came_before_it() {
    let tags = [
        "<a x=\"1\" y=\"2\"/>",
        "<a x=\"1\" y=\"2\"></a>",
        "<a y=\"2\" x=\"1\"/>",
        "<a x=\"1\" z=\"3\"/>",
        "<a z=\"3\" y=\"2\"/>",
        "<a x=\"1\" x=\"2\"/>",
        "<a x=\"1\"y=\"2\"/>",
        "<a x=\"1\" y=\"2\" />",
        "<a  x=\"1\"\ty=\"2\"/>",
        "<a x = \"1\"/>",
        "<a x='1' y='\"'/>",
        "<a x=\"a long value of more than two words\" y=\"&lt;\"/>",
        "<a x=\"a\tb\nc\" y=\"'>]]>\"/>",
        "<a x=\"<\"/>",
        "<a xy=\"1\"/>",
        "<a x:y=\"1\"/>",
        "<a x=\"\"/>",
        "<a x=\"æøå\" y=\"€\"/>",
        "<ab x=\"1\"/>",
        "<a/>",
        "<a></a>",
        "<a/ >",
        "<a x=\"1\"/",
        "<p:a x=\"1\"/>",
        "<p:a x=\"1\" p:x=\"2\" xmlns:p=\"v\"/>",
        "<a xmlns=\"u\" x=\"1\"/>",
    ];
    // Enough behind it that a comparison never meets the end of the window.
    let room = " ".repeat(100);
    let alone: Vec<_> = tags.map(|tag| body(&format!("{tag}{room}"))).into();
    for (first, before) in tags.iter().zip(&alone) {
        for (second, want) in tags.iter().zip(&alone) {
            for third in ["", "<a x=\"1\" y=\"2\"/>"] {
                if before.1.is_some() {
                    continue;
                }
                let both = body(&format!("{first}{third}{second}{room}"));
                assert!(both.0.ends_with(&want.0), "{first} {third} {second}: {:?}", both.0);
                assert_eq!(both.1, want.1, "{first} {third} {second}");
            }
        }
    }
}

/// The events within the root, and what was wrong.
fn body(text: &str) -> (Vec<String>, Option<E>) {
    let document = format!("<r xmlns:p=\"w\">{text}</r>");
    let (events, error) = shown(document.as_bytes(), Limits::default());
    (events[1..].to_vec(), error.map(|error| error.kind))
}
