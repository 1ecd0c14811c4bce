"""The program's own help: its commands and their options."""
import re
import subprocess


def help_of(program, *words):
    return subprocess.run([program, *words, "--help"], capture_output=True, text=True, check=True, timeout=60,
                          env={"PATH": "/usr/bin:/bin", "NO_COLOR": "1"}).stdout


def commands_of(program):
    """The first words of the lines under `Commands`."""
    part = re.search(r"^Commands:?\n(.*?)(?:\n\n|\Z)", help_of(program), re.M | re.S)
    return re.findall(r"^  ([a-z]+)\b", part.group(1), re.M)


def options_in(text):
    """The long options at the start of lines."""
    return {option for line in text.splitlines() if re.match(r"  +-", line)
            for option in re.findall(r"--[a-z][a-z-]+", line.split("   ")[0])}


def global_options(program):
    return options_in(help_of(program))


def options_of(program, command):
    """All options of the command, the global ones among them."""
    return options_in(help_of(program, command))


def formats_of(program, command):
    """The words that `--format` takes; none: the command has no such option."""
    described = re.search(r"^  --format FMT +(.*(?:\n {10,}.*)*)", help_of(program, command), re.M)
    return set(re.findall(r"`(\w+)`", described.group(1))) if described else set()
