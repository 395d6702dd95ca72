"""What a person sees on a terminal, and what a pipe gets."""

import re
import subprocess

from desk import WP_SYNC, Desk
from press import Kiosk, Story, picture, rss
from terminal import CTRL_C, Terminal, open_terminal

COLOUR = re.compile(r"\x1b\[[0-9;]*[1-9]m")


def at_terminal(desk: Desk, *arguments: str) -> Terminal:
    return open_terminal(desk.directory, *arguments, more={"WP_SYNC_PASSWORD": desk.password})


def write(desk: Desk, kiosk: Kiosk, stories: int, shade: str = "") -> None:
    feed = rss(*(Story(number=n, title=f"Story [{n}]", picture=shade) for n in range(stories)))
    desk.write(
        f'[[sources]]\nname = "Paper"\nfeeds = ["{kiosk.put("/feed", feed)}"]\nto = ["news"]\n'
        f'allow_private = ["{kiosk.place}"]\n'
    )


def test_a_sync_shows_its_progress_and_leaves_a_clean_screen(desk: Desk, kiosk: Kiosk) -> None:
    """Feeds and posts as they land, then the table in colour; the cursor is back at the end."""
    write(desk, kiosk, 3)
    terminal = at_terminal(desk, "sync", "--allow", "all")
    terminal.await_text("Paper: 3 items")
    terminal.await_text("created: Story [")

    code = terminal.end()

    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", terminal.shown)
    table = terminal.shown.rpartition("\x1b[?25h")[2]
    assert code == 0
    assert COLOUR.search(table)
    assert "Story [2]" in table
    assert "\x1b[2K" in terminal.shown  # the bar's line is erased
    assert plain.splitlines()[-1].endswith("1 feed; 3 created.")


def test_a_pipe_gets_neither_colour_nor_progress(desk: Desk, kiosk: Kiosk) -> None:
    """No escape sequence on either channel."""
    write(desk, kiosk, 2)

    answer = desk.run("sync", "--allow", "all")

    assert answer.code == 0
    assert "\x1b" not in answer.out + answer.err
    assert answer.err == ""


def test_ctrl_c_in_the_middle_ends_in_order(desk: Desk, kiosk: Kiosk) -> None:
    """130, one message, no traceback; the next run makes the rest, and nothing twice."""
    write(desk, kiosk, 90, kiosk.put("/a.jpg", picture(3), "image/jpeg"))
    terminal = at_terminal(desk, "sync", "--allow", "all")
    terminal.await_text("created: Story [")
    terminal.type(CTRL_C)

    code = terminal.end()

    rest = desk.sync("--allow", "all")
    assert code == 130
    assert "stopped: interrupted" in terminal.shown
    assert "Traceback" not in terminal.shown
    assert terminal.shown.rfind("\x1b[?25h") > terminal.shown.rfind("\x1b[?25l")
    assert rest.code == 0
    assert 0 < rest.totals["created"] < 90
    assert posts_in_all(desk) == 90


def posts_in_all(desk: Desk) -> int:
    return int(desk.run("status", "--json").envelope["data"]["items"]["published"])


def test_quiet_prints_errors_only(desk: Desk, kiosk: Kiosk) -> None:
    """A healthy run says nothing at all; held items are no error."""
    write(desk, kiosk, 7)

    answer = desk.run("sync", "--quiet")

    assert answer.code == 0
    assert (answer.out, answer.err) == ("", "")


def test_the_version_is_one_line(guest: Desk) -> None:
    """A report of a mistake begins with it."""
    answer = guest.run("--version")

    assert answer.code == 0
    assert re.fullmatch(r"wp-sync \d+\.\d+\.\d+\n", answer.out)


def test_completion_is_offered() -> None:
    """The script for the shell that asks, which is found among the parents."""
    asking = f"{' '.join(WP_SYNC)} --show-completion; exit $?"

    script = subprocess.run(  # noqa: S603 (our own command)
        ("/bin/bash", "-c", asking), capture_output=True, text=True, check=True
    ).stdout

    assert "complete -o default -F _wp_sync_completion wp-sync" in script
