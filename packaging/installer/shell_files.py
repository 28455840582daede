"""Completion for bash and zsh and the manual page, made of the commands' own arguments."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Iterator
from dataclasses import dataclass

from product import SUMMARY, version


@dataclass(frozen=True, slots=True)
class CommandArguments:
    """A command with its options.

    Attributes:
        name, help: of the command.
        options: (names, help) of each option.
        actions: what comes after the command, such as `weights list`.
    """

    name: str
    help: str
    options: tuple[tuple[tuple[str, ...], str], ...]
    actions: tuple[str, ...] = ()


def commands() -> Iterator[CommandArguments]:
    """All commands with their options, as the program itself knows them."""
    from vosapp.cli.app import COMMANDS

    for command in COMMANDS:
        parser = argparse.ArgumentParser(command.name)
        importlib.import_module(f"vosapp.cli.{command.module or command.name}").configure(parser)
        options, actions = [], []
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                actions += list(action.choices)
            elif action.option_strings:
                options.append((tuple(action.option_strings), _help_of(parser, action)))
        yield CommandArguments(command.name, command.help, tuple(options), tuple(actions))
    yield CommandArguments(
        "demo",
        "play the main job on the demo shot",
        ((("--out",), "folder of the results"), (("--engine",), "engine to propagate with")),
    )


def _help_of(parser: argparse.ArgumentParser, action: argparse.Action) -> str:
    text = parser._get_formatter()._expand_help(action) if action.help else ""
    return " ".join(text.split())


def bash() -> str:
    """The completion for bash."""
    known = list(commands())
    cases = []
    for command in known:
        words = [*command.actions, *(name for names, _ in command.options for name in names)]
        cases.append(f'        {command.name}) words="{" ".join(words)}" ;;')
    names = " ".join(command.name for command in known)
    return "\n".join(
        [
            "# Completion of vosapp for bash.",
            "_vosapp() {",
            '    local current="${COMP_WORDS[COMP_CWORD]}" words=""',
            "    COMPREPLY=()",
            '    case "${COMP_WORDS[1]}" in',
            *cases,
            "    esac",
            '    if [ "$COMP_CWORD" -eq 1 ]; then',
            f'        words="{names} --help --version"',
            '    elif [ "${current#-}" = "$current" ] && [ "$COMP_CWORD" -gt 2 ]; then',
            '        words=""',
            "    fi",
            '    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current"; compgen -f -- "$current")',
            "}",
            "complete -o filenames -F _vosapp vosapp",
            "",
        ]
    )


def zsh() -> str:
    """The completion for zsh."""
    known = list(commands())
    lines = ["#compdef vosapp", "# Completion of vosapp for zsh.", "_vosapp() {", "  local -a commands", "  commands=("]
    lines += [f"    '{command.name}:{_plain(command.help)}'" for command in known]
    lines += [
        "  )",
        "  if (( CURRENT == 2 )); then",
        "    _describe 'command' commands",
        "    _files",
        "    return",
        "  fi",
        "  case $words[2] in",
    ]
    for command in known:
        options = [f"'{name}[{_plain(help_)}]'" for names, help_ in command.options for name in names]
        first = [f"'1:action:({' '.join(command.actions)})'"] if command.actions else []
        lines.append(
            f"    {command.name}) shift words; (( CURRENT-- )); "
            f"_arguments {' '.join([*options, *first])} '*:file:_files' ;;"
        )
    return "\n".join([*lines, "  esac", "}", '_vosapp "$@"', ""])


def manual(date: str) -> str:
    """The manual page.

    Args:
        date: of the release, YYYY-MM-DD.
    """
    lines = [
        f'.TH VOSAPP 1 "{date}" "vosapp {version()}" "User Commands"',
        ".SH NAME",
        f"vosapp \\- {_roff(SUMMARY)}",
        ".SH SYNOPSIS",
        ".B vosapp",
        r"[\fICLIP\fR|\fIPROJECT\fR]",
        ".br",
        ".B vosapp",
        r"\fICOMMAND\fR [\fIARGUMENTS\fR]",
        ".SH DESCRIPTION",
        "Without a command, the window opens, with the clip or project when one is named. "
        "The commands do the same jobs without a window.",
        ".SH COMMANDS",
    ]
    for command in commands():
        lines += [".TP", f".B {command.name}", f"{_roff(command.help)}."]
        for names, help_ in command.options:
            if "-h" not in names:
                lines += [".RS", ".TP", f".B {_roff(', '.join(names))}", _roff(help_) or "\\&", ".RE"]
    lines += [
        ".SH EXIT STATUS",
        "0 done; 1 something that one line on standard error tells how to mend; 2 wrong usage; 130 cancelled.",
        ".SH FILES",
        ".TP",
        ".I ~/.local/share/vosapp",
        "Settings, imported weights, unsaved projects, backups, crash reports. Removing the package leaves it alone.",
        ".SH ENVIRONMENT",
        ".TP",
        ".B VOSAPP_DATA_DIR",
        "Another folder for the same.",
        ".SH SEE ALSO",
        r"\fBvosapp doctor\fR says what works on this computer.",
        "",
    ]
    return "\n".join(lines)


def _plain(text: str) -> str:
    for letter, other in (("'", "’"), ("[", "("), ("]", ")"), (":", " ")):
        text = text.replace(letter, other)
    return text


def _roff(text: str) -> str:
    escaped = text.replace("\\", r"\e").replace("-", r"\-")
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped
