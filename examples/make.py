#!/usr/bin/env python3
"""Makes the files of examples/ anew. Nobody in them exists: every number is computed here, with
the month raised by 80 as in the tax office's test set, so that no installation of profile
"production" takes one.

    python3 examples/make.py            the same files, byte for byte
    python3 examples/make.py --check    says which of them differ, and exits 1

The .xlsx needs openpyxl; without it that one file is left alone.
"""

import base64
import datetime
import io
import pathlib
import re
import sys
import uuid
import zipfile
from xml.sax.saxutils import escape, quoteattr

HERE = pathlib.Path(__file__).resolve().parent
LIST_NAMESPACE = "urn:filsluse:embassy-list:1"
NOTICE_NAMESPACE = "urn:filsluse:departures:1"
HEAD = ["list_id", "mission_code", "list_date", "list_type"]
PERSON = [
    "action", "d_number", "family_name", "given_name", "birth_date", "category",
    "principal_d_number", "street_address", "postal_code", "post_town", "municipality_number",
    "nationality", "eea_mission", "locally_employed", "consent_by", "consent_date",
    "accreditation_type", "accreditation_number", "accreditation_expires", "effective_from", "note",
]
NORWEGIAN = {
    "list_id": "Liste-ID", "mission_code": "Stasjonskode", "list_date": "Listedato",
    "list_type": "Listetype", "action": "Handling", "d_number": "D-nummer",
    "family_name": "Etternavn", "given_name": "Fornavn", "birth_date": "Fødselsdato",
    "category": "Kategori", "principal_d_number": "Hovedpersonens D-nummer",
    "street_address": "Gateadresse", "postal_code": "Postnummer", "post_town": "Poststed",
    "municipality_number": "Kommunenummer", "nationality": "Statsborgerskap",
    "eea_mission": "EØS-stasjon", "locally_employed": "Lokalt ansatt",
    "consent_by": "Samtykke fra", "consent_date": "Samtykkedato",
    "accreditation_type": "Akkrediteringstype", "accreditation_number": "Akkrediteringsnummer",
    "accreditation_expires": "Akkreditering utløper", "effective_from": "Gjelder fra",
    "note": "Merknad", "notice_id": "Melding-ID", "notice_date": "Meldingsdato",
    "departure_date": "Utreisedato",
}
WORDS = {
    "changes": "endringer", "complete": "fullstendig", "enrol": "innmelding",
    "withdraw": "utmelding", "spouse": "ektefelle", "cohabitant": "samboer",
    "dependent-child": "forsørget barn", "administrative-technical": "administrativ-teknisk",
    "private-servant": "privat tjener", "consular": "konsulær",
    "auxiliary-staff": "hjelpepersonale", "self": "selv", "guardian": "foresatt",
    "identity-card": "identitetskort", "residence-card": "oppholdskort", "ud-note": "svarnote",
    "yes": "ja", "no": "nei",
}


def number(born, day_offset, skip=0):
    """The first sound number of a day, by the check digits of 1964; skip gives others."""
    day = datetime.date.fromisoformat(born)
    series = range(0, 500) if day.year < 2000 else range(500, 1000)
    for individual in series:
        text = f"{day.day + day_offset:02}{day.month + 80:02}{day.year % 100:02}{individual:03}"
        d = [int(c) for c in text]
        first = -sum(a * b for a, b in zip(d, (3, 7, 6, 1, 8, 9, 4, 5, 2))) % 11
        second = -sum(a * b for a, b in zip(d + [first], (5, 4, 3, 2, 7, 6, 5, 4, 3, 2))) % 11
        if 10 in (first, second):
            continue
        if skip == 0:
            return f"{text}{first}{second}"
        skip -= 1
    raise ValueError(born)


def person(born, given, family, category, of=None, **more):
    """A row in which nothing is wrong."""
    row = {
        "action": "enrol", "d_number": number(born, 40), "family_name": family,
        "given_name": given, "birth_date": born, "category": category,
        "street_address": "Testveien 12", "postal_code": "0253", "post_town": "Oslo",
        "municipality_number": "0301", "nationality": "FR", "eea_mission": "yes",
        "consent_by": "self", "consent_date": "2026-10-20",
        "accreditation_type": "identity-card",
        "accreditation_number": f"XEX-{int(born.replace('-', '')) % 9973:04}",
        "accreditation_expires": "2029-08-31",
    }
    if of is not None:
        row["principal_d_number"] = of["d_number"]
    return row | more


