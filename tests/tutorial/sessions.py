"""Sessions of a document: lines after a prompt are commands, all lines up to the next one their output."""
import subprocess

PROMPTS = ("$ ", "# ")


def commands_of(session, prompts=PROMPTS):
    """(prompt, command) for each command of a session, with its continuation lines: those after a
    backslash or a pipe."""
    commands = []
    for line in session.splitlines():
        prompt = next((each for each in prompts if line.startswith(each)), None)
        if commands and commands[-1][1].endswith(("\\", "|")):
            commands[-1] = (commands[-1][0], commands[-1][1] + "\n" + line)
        elif prompt:
            commands.append((prompt, line[len(prompt):]))
    return commands


def said(command, folder, environment):
    """The output of a command, of both streams."""
    return subprocess.run(["bash", "-c", command], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, text=True).stdout
