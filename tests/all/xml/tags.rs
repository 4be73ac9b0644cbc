//! Start tags are recognised by comparing them with those before: nothing may come of it.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use filsluse::format::xml::{Reader, error::XmlErrorKind as E, event::Event, limits::Limits};

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

/// A reader that does not give out white space between markup gives everything else as ever.
#[test]
fn white_space_between_markup_may_be_left_out() {
    let long = " ".repeat(100);
    let spaces = ["", " ", "\n    ", "\r\n\t", "               ", "                ", &long];
    let pieces =
        ["<b/>", "<b x=\"1\">", "</b>", "<!-- c -->", "<?p i?>", "x", " y ", "&#32;", "<", "]]>"];
    for space in spaces {
        for one in pieces {
            for other in pieces {
                let text = format!("<a>{space}{one}{space}{other}{space}</a>{space}");
                let (want, wrong) = shown(text.as_bytes(), Limits::default());
                let limits = Limits { skips_space: true, ..Limits::default() };
                let (found, error) = shown(text.as_bytes(), limits);
                // White space beside a text with a comment in it may be missing too.
                let written = |events: Vec<String>| -> Vec<String> {
                    let trimmed = events.into_iter().map(|event| match event.strip_prefix('"') {
                        Some(text) => format!("\"{}", text.trim()),
                        None => event,
                    });
                    trimmed.filter(|event| event != "\"").collect()
                };
                assert_eq!(written(found), written(want), "{text}");
                let place = |error: filsluse::format::xml::error::XmlError| {
                    (error.kind, error.line, error.column)
                };
                assert_eq!(error.map(place), wrong.map(place), "{text}");
            }
        }
    }
}

#[test]
fn an_element_shares_the_namespace_of_the_one_around_it_or_does_not() {
    for (document, want) in [
        ("<a><b/></a>", vec![false, true]),
        ("<a xmlns='u'><b/><b></b></a>", vec![false, true, true]),
        ("<a xmlns='u'><b xmlns='v'/><b xmlns='v'></b></a>", vec![false, false, false]),
        ("<a xmlns='u'><b xmlns='v'><c/><c></c></b><b/></a>", vec![false, false, true, true, true]),
        (
            "<a xmlns='u' xmlns:p='v'><p:b/><p:b><p:c/><c/></p:b></a>",
            vec![false, false, false, true, false],
        ),
        ("<a/>", vec![false]),
    ] {
        // Enough behind it that tags are recognised.
        let document = format!("{document}{}", " ".repeat(100));
        let mut reader = Reader::new(document.as_bytes(), Limits::default()).unwrap();
        let mut found = Vec::new();
        loop {
            match reader.next_event().unwrap() {
                Event::Start(start) => found.push(start.shares_namespace()),
                Event::Eof => break,
                Event::End(_) | Event::Text(_) => {}
            }
        }
        assert_eq!(found, want, "{document}");
    }
}

/// The events within the root, and what was wrong.
fn body(text: &str) -> (Vec<String>, Option<E>) {
    let document = format!("<r xmlns:p=\"w\">{text}</r>");
    let (events, error) = shown(document.as_bytes(), Limits::default());
    (events[1..].to_vec(), error.map(|error| error.kind))
}
