"""The command line: `python -m companion COMMAND`."""

import argparse
import importlib
import os
import sys

import companion
from companion.commands import COMMANDS
from companion.extras import MissingExtra

INTERRUPTED, NO_READER = 130, 141  # as shells number SIGINT and SIGPIPE


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit status.

    What a user can mend is one line, not a traceback.
    """
    try:
        _run(sys.argv[1:] if arguments is None else arguments)
        return 0
    except BrokenPipeError:
        return NO_READER  # such as `head`, which has seen enough
    except KeyboardInterrupt:
        return _complain("interrupted", INTERRUPTED)
    except (OSError, ValueError, MissingExtra) as error:
        return _complain(str(error))
    except (MemoryError, RuntimeError) as error:
        if not _is_lack_of_memory(error):
            raise
        return _complain(f"out of memory: {error}")
    finally:
        _close_output()


def _run(arguments: list[str]) -> None:
    options = _parser(arguments).parse_args(arguments)
    if not sys.stdout:
        raise OSError("standard output is closed")
    if hasattr(sys.stdout, "reconfigure"):  # where letters cannot be written, escapes
        sys.stdout.reconfigure(errors="backslashreplace")
    options.run(options)
    sys.stdout.flush()


def _parser(arguments: list[str]) -> argparse.ArgumentParser:
    """The parser, with the options of the command that `arguments` begin with."""
    parser = argparse.ArgumentParser(prog="python -m companion", description=__doc__)
    parser.add_argument("--version", action="version", version=companion.__version__)
    commands = parser.add_subparsers(required=True, metavar="command")
    for name, summary in COMMANDS.items():
        if name in arguments[:1]:
            module = f"companion.commands.{name.replace('-', '_')}"
            importlib.import_module(module).add_parser(commands)
        else:
            commands.add_parser(name, help=summary)
    return parser


def _complain(message: str, status: int = 1) -> int:
    print(f"companion: {' '.join(message.splitlines())}", file=sys.stderr)
    return status


def _is_lack_of_memory(error: Exception) -> bool:
    """Tell whether Python, a GPU, or Torch's allocator on the CPU ran out of it."""
    kinds = {"MemoryError", "OutOfMemoryError"}
    return type(error).__name__ in kinds or "DefaultCPUAllocator" in str(error)


def _close_output() -> None:
    """Flush standard output; where nobody reads on, let the rest go nowhere."""
    try:
        if sys.stdout:
            sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
