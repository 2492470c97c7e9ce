"""Runs a program under a pseudo-terminal, as a shell would, and reports.

The one argument is a JSON object:
  argv    the program and its arguments; the environment is this one's
  place   "foreground", "background" (another job has the terminal, which stops
          background jobs that write: `stty tostop`) or "no terminal"
  stdin, stdout, stderr   "terminal", "pipe" (stdin: nothing to read), and for
          stderr also "stdout": the same pipe

Each line on standard input is an order: {"type": TEXT} types the text, {"hang up": true}
closes the terminal, {"pid": true} prints the program's process id. At the end one line
of JSON contains the exit code (negative: the signal), the output of both pipes and of
the screen, and whether the program was stopped.
"""

import fcntl
import json
import os
import pty
import select
import signal
import sys
import termios
import time

LONGEST = 75
STOPPED = 99


def main():
    spec = json.loads(sys.argv[1])
    master, slave = pty.openpty()
    pipes = {name: os.pipe() for name in ("stdout", "stderr")}
    leader = os.fork()
    if leader == 0:
        os.close(master)
        lead(spec, slave, pipes)
    os.close(slave)
    for _, write in pipes.values():
        os.close(write)
    readers = {read: name for name, (read, _) in pipes.items()}
    readers[master] = "screen"
    seen = {name: b"" for name in readers.values()}
    status = watch(leader, master, readers, seen)
    report = {name: text.decode(errors="replace") for name, text in seen.items()}
    print(json.dumps({**report, "status": status, "stopped": status == STOPPED}), flush=True)


def lead(spec, slave, pipes):
    """Makes the leader of the session the program, or the parent of a background job."""
    os.setsid()
    if spec["place"] != "no terminal":
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    if spec["place"] != "background":
        become(spec, slave, pipes)
    flags = termios.tcgetattr(slave)
    flags[3] |= termios.TOSTOP
    termios.tcsetattr(slave, termios.TCSANOW, flags)
    job = os.fork()
    if job == 0:
        os.setpgid(0, 0)
        become(spec, slave, pipes)
    for read, write in pipes.values():
        os.close(read)
        os.close(write)
    _, status = os.waitpid(job, os.WUNTRACED)
    if os.WIFSTOPPED(status):
        os.kill(job, signal.SIGKILL)
        os._exit(STOPPED)
    os._exit(max(os.waitstatus_to_exitcode(status), 0))


def become(spec, slave, pipes):
    pipe = {name: write for name, (_, write) in pipes.items()}
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(slave if spec["stdin"] == "terminal" else nothing, 0)
    os.dup2(slave if spec["stdout"] == "terminal" else pipe["stdout"], 1)
    error = {"terminal": slave, "pipe": pipe["stderr"], "stdout": 1}[spec["stderr"]]
    os.dup2(error, 2)
    os.closerange(3, 100)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.execvp(spec["argv"][0], spec["argv"])


def watch(leader, master, readers, seen):
    """Reads all output until the program and its pipes have ended."""
    deadline = time.monotonic() + LONGEST
    orders, status = b"", None
    open_inputs = set(readers) | {0}
    while status is None or open_inputs & set(readers):
        if time.monotonic() > deadline:
            os.kill(leader, signal.SIGKILL)
            sys.exit(f"hung: {seen}")
        ready, _, _ = select.select(list(open_inputs), [], [], 0.02)
        for source in ready:
            try:
                data = os.read(source, 65536)
            except OSError:  # the screen of a session that has ended
                data = b""
            if not data:
                open_inputs.discard(source)
            elif source == 0:
                orders += data
            else:
                seen[readers[source]] += data
        while b"\n" in orders:
            order, orders = orders.split(b"\n", 1)
            if obey(json.loads(order), leader, master):
                open_inputs.discard(master)
        if status is None:
            ended, code = os.waitpid(leader, os.WNOHANG)
            status = os.waitstatus_to_exitcode(code) if ended else None
    return status


def obey(order, leader, master):
    """Carries out one order; true if the terminal was closed."""
    if "type" in order:
        os.write(master, order["type"].encode())
    if "pid" in order:
        print(json.dumps({"pid": leader}), flush=True)
    if "hang up" in order:
        os.close(master)
        return True
    return False


main()
