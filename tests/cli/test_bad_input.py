"""Bad input: one clear message that names who, why and what to do; the others go on."""

import signal
import socket
import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from desk import Answer, Desk
from press import Kiosk, Story, picture, rss
from scripted import Server
from scripted import answer as answer_with
from striking import Strike
from watching_proxy import watch

from wp_sync.sandbox.wordpress import WordPress

BEFORE = 20  # seconds, before our own limits end a request: 30 for a page, 300 for the site
STRIP_HEADER = (
    "unset($_SERVER['PHP_AUTH_USER'], $_SERVER['PHP_AUTH_PW'], $_SERVER['HTTP_AUTHORIZATION']);"
)
ENTITY_BOMB = (
    '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "'
    + "lol" * 30
    + '">'
    + "".join(
        f'<!ENTITY {new} "{f"&{old};" * 30}">' for old, new in zip("abcdef", "bcdefg", strict=True)
    )
    + ']><rss version="2.0"><channel><title>&g;</title><item><title>&g;</title></item>'
    + "</channel></rss>"
)
BAD_FEEDS = {
    "gone": ("nothing", "text/plain", 404, ("404",)),
    "a web page": (
        "<!DOCTYPE html><html><body><p>Hello</p></body></html>",
        "text/html",
        200,
        ("page",),
    ),
    "empty": ("", "application/rss+xml", 200, ("empty",)),
    "truncated": (
        '<?xml version="1.0"?><rss version="2.0"><channel><tit',
        "application/xml",
        200,
        (),
    ),
    "an entity bomb": (ENTITY_BOMB, "application/xml", 200, ()),
}


def posts_of(site: WordPress) -> int:
    query = (
        "SELECT count(*) AS n FROM wp_posts WHERE post_type = 'post' AND post_title LIKE 'Story%'"
    )
    return int(site.sql(query)[0]["n"])


def is_one_clear_message(answer: Answer, *words: str) -> bool:
    """Tell whether standard error holds one message with these words, and no traceback."""
    told = answer.err + answer.out
    return "Traceback" not in told and all(word.casefold() in told.casefold() for word in words)