def head(list_id, list_type="complete", mission="XEX", date="2026-11-02"):
    return dict(zip(HEAD, (list_id, mission, date, list_type)))


def xml(namespace, root, record, the_head, rows, comment=None):
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    if comment:
        lines.append(f"<!-- {comment} -->")
    attributes = "".join(f" {name}={quoteattr(value)}" for name, value in the_head.items())
    lines.append(f'<{root} xmlns="{namespace}"{attributes} rows="{len(rows)}">')
    order = PERSON + ["departure_date"]
    for row in rows:
        cells = [f"{name}={quoteattr(row[name])}" for name in order if row.get(name)]
        lines.append(f"  <{record} " + "\n          ".join(cells) + "/>")
    lines.append(f"</{root}>")
    return ("\n".join(lines) + "\n").encode()


def list_xml(the_head, rows, comment=None):
    return xml(LIST_NAMESPACE, "EmbassyList", "Person", the_head, rows, comment)


def in_norwegian(name, text):
    if name.endswith("_date") or name in ("accreditation_expires", "effective_from"):
        return datetime.date.fromisoformat(text).strftime("%d.%m.%Y") if text else ""
    return WORDS.get(text, text)


def table(the_head, rows, columns):
    """Norwegian headings, and the rows as a clerk writes them."""
    names = list(the_head) + columns
    yield [NORWEGIAN[name] for name in names]
    for row in rows:
        yield [in_norwegian(name, (the_head | row).get(name, "")) for name in names]


def csv(lines, encoding, trailer=False):
    lines = [list(line) for line in lines]
    text = "".join(";".join(line) + "\r\n" for line in lines)
    if trailer:
        text += f"#rows={len(lines) - 1}\r\n"
    return text.encode(encoding)


