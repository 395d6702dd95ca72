"""doctor: one ordered list; each failure says its cause and cure, against a real WordPress."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from desk import Answer, Desk
from press import Kiosk, Story, rss

from wp_sync.sandbox.wordpress import WordPress

ORDER = [
    "configuration",
    "password",
    "ledger",
    "site",
    "clock",
    "login",
    "rights",
    "authors",
    "neighbours",
    "contract",
    "schedule",
    "sources",
]


def source(feed: str, kiosk: Kiosk) -> str:
    return (
        f'[[sources]]\nname = "Paper"\nfeeds = ["{feed}"]\nto = ["news"]\n'
        f'allow_private = ["{kiosk.place}"]\n'
    )


def states(answer: Answer) -> dict[str, str]:
    return {one["check"]: one["state"] for one in answer.envelope["data"]["checks"]}


def finding(answer: Answer, check: str) -> str:
    (found,) = (one for one in answer.envelope["data"]["checks"] if one["check"] == check)
    return f"{found['message']} ({found['cure']})" if found["cure"] else str(found["message"])


def as_user(desk: Desk, site: WordPress, login: str) -> Desk:
    password = site.users[login].application_password
    return replace(desk, username=login, password=password)


def files_in(directory: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def test_a_healthy_site_passes_every_check_in_order(guest: Desk, kiosk: Kiosk) -> None:
    """Exit 0, all checks ok, and nothing is written on this machine."""
    guest.write(source(kiosk.put("/feed", rss(Story(number=1))), kiosk))
    before = files_in(guest.directory)

    answer = guest.run("doctor", "--json")

    assert answer.code == 0
    assert list(states(answer)) == ORDER
    assert set(states(answer).values()) == {"ok"}
    assert files_in(guest.directory) == before


def test_people_read_each_failure_once(guest: Desk, kiosk: Kiosk) -> None:
    """A table, a verdict at its end, and no second telling on standard error."""
    guest.write(source(f"{kiosk.url}/none", kiosk))

    answer = guest.run("doctor")

    assert answer.code == 1
    assert answer.out.count("404") == 1
    assert answer.out.splitlines()[-1] == "1 check failed."
    assert answer.err == ""


def test_quiet_tells_failures_only(guest: Desk, kiosk: Kiosk) -> None:
    """--quiet is for scripts: nothing when all is well, the failures otherwise."""
    feed = kiosk.put("/feed", rss(Story(number=1)))
    guest.write(source(feed, kiosk))
    well = guest.run("doctor", "--quiet")
    guest.write(source(f"{kiosk.url}/none", kiosk))

    ill = guest.run("doctor", "--quiet")

    assert (well.code, well.out, well.err) == (0, "", "")
    assert (ill.code, ill.out) == (1, "")
    assert ill.err.startswith(f"Paper: {kiosk.url}/none answered 404")


def test_without_a_configuration_nothing_else_is_reached(guest: Desk) -> None:
    """Exit 2, and the command that writes one."""
    answer = guest.run("doctor", "--json")

    assert answer.code == 2
    assert "wp-sync init" in finding(answer, "configuration")
    assert [state for state in states(answer).values() if state != "not reached"] == ["failed"]


def test_a_wrong_configuration_is_told_with_every_problem(guest: Desk) -> None:
    """Exit 2, with file, line and key of each."""
    guest.write("", news='[post]\nstatus = "live"\n[keep]\nscore = 2.0\n')

    answer = guest.run("doctor", "--json")

    assert answer.code == 2
    assert "news.toml:2: post.status" in finding(answer, "configuration")
    assert "news.toml:4: keep.score" in finding(answer, "configuration")


def no_password(desk: Desk) -> None:
    """Leave it out."""


def readable_password(desk: Desk) -> None:
    file = desk.directory / "secret"
    file.write_text("abcd")
    file.chmod(0o644)
    text = (desk.directory / "config.toml").read_text()
    (desk.directory / "config.toml").write_text(
        text.replace("[site]", '[site]\npassword_file = "secret"')
    )


@pytest.mark.parametrize(
    ("arrange", "word"), [(no_password, "WP_SYNC_PASSWORD"), (readable_password, "chmod 600")]
)
def test_a_missing_or_public_password_is_a_failure(
    arrange: Callable[[Desk], None], word: str, guest: Desk, kiosk: Kiosk
) -> None:
    """Exit 2 with the cure; what needs no password is examined all the same."""
    mute = replace(guest, password="")
    mute.write(source(kiosk.put("/feed", rss(Story(number=1))), kiosk))
    arrange(mute)

    answer = mute.run("doctor", "--json")

    assert answer.code == 2
    assert word in finding(answer, "password")
    assert states(answer) == {
        "configuration": "ok",
        "password": "failed",
        "ledger": "ok",
        "site": "not reached",
        "clock": "not reached",
        "login": "not reached",
        "rights": "not reached",
        "authors": "not reached",
        "neighbours": "not reached",
        "contract": "not reached",
        "schedule": "not reached",
        "sources": "ok",
    }


def test_a_site_that_is_down_is_named(guest: Desk) -> None:
    """Exit 3, its address and the cause."""
    away = replace(guest, site="http://127.0.0.1:9")
    away.write("")

    answer = away.run("doctor", "--json")

    assert answer.code == 3
    assert "127.0.0.1:9" in finding(answer, "site")
    assert "refuses connections" in finding(answer, "site")


def test_another_kind_of_site_is_named(guest: Desk, kiosk: Kiosk) -> None:
    """Exit 3, and what was found there."""
    kiosk.put("/", "<html><title>My shop</title></html>", "text/html")
    other = replace(guest, site=kiosk.url)
    other.write("")

    answer = other.run("doctor", "--json")

    assert answer.code == 3
    assert "My shop" in finding(answer, "site")


def test_a_wrong_password_fails_the_login(guest: Desk) -> None:
    """Exit 3, the user named, the password nowhere."""
    wrong = replace(guest, password="not-the-right-password")  # noqa: S106
    wrong.write("")

    answer = wrong.run("doctor", "--json")

    assert answer.code == 3
    assert "'editor'" in finding(answer, "login")
    assert states(answer)["rights"] == "not reached"
    assert "not-the-right-password" not in answer.out + answer.err


def test_a_role_without_rights_is_told_what_it_lacks(guest: Desk, wordpress: WordPress) -> None:
    """Exit 3: an author may neither make categories nor name another author."""
    author = as_user(guest, wordpress, "author")
    author.write("", news='[post]\ncategory = "Sports"\nauthor = "sarah-taylor"\n')

    answer = author.run("doctor", "--json")

    first, second = finding(answer, "rights").splitlines()
    assert answer.code == 3
    assert first.startswith("author (author) may not make posts of sarah-taylor, as channel news")
    assert "take `author` out of mappings/news.toml" in first
    assert second.startswith("author (author) may not make the category 'Sports' of channel news")
    assert "or make the category in wp-admin" in second


def test_an_author_is_well_with_what_fits_it(guest: Desk, wordpress: WordPress) -> None:
    """Its own posts, and a category that the site has, need no editor."""
    author = as_user(guest, wordpress, "author")
    author.write("", news='[post]\ncategory = "Uncategorized"\nauthor = "author"\n')

    answer = author.run("doctor", "--json")

    assert states(answer)["rights"] == "ok"


def test_a_contributor_is_warned_of_pictures(guest: Desk, wordpress: WordPress) -> None:
    """What makes posts poorer is a warning."""
    contributor = as_user(guest, wordpress, "contributor")
    contributor.write("", news='[post]\nstatus = "pending"\n')

    answer = contributor.run("doctor", "--json")

    assert answer.code == 0
    assert states(answer)["rights"] == "warning"
    assert "may not upload pictures, so posts go without them" in finding(answer, "rights")


def test_code_to_be_copied_stands_below_the_checks(guest: Desk) -> None:
    """In lines of its own; and warnings are counted."""
    guest.write("", news='[post]\npresets = ["yoast"]\n')

    answer = guest.run("doctor")

    lines = answer.out.splitlines()
    assert next(one for one in lines if one.startswith("warning  rights")).endswith("see below")
    assert "<?php" in lines
    assert "}, 99 );" in lines
    assert lines[-1] == "Nothing failed; 1 warning."


def test_an_author_who_is_not_there_is_named(guest: Desk) -> None:
    """Exit 3; those who are there are not."""
    guest.write("", one='[post]\nauthor = "sarah-taylor"\n', two='[post]\nauthor = "nobody-here"\n')

    answer = guest.run("doctor", "--json")

    assert answer.code == 3
    assert "no author nobody-here" in finding(answer, "authors")
    assert "sarah-taylor" not in finding(answer, "authors")


def test_an_administrator_is_warned(guest: Desk, wordpress: WordPress) -> None:
    """A warning fails nothing: exit 0."""
    admin = as_user(guest, wordpress, "admin")
    admin.write("")

    answer = admin.run("doctor", "--json")

    assert answer.code == 0
    assert states(answer)["login"] == "warning"
    assert "role Editor" in finding(answer, "login")


def test_every_bad_feed_is_named(guest: Desk, kiosk: Kiosk) -> None:
    """Exit 1; one bad feed does not hide another."""
    guest.write(
        source(f"{kiosk.url}/one", kiosk)
        + source(f"{kiosk.url}/two", kiosk).replace('"Paper"', '"Gazette"')
    )

    answer = guest.run("doctor", "--json")

    assert answer.code == 1
    assert f"Paper: {kiosk.url}/one" in finding(answer, "sources")
    assert f"Gazette: {kiosk.url}/two" in finding(answer, "sources")


def test_a_feed_that_is_no_file_is_for_the_configuration_to_mend(guest: Desk) -> None:
    """The path as it was looked for, and where it is written."""
    guest.write('[[sources]]\nname = "Paper"\nfeeds = ["no.xml"]\nto = ["news"]\n')

    answer = guest.run("doctor", "--json")

    assert answer.code == 1
    assert f"{guest.directory}/no.xml: No such file" in finding(answer, "sources")
    assert "in the configuration" in finding(answer, "sources")


def test_a_broken_ledger_is_a_failure_of_its_own(guest: Desk) -> None:
    """Exit 3; the site is examined all the same."""
    guest.write("")
    (guest.directory / "wp-sync.db").write_bytes(b"not a database" * 100)

    answer = guest.run("doctor", "--json")

    assert answer.code == 3
    assert "wp-sync.db" in finding(answer, "ledger")
    assert states(answer)["login"] == "ok"


def test_a_ledger_with_items_is_counted(guest: Desk, kiosk: Kiosk) -> None:
    """What a plan remembered is found again."""
    guest.write(source(kiosk.put("/feed", rss(Story(number=1))), kiosk))
    guest.run("plan")

    answer = guest.run("doctor", "--json")

    assert finding(answer, "ledger") == "readable, 1 item"
    with sqlite3.connect(guest.directory / "wp-sync.db") as ledger:
        (items,) = ledger.execute("SELECT count(*) FROM items").fetchone()
    ledger.close()
    assert items == 1
