"""Plays somebody at a terminal: terminal.py STEPS PROGRAM ARGUMENT...

TERMINAL_COLUMNS in the environment says how wide the terminal is; otherwise it doesn't say.

STEPS is a list in JSON of [what is waited for, what is typed then]. What the terminal showed goes to standard output; the exit code is the
program's, or 99 where what is waited for never comes.
"""
import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

# So long nothing may come.
PATIENCE = 120

steps = json.loads(sys.argv[1])
child, terminal = pty.fork()
if child == 0:
    os.environ["TERM"] = "xterm"
    if columns := os.environ.get("TERMINAL_COLUMNS"):
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(columns), 0, 0))
    # Whoever runs tests in the background has it ignored.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.execv(sys.argv[2], sys.argv[2:])
shown, seen = b"", 0


def more():
    """Reads on; says whether there was more."""
    global shown
    if not select.select([terminal], [], [], PATIENCE)[0]:
        os.kill(child, signal.SIGKILL)
        return False
    try:
        some = os.read(terminal, 65536)
    except OSError:
        return False
    shown += some
    return bool(some)


def reads_keys():
    """Waits until the program reads keys: before, Ctrl-C is a signal, and afterwards a key."""
    start = time.monotonic()
    while termios.tcgetattr(terminal)[3] & termios.ICANON and time.monotonic() - start < PATIENCE:
        time.sleep(0.01)


missing = None
for wanted, typed in steps:
    while (at := shown.find(wanted.encode(), seen)) < 0 and more():
        pass
    if at < 0:
        missing = wanted
        break
    seen = at + len(wanted.encode())
    if typed == "\x03":
        reads_keys()
    os.write(terminal, typed.encode())
while more():
    pass
_, status = os.waitpid(child, 0)
sys.stdout.buffer.write(shown)
if missing is not None:
    print("\nnever shown:", missing)
    sys.exit(99)
sys.exit(os.waitstatus_to_exitcode(status))