def xlsx(lines):
    """A workbook as Excel makes it: dates as dates, and codes as text, with their zeroes."""
    try:
        import openpyxl
    except ImportError:
        return None
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Innmelding"
    for line in lines:
        cells = []
        for text in line:
            try:
                cells.append(datetime.datetime.strptime(text, "%d.%m.%Y"))
            except ValueError:
                cells.append(text or None)
        sheet.append(cells)
    for cells in sheet.iter_rows():
        for cell in cells:
            cell.number_format = "DD.MM.YYYY" if cell.is_date else "@"
    sheet.freeze_panes = "A2"
    for column in sheet.columns:
        sheet.column_dimensions[column[0].column_letter].width = 18
    book.properties.creator = "filsluse"
    moment = datetime.datetime(2026, 11, 2)
    book.properties.created = book.properties.modified = moment
    first = io.BytesIO()
    book.save(first)
    # The same bytes every time: fixed times in the archive and in the document's properties.
    made = io.BytesIO()
    with zipfile.ZipFile(first) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                start = content.index(b"<dcterms:modified")
                end = content.index(b"</dcterms:modified>")
                value = content.index(b">", start) + 1
                content = content[:value] + b"2026-11-02T00:00:00Z" + content[end:]
            info = zipfile.ZipInfo(name, (2026, 11, 2, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, content)
    return made.getvalue()


EVENT_NAMESPACE = "http://www.npr.no/xmlstds/56_0_0_ipl"
ANNUAL_NAMESPACE = "urn:filsluse:iplos-annual:1"
NO_GUID = "00000000-0000-0000-0000-000000000000"
SYSTEM = {"leverandor": "Ærlig Fagsystem på Ås AS", "navnEPJ": "Prøvejournal",
          "versjonEPJ": "7.2"}
CONTACTS = {"1": "Åse Prøvedal", "15": "Malo Testnes", "16": "Bjørn Ærlighet", "17": "Zoé Øst"}


def guid(*words):
    """Always the same one for the same words, and no eleven digits in it that could be anybody's."""
    name = "urn:filsluse:examples:" + ":".join(map(str, words))
    made = str(uuid.uuid5(uuid.NAMESPACE_URL, name))
    return guid(*words, "again") if re.search("[0-9]{11}", made) else made


def tag(name, attributes, closed=True):
    cells = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<{name}{cells}{'/' if closed else ''}>"


def recipient(index):
    """One who gets services: every seventh has a D-number."""
    born = datetime.date(1931, 1, 5) + datetime.timedelta(days=index * 487)
    foreign = index % 7 == 6
    return {"fid": number(born.isoformat(), 40 if foreign else 0), "typeID": "2" if foreign else "1",
            "bydel": f"0301{index % 15 + 1:02}", "born": born.year}


class Events:
    """What a municipality tells as it happens: one chain of numbers and GUIDs across its files."""

    def __init__(self):
        self.last, self.previous = 0, NO_GUID

    def event(self, index, kind="TjenesteStart", status="N", of=None, **more):
        """A notification about recipient number index; more replaces attributes of any level."""
        self.last += 1
        own = guid("notification", self.last)
        day = datetime.date(2025, 3, 3) + datetime.timedelta(days=self.last)
        notification = {
            "statusNotifikasjon": status, "notifikasjonTid": f"{day}T15:30:00",
            "notifikasjonGUID": own, "notifikasjonForrigeGUID": self.previous,
            "notifikasjonLopeNr": str(self.last)}
        if of is not None:
            notification["notifikasjonRef"] = guid("notification", of)
        event = {
            "hendelseGUID": guid("event", self.last), "tjenesteID": f"T-{index:04}",
            "tjenesteType": ("18", "19", "20", "21", "29")[index % 5],
            "hendelseRegTid": f"{day}T09:15:00", "hendelseDato": str(day)}
        who = recipient(index)
        user = {"pasientGUID": guid("recipient", index), "brukerNr": f"B{index:05}",
                "fid": who["fid"], "typeID": who["typeID"], "bydel": who["bydel"]}
        for level in (notification, event, user):
            level |= {key: value for key, value in more.items() if key in level}
        self.previous = own
        return [tag("Notifikasjon", notification, False),
                "  " + tag(kind, event, False), "    " + tag("Bruker", user),
                f"  </{kind}>", "</Notifikasjon>"]

    def skip(self, count):
        """So many notifications that never arrive."""
        for _ in range(count):
            self.event(0)


def event_xml(events, comment, municipality="0301"):
    head = {"xmlns": EVENT_NAMESPACE, "versjon": "56.0.0", "meldingstype": "K"} | SYSTEM
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<!-- {comment} -->",
             tag("Melding", head | {"versjonUt": "1.0"}, False)]
    lines += ["  " + line for event in events for line in event]
    for kind, name in CONTACTS.items():
        lines.append("  " + tag("Kontaktperson", {
            "kontPerson": name, "meldEpost1": "post@example.no", "typeKontaktperson": kind}))
    lines += ["  " + tag("Kommune", {"kommuneNr": municipality}), "</Melding>"]
    return ("\n".join(lines) + "\n").encode()


def annual_xml(count, year, comment):
    head = {"xmlns": ANNUAL_NAMESPACE, "versjon": "1", "kommuneNr": "0301",
            "rapporteringsAar": str(year), "uttakDato": f"{year + 1}-01-12"}
    head |= SYSTEM | {"komplett": "true", "antallBrukere": str(count)}
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<!-- {comment} -->",
             tag("IplosAar", head, False)]
    for index in range(count):
        who = recipient(index)
        lines += ["  " + tag("Bruker", {
            "brukerNr": f"B{index:05}", "fid": who["fid"], "typeID": who["typeID"],
            "fodselsar": str(who["born"]), "kjonn": "2" if int(who["fid"][8]) % 2 == 0 else "1",
            "bydel": who["bydel"], "komNrHjem": "0301"}, False),
            "    " + tag("Tjeneste", {
                "tjenesteID": f"T-{index:04}", "tjenesteType": "15",
                "startDato": f"{year}-02-01", "timerPerUke": f"{index % 9 + 1}.5"}),
            "    " + tag("Funksjon", {
                "variabel": "Spise", "skar": str(index % 5 + 1), "vurdertDato": f"{year}-02-01"}),
            "  </Bruker>"]
    return ("\n".join(lines + ["</IplosAar>"]) + "\n").encode()


