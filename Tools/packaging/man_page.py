#!/usr/bin/env python3
"""Writes a man page (roff) of what a program says of itself: `adze --experimental-dump-help`, read from a file.

Exit codes and examples are taken from README.md, so that they stand in one place. Not here: completions, which the
program writes by itself, and where the page is installed, which is Tools/package's business.

    man_page.py DUMP.json README.md SECONDS VERSION > adze.1    # SECONDS since 1970: the date that the page bears
"""

import json
import re
import sys
import textwrap
import time

# The parts of README.md's tour whose commands are shown, by their bold headings.
EXAMPLES = ["Out of the box.", "Convert.", "Verify.", "Cut.", "Embed.", "Fine-tune.", "Calibrate."]
# What a clone has and who reads the page has not.
REPLACED = {"demo-output/model": "all-MiniLM-L6-v2"}

ENVIRONMENT = [
    ("SOURCE_DATE_EPOCH", "The time that pages and reports bear, in seconds since 1970, so that the same work gives "
     "the same bytes."),
    ("NO_COLOR, TERM, COLORTERM", "Whether, and in how many colours, attention and explain paint a terminal."),
    ("TMPDIR", "Where files lie that are needed only for a while; /tmp where it is unset."),
    ("ADZE_FORCE_ISA", "The instruction set to compute with: scalar, avx2, avx2vnni, avx512, avx512vnni, neon, neondot "
     "or neoni8mm; the best one of the processor where it is unset. The answers are the same bits."),
]
SERVER_ENVIRONMENT = [
    ("ADZE_OPTION", "Each option: --max-requests is ADZE_MAX_REQUESTS. What the command line says goes before."),
    ("ADZE_MODELS", "The models, with spaces between them, where the command line names none."),
    ("ADZE_FORCE_ISA", ENVIRONMENT[-1][1]),
]
FILES = [
    ("adze-h5worker", "Reads HDF5 files (.h5, .keras) for adze, in a sandbox; adze looks for it in its own folder. It "
     "needs libhdf5 (Debian's libhdf5-103-1)."),
    ("/usr/share/wordnet", "WordNet of Debian's package wordnet-base, for --clean lemmas and --augment synonyms."),
    (".NAME.….adze-tmp", "What a killed run left beside its output; it goes with the next run of the same output."),
]
SERVER_FILES = [
    ("/etc/default/adze", "What the service adze serves, and how."),
    ("/usr/lib/systemd/system/adze.service", "The service, which no installation starts."),
    ("/var/lib/adze", "The service's folder, for its models."),
]

# What roff would read otherwise.
SPELLED = {"\\": "\\e", "-": "\\-", "`": "\\(ga", "^": "\\(ha", "~": "\\(ti", '"': "\\(dq", "'": "\\(aq"}


def fail(message):
    sys.exit("man_page: " + message)


def roff(text):
    """Text of a line: nothing in it is a request, a font or a hyphen that looks like one."""
    text = "".join(SPELLED.get(c, c if ord(c) < 128 else f"\\[u{ord(c):04X}]") for c in text)
    return re.sub(r"^(?=\.)", r"\\&", text, flags=re.MULTILINE)


def flow(text):
    """Running text in lines of at most 80 bytes."""
    return textwrap.fill(roff(text), 80, break_long_words=False, break_on_hyphens=False).replace("\n.", "\n\\&.")


def paragraphs(text):
    """Requests of running text; each of its lines is a paragraph of its own, as `adze help` shows them."""
    lines = []
    for line in filter(None, (line.strip() for line in text.split("\n"))):
        lines += [".PP", flow(line)]
    return lines


def option_name(name):
    dashes = {"long": "--", "short": "-", "longWithSingleDash": "-"}[name["kind"]]
    return r"\fB" + roff(dashes + name["name"]) + r"\fR"


def value_name(argument):
    return r"\fI" + roff(argument["valueName"]) + r"\fR"


def description(argument):
    text = argument.get("abstract", "")
    value, values = argument.get("defaultValue"), argument.get("allValues")
    if values and not all(value in text for value in values):
        text += f" One of {', '.join(values)}."
    if value and argument["kind"] != "flag" and "default:" not in text:
        text += f" Default: {value}."
    return flow(text.strip())


def shown(command):
    """The arguments that are described here; help and version are each command's, and described once, above all."""
    return [
        a for a in command.get("arguments", [])
        if a["shouldDisplay"] and not (command.get("superCommands") and a["valueName"] in ("help", "version"))
    ]


def described_below(command):
    """The verbs; help is the parser's own, which a program without verbs has too."""
    return [c for c in command.get("subcommands", []) if c["shouldDisplay"] and c["commandName"] != "help"]