@pytest.mark.parametrize("kind", BAD_FEEDS)
def test_a_bad_feed_fails_alone(
    kind: str, desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """The message names the source and its feed; the other feed's items become posts; exit 1."""
    content, media_type, status, words = BAD_FEEDS[kind]
    bad = kiosk.put("/bad", content, media_type, status)
    good = kiosk.put("/good", rss(Story(number=1), Story(number=2)))
    desk.write(kiosk.source("Bad Paper", bad) + kiosk.source("Good Paper", good))

    answer = desk.run("sync", "--allow", "all")

    assert answer.code == 1
    assert is_one_clear_message(answer, "Bad Paper", bad, *words)
    assert sum("Bad Paper" in line for line in answer.err.splitlines()) == 1
    assert posts_of(fresh_wordpress) == 2


def test_a_feed_that_was_cut_off_gives_what_is_whole(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """Entries before the cut become posts, and the message says that some may be missing."""
    whole = rss(Story(number=1), Story(number=2))
    feed = kiosk.put("/cut", whole[: whole.index("Story 2") + 3])
    desk.write(kiosk.source("Cut Paper", feed))

    answer = desk.run("sync", "--allow", "all")

    assert is_one_clear_message(answer, "Cut Paper")
    assert posts_of(fresh_wordpress) >= 1


def test_a_wrong_password_stops_before_anything(desk: Desk, kiosk: Kiosk) -> None:
    """Exit 3, the user named, no feed asked, and the password nowhere."""
    feed = kiosk.put("/feed", rss(Story(number=1)))
    wrong = replace(desk, password="not-the-right-password")  # noqa: S106
    wrong.write(kiosk.source("Paper", feed))

    answer = wrong.run("sync")

    assert answer.code == 3
    assert is_one_clear_message(answer, "editor", "password")
    assert kiosk.asked == []
    assert "not-the-right-password" not in answer.out + answer.err


def test_a_stripped_header_is_told_from_a_wrong_password(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """The password is right and never arrives: the cure is the web server's."""
    fresh_wordpress.add_mu_plugin("strip", STRIP_HEADER)
    desk.write(kiosk.source("Paper", kiosk.put("/feed", rss(Story(number=1)))))

    answer = desk.run("sync")

    assert answer.code == 3
    assert is_one_clear_message(answer, "Authorization", "RewriteRule")


def test_a_site_that_is_no_wordpress_is_named(desk: Desk, kiosk: Kiosk) -> None:
    """Another kind of site ends the run with what was found there."""
    kiosk.put("/", "<html><title>My shop</title></html>", "text/html")
    other = replace(desk, site=kiosk.url)
    other.write(kiosk.source("Paper", kiosk.put("/feed", rss(Story(number=1)))))

    answer = other.run("sync")

    assert answer.code == 3
    assert is_one_clear_message(answer, kiosk.url, "not a WordPress", "My shop")


def test_an_image_that_is_none_leaves_the_post_without(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """The post goes, the outcome says what the picture was, and nothing is uploaded."""
    fake = kiosk.put("/a.jpg", "<!DOCTYPE html><p>no picture", "image/jpeg")
    feed = kiosk.put("/feed", rss(Story(number=1, picture=fake)))
    desk.write(kiosk.source("Paper", feed))

    answer = desk.sync("--allow", "all")

    (made,) = answer.outcomes("created")
    uploads = fresh_wordpress.sql("SELECT ID FROM wp_posts WHERE post_type = 'attachment'")
    assert answer.code == 0
    assert "not a picture" in made["reason"]
    assert uploads == []


def test_a_category_that_wordpress_refuses_fails_its_posts_only(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """WordPress's own words, the category named; the other channel's posts go; exit 1."""
    refusal = (
        "add_filter('pre_insert_term', fn($term, $taxonomy) => $taxonomy === 'category' &&"
        " $term === 'Forbidden' ? new WP_Error('no_such_term', 'This name is not wanted here.',"
        " ['status' => 400]) : $term, 10, 2);"
    )
    fresh_wordpress.add_mu_plugin("refuse", refusal)
    first = kiosk.source("First", kiosk.put("/1", rss(Story(number=1))))
    second = kiosk.source("Second", kiosk.put("/2", rss(Story(number=2))))
    desk.write(
        first.replace('"news"', '"bad"') + second,
        news='[post]\nstatus = "publish"\n',
        bad='[post]\ncategory = "Forbidden"\n',
    )

    answer = desk.sync("--allow", "all")

    (failed,) = answer.outcomes("failed")
    assert answer.code == 1
    assert "Forbidden" in failed["reason"]
    assert "This name is not wanted here." in failed["reason"]
    assert posts_of(fresh_wordpress) == 1


def test_a_ledger_of_a_newer_version_is_left_alone(desk: Desk, kiosk: Kiosk) -> None:
    """Exit 3; the file stays as it was, byte for byte."""
    desk.write(kiosk.source("Paper", kiosk.put("/feed", rss(Story(number=1)))))
    desk.run("plan")
    ledger = desk.directory / "wp-sync.db"
    with sqlite3.connect(ledger) as database:
        database.execute("UPDATE wp_sync_version SET version_num = '9999_from_the_future'")
    database.close()
    before = ledger.read_bytes()

    answer = desk.run("sync")

    assert answer.code == 3
    assert is_one_clear_message(answer, "wp-sync.db", "newer")
    assert ledger.read_bytes() == before


def test_a_wrong_configuration_names_every_problem_and_touches_nothing(
    desk: Desk, kiosk: Kiosk, tmp_path: Path
) -> None:
    """Exit 2: file, line, key and the nearest valid key; no request, no file."""
    feed = kiosk.put("/feed", rss(Story(number=1)))
    desk.write(
        kiosk.source("Paper", feed).replace("rights", "rihgts"), news='[post]\nstatus = "live"\n'
    )

    answer = desk.run("sync")

    assert answer.code == 2
    assert is_one_clear_message(
        answer, "config.toml:", "rihgts", "'rights'", "news.toml:2", "status"
    )
    assert kiosk.asked == []
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["config.toml"]


def test_two_runs_at_once_are_refused(desk: Desk, kiosk: Kiosk) -> None:
    """The second start leaves with 75 and names the holder."""
    asked, go_on = threading.Event(), threading.Event()

    def serve(connection: socket.socket, head: bytes) -> None:
        asked.set()
        go_on.wait(60)
        answer_with(rss(Story(number=1)).encode())(connection, head)

    server = Server(serve)
    source = kiosk.source("Paper", server.url).replace(kiosk.place, f"127.0.0.1:{server.port}")
    desk.write(source)
    first = desk.start("sync", "--allow", "all")
    assert asked.wait(60)

    answer = desk.run("sync")
    go_on.set()
    first.communicate(timeout=120)
    server.close()

    assert answer.code == 75
    assert is_one_clear_message(answer, str(first.pid))
    assert first.returncode == 0


def count_intents(desk: Desk) -> int:
    with closing(sqlite3.connect(desk.directory / "wp-sync.db")) as ledger:
        return int(ledger.execute("SELECT count(*) FROM intents").fetchone()[0])


def test_an_interrupt_finishes_the_write_in_hand(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """SIGTERM ends with 143 and a clean ledger; the next run makes the rest."""
    shade = kiosk.put("/a.jpg", picture(3), "image/jpeg")
    feed = kiosk.put("/feed", rss(*(Story(number=n, picture=shade) for n in range(40))))
    with watch(fresh_wordpress) as traffic:
        desk = replace(desk, site=traffic.url)
        desk.write(kiosk.source("Paper", feed))
        # The lock and a tag come first, then 25 at once.
        strike = Strike(traffic, 3, signal.SIGTERM)
        strike.end(process := desk.start("sync", "--allow", "all", "--json"))
        begun = posts_of(fresh_wordpress)
        intents = count_intents(desk)
        rest = desk.sync("--allow", "all")

    assert process.returncode == 143
    assert 0 < begun < 40
    assert intents == 0
    assert rest.code == 0
    assert posts_of(fresh_wordpress) == 40


def test_an_interrupt_does_not_wait_for_a_silent_server(desk: Desk) -> None:
    """A feed that never answers does not keep a person, or the machine's shutdown, waiting."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        place = f"127.0.0.1:{silent.getsockname()[1]}"
        desk.write(
            f'[[sources]]\nname = "Silent"\nfeeds = ["http://{place}/feed"]\nto = ["news"]\n'
            f'allow_private = ["{place}"]\n'
        )
        process = desk.start("sync")
        connection, _ = silent.accept()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=BEFORE)
        connection.close()

    assert process.returncode == 130
    assert "interrupted" in err


@pytest.mark.parametrize("where", ["article page", "picture", "site"])
def test_a_signal_ends_a_run_that_only_waits(where: str, desk: Desk, kiosk: Kiosk) -> None:
    """Whatever hangs - a page, a picture, the site itself - a signal ends the run before that."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        place = f"127.0.0.1:{silent.getsockname()[1]}"
        hanging = f"http://{place}/x"
        story = (
            Story(number=1, picture=hanging)
            if where == "picture"
            else Story(number=1, link=hanging)
        )
        rights = 'rights = "feed"' if where == "picture" else 'rights = "full"'
        feed = kiosk.put("/feed", rss(story))
        text = kiosk.source("Paper", feed).replace('rights = "feed"', rights)
        here = replace(desk, site=f"http://{place}") if where == "site" else desk
        here.write(text.replace(f'["{kiosk.place}"]', f'["{kiosk.place}", "{place}"]'))
        process = here.start("sync", "--allow", "all")
        connection, _ = silent.accept()
        process.terminate()
        _, err = process.communicate(timeout=BEFORE)
        connection.close()

    assert process.returncode == 143
    assert "interrupted" in err
    assert "Traceback" not in err