def municipal_files():
    """What Oslo sends: one chain of events across four files, and the annual submission of 2017."""
    oslo = Events()
    yield "oslo/kpr-events.xml", event_xml(
        [oslo.event(1), oslo.event(2), oslo.event(3, tjenesteType="20"),
         oslo.event(1, "TjenesteSlutt"),
         oslo.event(3, status="M", of=3, tjenesteType="29"),
         oslo.event(2, status="C", of=2)],
        "In order: accepted. The fifth replaces the third (M), the sixth annuls the second (C).")
    wrong = {12: {"typeID": "11"}, 30: {"tjenesteType": "999"}}
    yield "oslo/kpr-partly.xml", event_xml(
        [oslo.event(10 + index, **wrong.get(index, {})) for index in range(1, 45)],
        "Two of 44 records are struck: the 12th's typeID and the 30th's tjenesteType.")
    oslo.skip(3)
    yield "oslo/kpr-gap.xml", event_xml(
        [oslo.event(60 + index) for index in range(1, 5)],
        "Taken, but three notifications before it never came.")
    yield "oslo/kpr-wrong-municipality.xml", event_xml(
        [oslo.event(70)], "Stavanger's number in Oslo's own directory: refused (KPR-02).", "1103")
    yield "oslo/iplos-2017.xml", annual_xml(
        24, 2017, "Services of 2017 fulfil two duties: to iplos and to kpr.")


