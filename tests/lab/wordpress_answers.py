"""The faults of WordPress's answers (half of the list W): each a scene."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from chaos_rules import Fault, to
from http_answers import answer, split_answer, with_body, with_json
from newsroom import CALM, HURRIED, story
from play import MANY_TRIES, Play, error, look_again, reaches, rest, walked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from chaos_rules import Request
    from checker import Violation

HTML = "text/html; charset=UTF-8"
CRITICAL = "<p>There has been a critical error on this website.</p>"
NO_DATABASE = "<h1>Error establishing a database connection</h1>"
WALL = "<html><title>403 Forbidden</title><body>Blocked by the firewall</body></html>"
WARNING = (
    b"<br />\n<b>Warning</b>:  Undefined variable $x in <b>/x.php</b> on line <b>7</b><br />\n"
)
POSTS = "/wp/v2/posts"


def failure_before_write(play: Play) -> Iterator[Violation]:
    """W1: 500, and nothing was written."""
    replies = (
        answer(500, error(500, "internal_server_error")),
        answer(500, CRITICAL, HTML),
    )
    fault = Fault(name="500 before", forward=False, reply=play.draw.choice(replies))
    play.on_write(fault, times=play.draw.choice((1, 2, None)))
    play.run()
    yield from ()


def failure_after_write(play: Play) -> Iterator[Violation]:
    """W2: 500, and all was written."""
    reply = answer(500, error(500, "internal_server_error"))
    play.on_write(Fault(name="500 after", reply=reply), times=play.draw.choice((1, 2, None)))
    play.run()
    yield from ()


def gateway_after_write(play: Play) -> Iterator[Violation]:
    """W3: the gateway gave up, WordPress did not."""
    status = play.draw.choice((502, 503, 504))
    fault = Fault(name=f"{status} after", reply=answer(status, "<h1>Gateway</h1>", HTML))
    play.on_write(fault, times=play.draw.choice((1, 2, None)))
    play.run()
    yield from ()


def maintenance(play: Play) -> Iterator[Violation]:
    """W4: being updated: core's own 503."""
    reply = answer(503, "<p>Briefly unavailable</p>", HTML, Retry_After="600")
    fault = Fault(name="maintenance", forward=False, reply=reply)
    first = play.draw.randint(1, 16)
    play.notes.append(f"maintenance from request {first}")
    play.rule(fault, first=first, times=play.draw.choice((1, 3, None)))
    play.run()
    yield from ()


def too_many(play: Play) -> Iterator[Violation]:
    """W5: 429; when it passes within the tries, nothing fails."""
    headers = play.draw.choice(({}, {"Retry_After": "1"}, {"Retry_After": "9999"}))
    reply = answer(429, error(429, "too_many"), **headers)
    fault = Fault(name=f"429 {headers}", forward=False, reply=reply)
    times = play.draw.choice((1, 2, None))
    play.on_write(fault, times=times)
    told = play.run(replace(MANY_TRIES, read=20, total=20))
    if times:
        yield from play.expect(not told.error, f"429 for {times} times ended the run")


def firewall(play: Play) -> Iterator[Violation]:
    """W6: one text is refused; that item waits, the others go on."""
    title = f"Story {play.mark}-a1"
    reply = answer(403, WALL, HTML)
    fault = Fault(name="403 for one text", forward=False, reply=reply)
    play.rule(fault, fits=lambda one: bool(one.write) and title.encode() in one.body)
    told = play.run(CALM)
    created = sum(one.status == "created" for one in told.outcomes)
    yield from play.expect(created == 3, f"{created} of 3 others were created")


def password_revoked(play: Play) -> Iterator[Violation]:
    """W7: 401 amid the run: no more writes, one try."""
    reply = answer(401, error(401, "rest_cannot_create", "Sorry, you are not allowed."))
    fault = Fault(name="401", forward=False, reply=reply)
    play.on_write(fault, times=None)
    told = play.run()
    tries = [one for one in play.room.site.log if one.fault == "401"]
    yield from play.expect(len(tries) <= 2, f"{len(tries)} tries with a dead password")
    yield from play.expect(told.error, "the run did not end")


def header_stripped(play: Play) -> Iterator[Violation]:
    """W8: the login never reaches WordPress: an error before the first write."""
    start = play.draw.choice((0, 0, 5, 10))
    fault = Fault(name="Authorization lost", without=("authorization",))
    play.rule(fault, fits=lambda one: one.number > start)
    told = play.run()
    yield from play.expect(told.error or start, "the run went on without a login")


