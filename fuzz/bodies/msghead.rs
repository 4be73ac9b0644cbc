//! What must hold for any bytes that are read as a `MsgHead` 1.2; shared by the fuzz target and the
//! tests.

use filsluse::format::{
    msghead::{
        NAMESPACE,
        inside::inner,
        is_head,
        shell::{Shell, ShellError},
    },
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

/// The namespace of the message's root; `None` when there is no letter.
fn walk(data: &[u8]) -> Result<Option<String>, ShellError> {
    let mut reader = Reader::new(data, Limits::default())?;
    let shell = Shell::enter(&mut reader)?;
    let root = reader.current_start().name().namespace.to_owned();
    let mut open = 1;
    while open > 0 {
        match reader.next_event()? {
            Event::Start(_) => open += 1,
            Event::End(_) => open -= 1,
            Event::Text(_) | Event::Eof => {}
        }
    }
    shell.leave(&mut reader)?;
    Ok(is_letter(data)?.then_some(root))
}

fn is_letter(data: &[u8]) -> Result<bool, ShellError> {
    let mut reader = Reader::new(data, Limits::default())?;
    let Event::Start(root) = reader.next_event()? else { return Ok(false) };
    Ok(is_head(root.name().namespace, root.name().local))
}