def files():
    yield from municipal_files()
    # Who is on the complete list of mission XEX.
    counsellor = person("1979-03-14", "Éloïse", "Prøvedal", "diplomat")
    husband = person("1977-08-02", "Théo", "Prøvedal", "spouse", counsellor)
    daughter = person(
        "2015-06-21", "Zoé", "Prøvedal", "dependent-child", counsellor, consent_by="guardian")
    clerk = person(
        "1988-11-30", "Malo", "Testnes", "administrative-technical",
        street_address="Prøvegata 4 B", postal_code="1358", post_town="Jar",
        municipality_number="3201", accreditation_type="residence-card")
    nanny = person(
        "1994-01-09", "Inès", "Øvelsrud", "private-servant", counsellor,
        nationality="MA", accreditation_type="ud-note", accreditation_expires="")
    consul = person("1971-05-05", "Aimée", "Ålesen", "consular")
    six = [counsellor, husband, daughter, clerk, nanny, consul]
    yield "embassy-xex/enrolment-complete.xml", list_xml(
        head("XEX-2026-11"), six, "Everybody is in order: accepted.")

    # The same, with one fault in each of six rows, and one row that stays good.
    swapped = clerk["d_number"][:-2] + clerk["d_number"][:-3:-1]
    if swapped == clerk["d_number"]:
        raise ValueError("choose another number: these digits are equal")
    sixteen = person(
        "2010-11-02", "Noé", "Prøvedal", "dependent-child", counsellor, consent_by="guardian")
    resident = person("1983-02-17", "Lou", "Bosattsen", "diplomat")
    resident["d_number"] = number("1983-02-17", 0)
    stranger = person("1981-09-09", "Rémi", "Ukjentson", "spouse")
    stranger["principal_d_number"] = number("1960-06-06", 40)
    yield "embassy-xex/enrolment-partly.xml", list_xml(
        head("XEX-2026-11b", "changes"),
        [
            consul | {"note": "In order."},
            clerk | {"d_number": swapped, "note": "EMB-02: two digits are swapped."},
            resident | {"note": "EMB-03: a fødselsnummer."},
            sixteen | {"note": "EMB-05: 16 on the list's date; the guardian consented."},
            person("1990-04-04", "Axel", "Utløpsen", "diplomat",
                   accreditation_expires="2026-10-31", note="EMB-06: expired."),
            person("1986-07-07", "Jade", "Flyttedal", "diplomat", municipality_number="3024",
                   note="EMB-07: Bærum's number until the end of 2023."),
            stranger | {"note": "EMB-08: nobody knows the principal."},
        ],
        "One row is taken; each of the others breaks the rule that its note names.")

    # A clerk's changes: one enrolled, one moved, one left.
    attache = person("1992-12-12", "Bjørn", "Ærlighet", "diplomat", nationality="DK")
    moved = clerk | {"street_address": "Øvre Testvei 8", "postal_code": "0164",
                     "post_town": "Oslo", "municipality_number": "0301"}
    gone = {"action": "withdraw", "d_number": consul["d_number"]}
    columns = [name for name in PERSON if name not in ("locally_employed", "effective_from")]
    changes = head("XEX-2026-11c", "changes", date="2026-11-09")
    yield "embassy-xex/innmelding-endringer.csv", csv(
        table(changes, [attache, moved, gone], columns), "windows-1252", trailer=True)

    # A workbook: another mission's household.
    envoy = person("1975-10-10", "Søren", "Æbeltoft", "io-staff", nationality="DK",
                   accreditation_type="residence-card")
    partner = person("1980-02-29", "Åse", "Øst", "cohabitant", envoy, nationality="SE",
                     accreditation_type="residence-card")
    yield "embassy-xio/innmelding.xlsx", xlsx(
        table(head("XIO-1", mission="XIO"), [envoy, partner], columns))

    yield "embassy-xex/held.xml", list_xml(
        head("XEX-2026-12", date="2026-11-16"), [counsellor],
        "Complete, and names one of those enrolled: the withdrawals wait (EMB-13).")
    yield "embassy-xex/wrong-mission.xml", list_xml(
        head("XIO-2", mission="XIO"), [envoy], "Another mission's list: refused (EMB-01).")
    whole = list_xml(head("XEX-2026-11d"), six)
    yield "embassy-xex/truncated.xml", whole[: len(whole) * 3 // 5]

    applicant = person("1969-01-31", "Maël", "Søkerud", "treaty-body-staff",
                       accreditation_type="ud-note", accreditation_expires="")
    child = person("2021-03-03", "Lila", "Søkerud", "dependent-child", applicant,
                   consent_by="guardian", accreditation_type="ud-note", accreditation_expires="")
    yield "helfo/application.xml", list_xml(
        head("HELFO-2026-0042", "changes", "XAR"), [applicant, child],
        "One person's own application, with documents, registered by a case handler.")

    notice = {"notice_id": "UD-2026-46", "notice_date": "2026-11-16"}
    left = [{"d_number": counsellor["d_number"], "departure_date": "2026-11-13"}]
    yield "ud/departures.xml", xml(
        NOTICE_NAMESPACE, "Departures", "Departure", notice, left,
        "The counsellor has left: the household is withdrawn with her.")
    left = [{"d_number": envoy["d_number"], "departure_date": "2026-11-14"},
            {"d_number": number("1960-06-06", 40), "departure_date": "2026-11-15"}]
    yield "ud/departures.csv", csv(
        table(notice | {"notice_id": "UD-2026-47"}, left, ["d_number", "departure_date"]),
        "utf-8-sig")

    yield from releases()


RELEASE = [
    "pasientNr", "fid", "typeID", "fodselsdato", "kjonn", "komNrHjem", "bydel", "institusjonID",
    "episodeID", "innDato", "utDato", "liggetid", "omsorgsniva", "innmateHast", "debitor",
    "utskrKlarDato", "tilstand_1", "tilstand_2", "NCMP_1", "drg", "HDG", "drg_type", "isf_poeng",
    "korrvekt",
]


def stay(n, born, sex, municipality, diagnosis, drg, points, **more):
    """One stay of a patient, as an extract has it."""
    fid = number(born, 40 if n % 7 == 0 else 0, n)
    out = datetime.date(2025, 1 + n % 12, 3 + n % 20)
    row = {
        "pasientNr": f"P{1000 + n}", "fid": fid, "typeID": "2" if n % 7 == 0 else "1",
        "fodselsdato": born, "kjonn": sex, "komNrHjem": municipality,
        "bydel": f"{municipality}03" if municipality == "0301" else "",
        "institusjonID": "974760673", "episodeID": f"E-2025-{n:06}",
        "innDato": (out - datetime.timedelta(days=n % 9)).isoformat(), "utDato": out.isoformat(),
        "liggetid": str(n % 9), "omsorgsniva": "1", "innmateHast": str(1 + n % 4), "debitor": "1",
        "utskrKlarDato": "", "tilstand_1": diagnosis, "tilstand_2": "", "NCMP_1": "WBGC00",
        "drg": drg, "HDG": str(n % 24), "drg_type": "M", "isf_poeng": points, "korrvekt": points,
    }
    return row | more


def release(lines, rows, columns=RELEASE, trailer=True):
    """A table with its lines above it, as NPR's extracts are sent."""
    text = [f"#{key}={value}" for key, value in lines.items()]
    text.append(";".join(columns))
    text += [";".join(row.get(name, "") for name in columns) for row in rows]
    if trailer:
        text.append(f"#rows={len(rows)}")
    return "".join(line + "\r\n" for line in text).encode()


def releases():
    """The files of NPR. Patients of 2025, of whom some share what they are counted by."""
    isf = {"purpose": "isf", "legal_basis": "§ 3-3", "operating_year": "2025",
           "institution": "974760673", "created": "2026-02-02"}
    rows = [stay(n, "1950-05-12", "2", "0301", "I210", "121", "1,482") for n in range(1, 7)]
    rows += [stay(n, "1988-01-30", "1", "4601", "S7200", "210N", "2,011") for n in range(7, 13)]
    rows += [stay(20, "2011-09-09", "1", "5001", "J069", "070", "0,331"),
             stay(21, "1931-12-24", "2", "9999", "E702", "299", "0,870"),
             stay(3, "1950-05-12", "2", "0301", "I210", "121", "1,482", episodeID="E-2025-000099")]
    # A tourist without a number: the institution's own number tells the person apart.
    rows.append(stay(30, "1969-07-20", "1", "9900", "T820", "453A", "0,512", fid="", typeID=""))
    yield "npr/isf-2025.csv", release(isf, rows)

    wrong = rows[9]["fid"][:-2] + rows[9]["fid"][:-3:-1]
    if wrong == rows[9]["fid"]:
        raise ValueError("choose another number: these digits are equal")
    some = [rows[0], rows[9] | {"fid": wrong}, rows[8] | {"tilstand_1": "S72.0"}, *rows[10:13]]
    yield "npr/kmf-partly.csv", release(isf | {"purpose": "kmf"}, some)
    yield "npr/utskrivningsklare.csv", release(isf | {"purpose": "utskrivningsklare"}, rows[:2])
    yield "npr/utredning.csv", release(isf | {"purpose": "utredning"}, rows[:2])
    yield "npr/kmf-2011.csv", release(isf | {"purpose": "kmf", "operating_year": "2011"}, rows[:2])
    named = [row | {"navn": "Testnes, Åse"} for row in rows[:2]]
    yield "npr/navn.csv", release(isf, named, RELEASE + ["navn"])
    slipped = [rows[0], rows[1] | {"institusjonID": rows[1]["fid"]}]
    yield "npr/identitet.csv", release(isf, slipped)


def request(name, basis, groups, texts, comment, **attributes):
    """A request, a notice or the record of an oral disclosure, in attributes and elements."""
    root = {"xmlns": "urn:filsluse:police-request:1", "type": "inquiry",
            "request_id": guid("police", name), "case_number": "24/00123",
            "police_district": "oslo", "legal_basis": basis, "patient_informed": "yes"}
    root |= attributes
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<!-- {comment} -->"]
    head = "\n               ".join(
        f"{name}={quoteattr(value)}" for name, value in root.items() if value)
    lines.append(f"<PoliceRequest {head}>")
    for group, fields in groups.items():
        inside = " ".join(f"{name}={quoteattr(value)}" for name, value in fields.items())
        lines.append(f"  <{group} {inside}/>")
    lines += [f"  <{name}>{escape(text)}</{name}>" for name, text in texts.items()]
    lines.append("</PoliceRequest>")
    return ("\n".join(lines) + "\n").encode()


def police():
    patient = {"name": "Rigmor Prøvesen", "national_id": number("1987-05-03", 0)}
    requester = {"name": "Åse Behandler", "position": "overlege",
                 "department": "akuttpsykiatrisk avdeling"}
    contact = {"phone": "22 00 00 00", "email": "ase.behandler@sykehus.example"}
    consent = {"given_by": "pasienten selv", "date": "2024-11-18", "informed": "true",
               "voluntary": "true", "competent": "true"}
    period = {"from": "2022-01-01", "to": "2024-11-18"}
    asked = {
        "patient_relationship": "Innlagt til frivillig behandling",
        "purpose": "Vurdere risiko for vold mot andre før utskrivning",
        "health_reference": "psykisk helsevernloven § 3-3",
        "register": "politiopplysningsregisteret",
    }
    whole = {"consent": consent, "person": patient, "requester": requester, "contact": contact,
             "period": period}
    yield "sykehus-eksempel/inquiry.xml", request(
        "inquiry", "samtykke", whole, asked, "With consent, and all eight points.",
        purpose_code="risikovurdering", needed_by="2099-12-31")

    yield "sykehus-eksempel/points-missing.xml", request(
        "points-missing", "samtykke",
        {"consent": consent | {"competent": "false"}, "person": {"name": patient["name"]},
         "requester": requester, "period": period},
        {"patient_relationship": asked["patient_relationship"], "purpose": asked["purpose"]},
        "Points 1, 3, 6 and 8 are missing, there is no case, and the consent does not hold.",
        purpose_code="risikovurdering", case_number="")

    yield "sykehus-eksempel/anonymous.xml", request(
        "anonymous", "anonymisert",
        {"requester": requester, "contact": contact, "period": period},
        {"purpose": "Drøfte hva som kan gjøres når noen har våpen hjemme og er bekymret for det",
         "register": "våpenregisteret"},
        "Nobody is identified.", purpose_code="vaapen", needed_by="2099-12-31")

    yield "sykehus-eksempel/notice.xml", request(
        "notice", "avverge-skade",
        {"person": patient, "requester": requester, "contact": contact},
        {"basis_details": "Truer med å skade en bestemt nabo i kveld, og har skaffet seg kniv",
         "purpose": "Avverge alvorlig skade på en person"},
        "On one's own initiative: goes at once, and no reply is expected.",
        type="notice", purpose_code="avverge-skade", patient_informed="later")

    yield "sykehus-eksempel/oral.xml", request(
        "oral", "tungtveiende-interesser",
        {"person": patient, "requester": requester},
        {"basis_details": "Pasienten forlot avdelingen uten tillatelse, hadde truet en ansatt med "
                          "kniv samme dag, og faren for gjentakelse ble vurdert som stor",
         "patient_relationship": asked["patient_relationship"],
         "purpose": "Motvirke fare for skade på andre"},
        "Told by telephone, and recorded afterwards.",
        oral="true", purpose_code="risikoreduserende-tiltak", patient_informed="later")

    document = base64.b64encode("Ingen opplysninger er registrert i tidsrommet.\n".encode())
    for name, asked_as, comment in [
        ("reply", "inquiry", "Answers sykehus-eksempel/inquiry.xml."),
        ("unmatched", "nothing", "Answers what nobody has asked."),
    ]:
        lines = [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f"<!-- {comment} -->",
            f'<PoliceReply xmlns="urn:filsluse:police-reply:1" reply_id="{guid("police", name)}"',
            f'             in_reply_to="{guid("police", asked_as)}" police_district="oslo"',
            '             date="2024-11-20" shared="full">',
            '  <document name="svar.txt" media_type="text/plain">',
            f"    <base64>{document.decode()}</base64>",
            "  </document>",
            "</PoliceReply>",
        ]
        yield f"politi-oslo/{name}.xml", ("\n".join(lines) + "\n").encode()


def main():
    check = sys.argv[1:] == ["--check"]
    stale = []
    for name, content in [*files(), *police()]:
        path = HERE / name
        if content is None:
            print(f"{name}: left alone, openpyxl is not installed", file=sys.stderr)
        elif check:
            if not path.exists() or path.read_bytes() != content:
                stale.append(name)
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
    for name in stale:
        print(f"{name} is not what make.py makes", file=sys.stderr)
    sys.exit(1 if stale else 0)


if __name__ == "__main__":
    main()