def moved(play: Play) -> Iterator[Violation]:
    """W9: a write is sent elsewhere: an error, and no write counted."""
    target = play.draw.choice(("https://127.0.0.1:9/wp-json/wp/v2/posts", "/wp-json/wp/v2/posts/"))
    fault = Fault(name="301", forward=False, reply=answer(301, "", Location=target))
    play.on_write(fault, times=play.draw.choice((1, None)))
    told = play.run()
    posts = [one for one in told.outcomes if one.status == "created" and not one.wp_id]
    yield from play.expect(not posts, "a redirected write was counted")


def _printed(body: bytes) -> bytes:
    return WARNING + body


ODD_BODIES: tuple[tuple[str, Callable[[bytes], bytes]], ...] = (
    ("a warning before the JSON", _printed),
    ("a byte order mark", lambda body: b"\xef\xbb\xbf" + body),
    ("HTML", lambda _: CRITICAL.encode()),
    ("nothing", lambda _: b""),
    ("half the JSON", lambda body: body[: len(body) // 2]),
    ("51 MB", lambda body: body + b" " * 51 * 2**20),
    ("10,000 deep", lambda _: b"[" * 10_000 + b"]" * 10_000),
    ("a number", lambda _: b"7"),
    ("null", lambda _: b"null"),
)


def odd_answers(play: Play) -> Iterator[Violation]:
    """W10: the answer is not the JSON that it should be."""
    name, change = ODD_BODIES[play.number % len(ODD_BODIES)]
    fault = Fault(name=name, change=lambda whole: with_body(whole, change))
    if play.draw.random() < 0.6:
        play.on_write(fault, times=play.draw.choice((1, None)))
    else:
        first = play.draw.randint(1, 14)
        play.notes.append(f"{name} from request {first}")
        play.rule(fault, first=first, times=play.draw.choice((1, None)))
    play.run(replace(HURRIED, read=10, total=20))
    yield from ()


ODD_IDS: tuple[tuple[str, Callable[[dict[str, Any]], None]], ...] = (
    ("no id", lambda row: row.pop("id")),
    ("the id as text", lambda row: row.update(id=str(row["id"]))),
    ("an id of a list", lambda row: row.update(id=[row["id"]])),
    ("a negative id", lambda row: row.update(id=-row["id"])),
    ("the id 0", lambda row: row.update(id=0)),
    ("an id with a fraction", lambda row: row.update(id=row["id"] + 0.5)),
)


def odd_ids(play: Play) -> Iterator[Violation]:
    """W11: 201 with an id that is none."""
    name, change = ODD_IDS[play.number % len(ODD_IDS)]
    fault = Fault(
        name=name, change=lambda whole: with_json(whole, lambda all_: walked(all_, change))
    )
    play.on_write(fault, POSTS, times=play.draw.choice((1, None)), last=2)
    play.run()
    yield from ()


def damaged_upload(play: Play) -> Iterator[Violation]:
    """W14: bytes change on their way: WordPress refuses them by their sum."""
    fault = Fault(name="damaged upload", alter=lambda body: body[:-1] + bytes([body[-1] ^ 1]))
    play.rule(fault, fits=to("POST", "/wp/v2/media"), times=play.draw.choice((1, 2)))
    play.run(CALM)
    refused = [one for one in play.room.site.log if one.fault]
    yield from play.expect(refused and refused[0].status == 412, "it was not refused")


def too_large(play: Play) -> Iterator[Violation]:
    """W15: the web server, PHP or the disk takes no more."""
    replies = (
        answer(413, "<h1>413 Request Entity Too Large</h1>", HTML),
        answer(500, error(500, "rest_upload_unknown_error", "exceeds the upload_max_filesize")),
        answer(507, "<h1>Insufficient Storage</h1>", HTML),
    )
    reply = replies[play.number % len(replies)]
    path = play.draw.choice(("/wp/v2/media", "/wp/v2/posts"))
    fault = Fault(name=f"too large: {reply[:12].decode()} for {path}", forward=False, reply=reply)
    play.rule(fault, fits=lambda one: bool(one.write) and reaches(one, path), times=1)
    play.notes.append(fault.name)
    play.run(CALM)
    yield from ()


def stale_cache(play: Play) -> Iterator[Violation]:
    """W19: a page cache gives old answers to reads: nothing is doubled."""
    kept: dict[str, bytes] = {}

    def cache(request: Request) -> Fault | None:
        if request.method != "GET" or "/users/me" in request.path:
            return None
        if request.path in kept:
            return Fault(name="from the cache", forward=False, reply=kept[request.path])
        return Fault(name="into the cache", change=lambda whole: keep(request.path, whole))

    def keep(path: str, whole: bytes) -> bytes:
        kept[path] = whole.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1)
        return whole

    play.rule(cache)
    if play.number % 2:
        lost = Fault(name="lost answer", reply=b"", end="close")
        play.room.site.rules.insert(0, play.on_write(lost, POSTS, last=2))
        play.room.site.rules.pop()
    play.run(CALM)
    play.reprint(title=f"Story {play.mark}-a0, new")
    play.run(CALM)
    yield from ()


def replica_lag(play: Play) -> Iterator[Violation]:
    """W20: what was written can't be read yet; an answer is lost meanwhile."""
    empty = answer(200, "[]", X_WP_Total="0", X_WP_TotalPages="0")
    unknown = answer(404, error(404, "rest_post_invalid_id", "Invalid post ID."))
    lost = Fault(name="lost answer", reply=b"", end="close")
    first = play.draw.randint(1, 2)
    play.rule(
        lost, fits=lambda one: one.method == "POST" and reaches(one, POSTS), first=first, times=1
    )

    def lag(request: Request) -> Fault | None:
        if request.method != "GET" or "/wp/v2/posts" not in request.path or not lost_one():
            return None
        alone = request.path.partition("?")[0].rpartition("/")[2].isdigit()
        return Fault(name="not yet there", forward=False, reply=unknown if alone else empty)

    def lost_one() -> bool:
        return any(one.fault == lost.name for one in play.room.site.log)

    play.rule(lag)
    before = play.room.later
    play.run()
    play.room.later = before  # at once again: nothing has settled
    play.room.site.rules.pop(0)
    play.run()
    play.notes.append(f"create {first} lost")
    yield from ()


def closed_api(play: Play) -> Iterator[Violation]:
    """W22: the API is off, elsewhere, or behind the plain address alone."""
    gone = answer(404, "<h1>Not Found</h1>", HTML)
    no_route = answer(404, error(404, "rest_no_route", "No route was found."))
    closed = answer(403, error(403, "rest_disabled", "The REST API is disabled."))
    kind = play.number % 4
    reply = (gone, gone, no_route, closed)[kind]
    path = ("wp-json", "wp-json|rest_route", "wp/v2/posts", "wp-json|rest_route")[kind]
    play.rule(Fault(name="closed", forward=False, reply=reply), fits=to("", path))
    play.notes.append(f"{reply[:12].decode()} for {path}")
    told = play.run(CALM)
    if kind == 0:  # ?rest_route= is open
        yield from play.expect(not told.error, "the plain address was not found")
    else:
        yield from play.expect(told.error and not told.writes, "it went on without an API")


def missing_totals(play: Play) -> Iterator[Violation]:
    """W23: a proxy eats X-WP-Total; or a page is past the end."""

    def strip(whole: bytes) -> bytes:
        head, body = split_answer(whole)
        lines = [one for one in head.split(b"\r\n") if not one.lower().startswith(b"x-wp-")]
        return b"\r\n".join(lines) + b"\r\n\r\n" + body

    past = answer(400, error(400, "rest_post_invalid_page_number", "past the end"))
    faults = (
        Fault(name="no totals", change=strip),
        Fault(name="page past the end", forward=False, reply=past),
    )
    fault = faults[play.number % 2]
    first = play.draw.randint(1, 3)
    fits = to("GET", "/wp/v2/(posts|categories|tags|media)")
    play.rule(fault, fits=fits, first=first, times=play.draw.choice((1, None)))
    play.notes.append(f"{fault.name} from list {first}")
    play.run()
    yield from ()


def slow_writes(play: Play) -> Iterator[Violation]:
    """W27: every write takes its time: it is waited for."""
    more = (story(f"{play.mark}-b{number}", number) for number in range(8))
    play.room.print("b", *more)
    play.rule(Fault(name="slow", wait=0.15), fits=to("WRITE"))
    told = play.run(CALM)
    yield from play.expect(not told.error, "a slow site ended the run")
    yield from look_again(play)
    yield from rest(play)


def database_down(play: Play) -> Iterator[Violation]:
    """W29: a page of HTML in place of every answer, from some moment on."""
    fault = Fault(name="no database", forward=False, reply=answer(500, NO_DATABASE, HTML))
    first = play.draw.randint(1, 18)
    play.notes.append(f"no database from request {first}")
    play.rule(fault, first=first, times=play.draw.choice((1, 4, None)))
    play.run()
    yield from ()
