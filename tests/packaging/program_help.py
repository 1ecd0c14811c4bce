"""What the program itself says that it has: its commands and their options."""
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
    return options_in(help_of(program, command)) - global_options(program)


def formats_of(program, command):
    """The words that `--format` takes."""
    described = re.search(r"^  --format FMT +(.*(?:\n {10,}.*)*)", help_of(program, command), re.M).group(1)
    return set(re.findall(r"`(\w+)`", described))
