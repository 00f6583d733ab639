#!/usr/bin/env python3
"""Writes src/lang/text/unicode.tables: the character properties that regular expressions name.

  tools/unicode_tables.py FOLDER > src/lang/text/unicode.tables

FOLDER is `src/unicode_tables` of the crate regex-syntax (0.8.12 has Unicode 16.0.0), which ucd-generate
makes from the Unicode character database: data only, under the Unicode licence. It is taken because
the dialect's own names and version come with it.

A line is one property: `FAMILY NAME[ ALIAS…]:RUNS`. Names are simplified (small letters, without
`_`, `-` and spaces). RUNS are pairs of numbers to the base 36, separated by blanks: how many characters
lie between the run before and this one, and how many more than one this one has (left out, with its
comma, if none).
"""
import os
import re
import sys

FAMILIES = {"gc": "general_category", "sc": "script", "scx": "script_extension", "age": "age",
            "gcb": "grapheme_cluster_break", "wb": "word_break", "sb": "sentence_break"}
LONG = {"gc": "General_Category", "sc": "Script", "scx": "Script_Extensions", "age": "Age",
        "gcb": "Grapheme_Cluster_Break", "wb": "Word_Break", "sb": "Sentence_Break"}
ESCAPES = {"n": 10, "t": 9, "r": 13, "0": 0, "\\": 92, "'": 39, '"': 34}


def read(folder, name):
    with open(os.path.join(folder, name + ".rs"), encoding="utf-8") as file:
        return file.read()


def character(text):
    if text.startswith("\\u{"):
        return int(text[3:-1], 16)
    if text.startswith("\\"):
        return ESCAPES[text[1:]]
    return ord(text)


def tables(source):
    """The runs of each constant, by the name that BY_NAME gives it."""
    literal = r"'(\\u\{[0-9a-fA-F]+\}|\\.|[^\\])'"
    constants = {}
    for name, body in re.findall(r"pub const (\w+): &'static \[\(char, char\)\] =\s*&\[(.*?)\];",
                                 source, re.S):
        constants[name] = [(character(a), character(b))
                           for a, b in re.findall(literal + r",\s*" + literal, body)]
    index = re.search(r"BY_NAME.*?= &\[(.*?)\];", source, re.S).group(1)
    return {name: constants[constant]
            for name, constant in re.findall(r'\("([^"]+)",\s*(\w+)\)', index)}


def simplify(name):
    return re.sub(r"[ _-]", "", name).lower()


def base36(number):
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    out = ""
    while True:
        number, rest = divmod(number, 36)
        out = digits[rest] + out
        if number == 0:
            return out


def runs(ranges):
    out, behind = [], 0
    for first, last in ranges:
        out.append(base36(first - behind) + ("," + base36(last - first) if last > first else ""))
        behind = last + 1
    return " ".join(out)


def line(family, name, aliases, ranges):
    names = [simplify(name)] + sorted(aliases - {simplify(name)})
    print(f"{family} {' '.join(names)}:{runs(ranges)}")


def main():
    folder = sys.argv[1]
    pairs = re.findall(r'\("([^"]+)", "([^"]+)"\)', read(folder, "property_names"))
    source = read(folder, "property_bool")
    version = re.search(r"Unicode version: ([0-9.]+)", source).group(1).rstrip(".")
    print(f"# Unicode {version}; made by tools/unicode_tables.py, which says how to read it.")
    for name, ranges in tables(source).items():
        line("bool", name, {alias for alias, full in pairs if full == name}, ranges)
    values = read(folder, "property_values")
    for family, file in FAMILIES.items():
        block = re.search(r'"' + LONG[family if family != "scx" else "sc"] + r'",\s*&\[(.*?)\n        \],',
                          values, re.S).group(1)
        pairs = re.findall(r'\("([^"]+)",\s*"([^"]+)"\)', block)
        for name, ranges in tables(read(folder, file)).items():
            line(family, name, {alias for alias, full in pairs if full == name}, ranges)


main()