def synopsis(command):
    names = command.get("superCommands", []) + [command["commandName"]]
    arguments = shown(command)
    parts = [r"\fB" + roff(" ".join(names)) + r"\fR"]
    if any(a["kind"] != "positional" for a in arguments):
        parts.append(r"[\fIoptions\fR]")
    for argument in arguments:
        if argument["kind"] == "positional":
            name = value_name(argument) + (r" \&..." if argument["isRepeating"] else "")
            parts.append(f"[{name}]" if argument["isOptional"] else name)
    if described_below(command):
        parts.append(r"\fIcommand\fR")
    return " ".join(parts)


def arguments(command):
    lines, section = [], None
    # Positional ones first, then those without a section, as `adze help` has them.
    order = sorted(shown(command), key=lambda a: (a["kind"] != "positional", a.get("sectionTitle") is not None))
    for argument in order:
        if argument.get("sectionTitle") != section:
            section = argument.get("sectionTitle")
            if section:
                lines += [".PP", r"\fI" + roff(section) + r"\fR"]
        if argument["kind"] == "positional":
            tag = value_name(argument)
        else:
            tag = ", ".join(option_name(name) for name in argument["names"])
            if argument["kind"] == "option":
                tag += " " + value_name(argument)
        if not description(argument):
            fail(f"{command['commandName']}: {argument['valueName']} has no help")
        lines += [".TP", tag, description(argument)]
    return lines


def exit_codes(readme):
    """Of README.md's sentence: Exit codes: 0 done, 64 bad usage, … 130 interrupted."""
    found = re.search(r"Exit codes: (0 [^.]*)\.", readme)
    if not found:
        fail("README.md has no sentence that begins with 'Exit codes: 0'")
    codes = [part.strip().split(" ", 1) for part in found[1].replace("\n", " ").split(",")]
    return [(code, meaning[:1].upper() + meaning[1:] + ".") for code, meaning in codes]


def examples(readme):
    lines = []
    for heading in EXAMPLES:
        found = re.search(rf"^\*\*{re.escape(heading)}\*\* (.*?)^```sh\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
        if not found or "```" in found[1]:
            fail(f"README.md has no part **{heading}** with commands behind it")
        code = found[2]
        for old, new in REPLACED.items():
            code = code.replace(old, new)
        lines += [".PP", roff(heading.rstrip(".") + ":"), ".PP", ".RS 4", ".nf"]
        lines += [roff(line) if line else r"\&" for line in code.rstrip("\n").split("\n")]
        lines += [".fi", ".RE"]
    return lines


def tagged(pairs):
    return [line for tag, text in pairs for line in (".TP", r"\fB" + roff(tag) + r"\fR", flow(text))]


def page(command, readme, seconds, version):
    name = command["commandName"].replace(" ", "-")
    is_server = name != "adze"
    commands = described_below(command)
    date = time.strftime("%Y-%m-%d", time.gmtime(seconds))
    also = "" if is_server else ", adze-h5worker"
    title = command["abstract"].rstrip(".")
    title = title[:1].lower() + title[1:] if is_server else "transformer encoders on an ordinary CPU"
    lines = [
        r'.\" Written by Tools/packaging/man_page.py.', f'.TH {name.upper()} 1 "{date}" "Adze {version}" "Adze"',
        ".SH NAME", roff(name + also) + r" \- " + roff(title), ".SH SYNOPSIS", synopsis(command)]
    for sub in commands:
        lines += [".br", synopsis(sub)]
    lines += [".SH DESCRIPTION"] + paragraphs(command["abstract"] + "\n" + command.get("discussion", ""))[1:]
    lines += [".SH OPTIONS"] + arguments(command)
    if commands:
        lines += [".SH COMMANDS", roff(f"Each also takes --help, and {name} help COMMAND shows its options.")]
    for sub in commands:
        lines += [".SS " + roff(sub["commandName"])]
        lines += [synopsis(sub)] + paragraphs(sub.get("abstract", "") + "\n" + sub.get("discussion", ""))
        lines += arguments(sub)
    lines += [".SH EXIT STATUS"] + tagged(exit_codes(readme))
    lines += [".SH ENVIRONMENT"] + tagged(SERVER_ENVIRONMENT if is_server else ENVIRONMENT)
    lines += [".SH FILES"] + tagged(SERVER_FILES if is_server else FILES)
    if not is_server:
        lines += [".SH EXAMPLES"] + examples(readme)[1:]
    if is_server or any(c["commandName"] == "serve" for c in commands):
        lines += [".SH SEE ALSO", f".BR {'adze' if is_server else 'adze-serve'} (1)".replace("-", r"\-")]
    return "\n".join(lines) + "\n"


def main():
    if len(sys.argv) != 5:
        fail("expected DUMP.json README.md SECONDS VERSION")
    dump, readme, seconds, version = sys.argv[1:]
    with open(dump, encoding="utf-8") as file:
        described = json.load(file)
    if described.get("serializationVersion") != 0:
        fail(f"{dump}: expected serializationVersion 0, found {described.get('serializationVersion')}")
    with open(readme, encoding="utf-8") as file:
        print(page(described["command"], file.read(), int(seconds), version), end="")


main()
