//! The published schema of the event message, as an XSD that xmllint can check a file with: written
//! from the schema's own table, with the code lists that our tables have.

use std::fmt::Write;

/// The XSD of XPR(ipl) 56.0.0.
pub(super) fn schema() -> String {
    let rows: Vec<Row> = TABLE.lines().filter_map(row).collect();
    let mut names: Vec<&str> = Vec::new();
    for row in &rows {
        if !names.contains(&row.element) {
            names.push(row.element);
        }
    }
    let mut xsd = format!(
        "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" targetNamespace=\"{NAMESPACE}\"\n  \
         xmlns=\"{NAMESPACE}\" elementFormDefault=\"qualified\">\n{TYPES}"
    );
    for (name, codes) in LISTS {
        write!(xsd, "<xs:simpleType name=\"{name}\"><xs:restriction base=\"xs:token\">").unwrap();
        for code in codes.split(' ') {
            write!(xsd, "<xs:enumeration value=\"{code}\"/>").unwrap();
        }
        xsd.push_str("</xs:restriction></xs:simpleType>\n");
    }
    for name in names {
        write!(xsd, "<xs:element name=\"{name}\"><xs:complexType>").unwrap();
        let mut children: Vec<&Row> = Vec::new();
        for row in rows.iter().filter(|row| row.element == name && row.is_element) {
            if !children.iter().any(|known| known.name == row.name) {
                children.push(row);
            }
        }
        if !children.is_empty() {
            xsd.push_str("<xs:sequence>");
            for child in children {
                let (least, most) = child.use_or_count.split_once("..").unwrap();
                let most = if most == "*" { "unbounded" } else { most };
                let name = child.name;
                write!(
                    xsd,
                    "<xs:element ref=\"{name}\" minOccurs=\"{least}\" maxOccurs=\"{most}\"/>"
                )
                .unwrap();
            }
            xsd.push_str("</xs:sequence>");
        }
        for row in rows.iter().filter(|row| row.element == name && !row.is_element) {
            let Row { name, kind, use_or_count, fixed, .. } = row;
            let kind = match kind.split_once(':') {
                Some((_, local)) => local.to_owned(),
                None => format!("xs:{kind}"),
            };
            write!(xsd, "<xs:attribute name=\"{name}\" type=\"{kind}\" use=\"{use_or_count}\"")
                .unwrap();
            if !fixed.is_empty() {
                write!(xsd, " fixed=\"{fixed}\"").unwrap();
            }
            xsd.push_str("/>\n");
        }
        xsd.push_str("</xs:complexType></xs:element>\n");
    }
    xsd.push_str("</xs:schema>\n");
    xsd
}

/// One line of the table.
struct Row {
    element: &'static str,
    is_element: bool,
    name: &'static str,
    kind: &'static str,
    use_or_count: &'static str,
    fixed: &'static str,
}

fn row(line: &'static str) -> Option<Row> {
    let columns: Vec<&str> = line.split(';').collect();
    let [module, _, element, sort, name, kind, use_or_count, fixed] = columns[..] else {
        panic!("a row of another width")
    };
    let is_element = sort == "element";
    module.starts_with("ipl-").then_some(Row {
        element,
        is_element,
        name,
        kind,
        use_or_count,
        fixed,
    })
}

const TABLE: &str = include_str!("../../tests/data/xpr_schema_table.csv");

const NAMESPACE: &str = "http://www.npr.no/xmlstds/56_0_0_ipl";

const TYPES: &str = "\
<xs:simpleType name=\"guid\"><xs:restriction base=\"xs:string\"><xs:pattern value=\"\\{?[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\\}?\"/></xs:restriction></xs:simpleType>
<xs:simpleType name=\"bydelNr\"><xs:restriction base=\"xs:string\"><xs:pattern value=\"[0-9]{1,6}\"/></xs:restriction></xs:simpleType>
<xs:simpleType name=\"kommNr\"><xs:restriction base=\"xs:string\"><xs:pattern value=\"[0-9]{4}\"/></xs:restriction></xs:simpleType>
";

const LISTS: [(&str, &str); 6] = [
    ("meldingstype", "K"),
    ("status_notifikasjon", "N M C"),
    ("kjonn", "0 1 2 9"),
    ("type_personidentifikasjon", "1 2 3 4 5 6 7 8 9 10 12"),
    ("kontaktperson_type", "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19"),
    ("iPLOS_tjenestetype", "1 2 3 4 5 6 7 8 9 11 14 15 17 18 19 20 21 22 23 24 25 26 27 28 29"),
];
