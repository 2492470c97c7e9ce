"""The man pages, as `man` shows them: without a warning, within 80 columns."""

import harness
from harness import PROGRAM


def check_every_page_is_shown_without_a_warning(home):
    directory = home.root / "man1"
    directory.mkdir()
    home.run([PROGRAM, "man", "--dir", directory])
    pages = sorted(directory.iterdir())
    assert len(pages) > 10, pages
    for page in pages:
        shown = home.run(["man", "--warnings", "-l", page], MANWIDTH="80", MANPAGER="cat")
        assert shown.stderr == "", (page, shown.stderr)
        assert "NAME\n" in shown.stdout and "SYNOPSIS\n" in shown.stdout, shown.stdout
        too_wide = [line for line in shown.stdout.splitlines() if len(line) > 80]
        assert not too_wide, (page, too_wide)


def check_the_page_can_be_piped_to_man(home):
    harness.require("man")
    shown = home.run(["sh", "-c", f"{PROGRAM} man | man --warnings -l -"], MANWIDTH="80", MANPAGER="cat")
    assert shown.stderr == "" and "EXIT STATUS\n" in shown.stdout, shown


if __name__ == "__main__":
    harness.main(globals())
