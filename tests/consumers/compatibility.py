"""Asks every consumer the same questions, and compares what it does with docs/compatibility.md.

usage: compatibility.py [--quick] [--write] [NAME...]

It needs what `bash .ci/install-consumers` installs. Without `--quick` also those consumers and questions
are asked that take minutes, and `WHOLE=1` must have been set for that script. `--write` writes the page
instead of comparing. A NAME is the beginning of a consumer's name.
"""

import argparse
import contextlib
import os
import pathlib
import sys
import time
import traceback
from concurrent.futures import ThreadPoolExecutor

# boto3 is in an environment of its own.
TARGET = os.environ.get("CARGO_TARGET_DIR") or pathlib.Path(__file__).parents[2] / "target"
PYTHON = pathlib.Path(TARGET).absolute() / "consumers/boto3/bin/python"
if PYTHON.exists() and pathlib.Path(sys.prefix) != PYTHON.parents[1]:
    os.execv(PYTHON, [PYTHON, *sys.argv])

import compatibility_page as page
import harness
import questions
from consumers import CONSUMERS, NEVER_HERE


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("names", nargs="*", metavar="NAME")
    options = parser.parse_args()
    names = [one.name for one in CONSUMERS] + list(NEVER_HERE)
    for unknown in (name for name in options.names if not any(one.startswith(name) for one in names)):
        parser.error(f"no consumer's name begins with {unknown}")
    is_meant = lambda name: any(map(name.startswith, options.names or [""]))
    chosen = [one for one in CONSUMERS if is_meant(one.name)]
    for name, reason in NEVER_HERE.items():
        if is_meant(name):
            harness.not_run(f"{name}: {reason}")
    for consumer in list(chosen):
        reason = consumer.not_here() or options.quick and consumer.is_slow and "it is slow; the whole run has it"
        if reason:
            harness.not_run(f"{consumer.name}: {reason}")
            chosen.remove(consumer)
    asked = questions.QUICK if options.quick else questions.WHOLE
    # Most of the time is waiting: for the starts of programs, and in the whole run for time limits.
    with ThreadPoolExecutor(4 if options.quick else len(CONSUMERS)) as pool:
        answers = list(pool.map(lambda consumer: answers_of(consumer, asked, options.quick), chosen))
    measured = {consumer.name: answer for consumer, answer in zip(chosen, answers) if answer is not None}
    passed = [answer is not None for answer in answers]
    if options.write:
        page.write(measured)
    else:
        passed.append(report("the page agrees", lambda: page.compare(measured)))
    harness.finish(passed)


def answers_of(consumer, asked, is_quick):
    """The answers of a consumer to all questions, or None if one of its checks fails."""
    found = {"version": None}
    started = time.monotonic()
    with contextlib.closing(harness.Home()) as home:

        def ask():
            found["version"] = consumer.its_version()
            consumer.prepare(home)
            for question in asked + ([] if is_quick else questions.ALONE.get(consumer.name, [])):
                questions.forget(home)
                try:
                    found.update(question(home, consumer))
                except Exception as error:
                    raise AssertionError(question.__name__) from error
                finally:
                    questions.end_processes(home)
                    questions.close_browser(home)

        if not report(consumer.name, ask, started):
            return None
    return found


def report(name, check, started=None):
    started = started or time.monotonic()
    try:
        check()
        failure, word = "", "ok    "
    except Exception:
        failure, word = traceback.format_exc(limit=4), "FAILED"
    print(f"{failure}{word} {name} ({time.monotonic() - started:.1f} s)", flush=True)
    return not failure


if __name__ == "__main__":
    main()
