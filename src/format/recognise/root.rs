//! The root element of a document, as its first bytes have it.

/// The start tag of a document's root element.
pub(in crate::format) struct Root {
    /// As written, with its prefix.
    pub(in crate::format) name: String,
    /// The namespace bound to the prefix.
    pub(in crate::format) namespace: Option<String>,
    /// Its attributes, without declarations of namespaces.
    pub(in crate::format) attributes: Vec<(String, String)>,
    /// Where the tag ends in the text, in bytes.
    pub(in crate::format) end: usize,
    /// Whether the tag closes itself.
    pub(in crate::format) is_empty: bool,
}

impl Root {
    pub(super) fn local_name(&self) -> &str {
        self.name.split_once(':').map_or(self.name.as_str(), |(_, local)| local)
    }
}

/// Finds the root element's start tag, if it ends within the text.
pub(in crate::format) fn of_text(text: &str) -> Option<Root> {
    let mut at = 0;
    loop {
        at += text[at..].find(|c: char| !c.is_whitespace())?;
        let rest = &text[at..];
        at += if rest.starts_with("<?") {
            rest.find("?>")? + 2
        } else if let Some(comment) = rest.strip_prefix("<!--") {
            4 + comment.find("-->")? + 3
        } else if rest.starts_with("<!") {
            declaration_length(rest)?
        } else if rest.starts_with('<') {
            return start_tag(rest).map(|tag| Root { end: at + tag.end, ..tag });
        } else {
            return None;
        };
    }
}

/// Length of `<!DOCTYPE … [ … ]>`, quotes respected.
fn declaration_length(text: &str) -> Option<usize> {
    let (mut depth, mut quote) = (0u32, None);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), _) => quote = (open != c).then_some(open),
            (None, '"' | '\'') => quote = Some(c),
            (None, '<' | '[') => depth += 1,
            (None, '>' | ']') => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

fn start_tag(text: &str) -> Option<Root> {
    let inside = text.strip_prefix('<')?;
    let name_end = inside.find(|c: char| c.is_whitespace() || matches!(c, '/' | '>'))?;
    let name = &inside[..name_end];
    if name.is_empty() || name.len() > LONGEST_NAME {
        return None;
    }
    let wanted = match name.split_once(':') {
        Some((prefix, _)) => format!("xmlns:{prefix}"),
        None => "xmlns".to_owned(),
    };
    let mut namespace = None;
    let mut attributes = Vec::new();
    let mut rest = &inside[name_end..];
    loop {
        rest = rest.trim_start();
        let end = |rest: &str| text.len() - rest.len();
        if let Some(after) = rest.strip_prefix("/>") {
            let name = name.to_owned();
            let end = end(after);
            return Some(Root { name, namespace, attributes, end, is_empty: true });
        }
        if let Some(after) = rest.strip_prefix('>') {
            let name = name.to_owned();
            let end = end(after);
            return Some(Root { name, namespace, attributes, end, is_empty: false });
        }
        let (attribute, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, after) = after[1..].split_once(quote)?;
        let attribute = attribute.trim_end();
        if attribute == wanted && !value.is_empty() {
            namespace = Some(value.to_owned());
        } else if attribute != "xmlns" && !attribute.starts_with("xmlns:") {
            let local = attribute.split_once(':').map_or(attribute, |(_, local)| local);
            attributes.push((local.to_owned(), value.to_owned()));
        }
        rest = after;
    }
}

const LONGEST_NAME: usize = 256;
