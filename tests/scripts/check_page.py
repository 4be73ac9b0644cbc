#!/usr/bin/env python3
"""Holds the operator's page against what it promises; reads it from standard input.

    check_page.py LANGUAGE CONTENT-SECURITY-POLICY

Well-nested tags; landmarks, one h1, headings without a gap; every table with a caption and scopes; every
link to the page itself or to this listener; no script, no fetched thing, no inline style but the one whose
hash the policy names; and colours with a contrast of at least 4.5 in both schemes.
"""

import base64
import hashlib
import re
import sys
from html.parser import HTMLParser

VOID = {"meta", "br", "link", "img", "input", "hr"}
ALLOWED = set(
    "html head meta title style body a header h1 h2 nav ul li main section p strong div table caption thead "
    "tbody tr th td code time span br dl dt dd footer".split()
)


class Page(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.style, self.headings, self.ids = [], [], "", [], []
        self.captions = 0

    def handle_starttag(self, tag, attributes):
        assert tag in ALLOWED, f"<{tag}>"
        attributes = dict(attributes)
        for name, value in attributes.items():
            assert not name.startswith("on") and name not in ("style", "src", "srcset", "action"), name
            if name == "href":
                assert value.startswith("#") or re.match(r"/(?!/)", value), value
            if name == "id":
                assert value not in self.ids, value
                self.ids.append(value)
        if tag == "th":
            assert attributes.get("scope") in ("col", "row"), attributes
        if tag in ("h1", "h2"):
            self.headings.append(int(tag[1]))
        if tag == "meta":
            assert "http-equiv" not in attributes
        self.tags.append((tag, attributes))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, (tag, self.open)
        self.open.pop()

    def handle_data(self, data):
        if self.open and self.open[-1] == "style":
            self.style += data


def luminance(colour):
    colour = colour.lstrip("#")
    colour = "".join(c * 2 for c in colour) if len(colour) == 3 else colour
    parts = [int(colour[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


language, policy = sys.argv[1:]
text = sys.stdin.buffer.read().decode("utf-8")
assert text.startswith("<!DOCTYPE html>\n")
page = Page()
page.feed(text)
page.close()
assert not page.open, page.open
tags = page.tags
assert ("html", {"lang": language}) in tags
assert page.headings[0] == 1 and page.headings.count(1) == 1 and len(page.headings) > 5
for landmark in ("header", "nav", "main", "footer"):
    assert sum(tag == landmark for tag, _ in tags) == 1, landmark
first_link = next(attributes for tag, attributes in tags if tag == "a")
assert first_link["href"] == "#content" and "content" in page.ids, "the first link skips to the content"
for tag, attributes in tags:
    if tag == "a" and attributes["href"].startswith("#"):
        assert attributes["href"][1:] in page.ids, attributes
    if "aria-labelledby" in attributes:
        assert attributes["aria-labelledby"] in page.ids, attributes
tables = sum(tag == "table" for tag, _ in tags)
assert tables == sum(tag == "caption" for tag, _ in tags)
digest = base64.b64encode(hashlib.sha256(page.style.encode()).digest()).decode()
directives = [part.strip() for part in policy.split(";")]
assert directives[0] == "default-src 'none'", policy
assert f"style-src 'sha256-{digest}'" in directives, (digest, policy)
assert not any("unsafe" in part or "http" in part or "*" in part for part in directives), policy
assert "url(" not in page.style and "@import" not in page.style
schemes = re.findall(r":root \{[^}]*\}", page.style)
assert len(schemes) == 2 and "prefers-color-scheme: dark" in page.style
for scheme in schemes:
    colours = dict(re.findall(r"--([a-z]+): (#[0-9a-f]+)", scheme))
    for ink in ("ink", "bad", "good", "link"):
        for paper in ("paper", "shade"):
            found = contrast(colours[ink], colours[paper])
            assert found >= 4.5, (scheme, ink, paper, found)
print("fine")
