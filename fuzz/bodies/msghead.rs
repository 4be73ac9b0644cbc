//! What must hold for any bytes that are read as a `MsgHead` 1.2; shared by the fuzz target and the
//! tests.

use filsluse::format::{
    msghead::{NAMESPACE, Shell, ShellError, inner, is_head},
    xml::{Reader, event::Event, limits::Limits},
};

/// Looks into `data`, and walks through it as a kind of message does.
pub(crate) fn run(data: &[u8]) {
    let told = inner(data);
    match walk(data) {
        // A letter in a letter is walked through, but not found by looking in.
        Ok(Some(namespace)) if namespace != NAMESPACE => {
            assert!(told.is_some(), "a message that was not found when looked for");
        }
        Err(ShellError::Shell(finding)) => {
            assert_eq!(finding.rule.code, "IN-02");
            assert!(finding.hint.is_some(), "a finding that does not say what to do");
        }
        Ok(_) | Err(_) => {}
    }
}

/// The namespace of the message's root; `None` when there is no letter or nothing in it.
fn walk(data: &[u8]) -> Result<Option<String>, ShellError> {
    let mut reader = Reader::new(data, Limits::default())?;
    match reader.next_event()? {
        Event::Start(start) if is_head(start.name().namespace, start.name().local) => {}
        _ => return Ok(None),
    }
    let shell = Shell::enter(&mut reader)?;
    let root = loop {
        match reader.next_event()? {
            Event::Start(start) => break start.name().namespace.to_owned(),
            Event::Text(text) if text.trim().is_empty() => {}
            _ => return Ok(None),
        }
    };
    let mut open = 1;
    while open > 0 {
        match reader.next_event()? {
            Event::Start(_) => open += 1,
            Event::End(_) => open -= 1,
            Event::Text(_) | Event::Eof => {}
        }
    }
    shell.leave(&mut reader)?;
    Ok(Some(root))
}
