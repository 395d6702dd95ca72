"""A site with traps, articles full of attacks that wp-sync published there, and who looks at them.

The feeds are real ones, on loopback; the command is the real one, and logs in as an administrator,
whose HTML WordPress does not filter.
"""

from __future__ import annotations

import html
import io
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests
from desk import Answer
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from desk import Desk
    from press import Kiosk

    from wp_sync.sandbox.wordpress import WordPress

PLUGIN = (Path(__file__).parent / "attack_traps.php").read_text("utf-8")
_PATIENCE = 1800.0  # seconds
ITEMS = 250  # a feed: more would be cut
FULL = """
update_option('posts_per_page', 100);
set_theme_mod('display_excerpt_or_full_post', 'full');
foreach (['edit_post_per_page', 'edit_post_tag_per_page', 'upload_per_page'] as $name) {
    update_user_option(1, $name, 500, true);
}
$calm = ['core/edit-post' => ['welcomeGuide' => false], '_modified' => '2100-01-01'];
update_user_option(1, 'persisted_preferences', $calm);
"""
GATHER = """
wp_set_current_user(1);
kses_init();
$parts = [[]];
$length = 0;
foreach (array_map('get_post', %s) as $post) {
    // 65,535 bytes are the most that a title or an excerpt has room for (wp_posts, TEXT).
    $own = max(strlen($post->post_title), strlen($post->post_excerpt)) + 1;
    if (($length += $own) > 60000) {
        $parts[] = [];
        $length = $own;
    }
    $parts[array_key_last($parts)][] = $post;
}
foreach ($parts as $part) {
    $made = wp_insert_post(wp_slash([
        'post_title' => implode(' ', array_column($part, 'post_title')),
        'post_content' => implode("\\n\\n", array_column($part, 'post_content')),
        'post_excerpt' => implode(' ', array_column($part, 'post_excerpt')),
        'post_status' => 'publish',
    ]), true);
    echo is_wp_error($made) ? $made->get_error_code() : $made, ' ';
}
"""
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"'
)
_ATTRIBUTION = 'attribution = "By {byline}, {source.name}. [Read Entire Article]({url})"'
PLAIN = "A day in spring"


@dataclass(slots=True, kw_only=True)
class Entry:
    """One item of a feed; what is given is HTML, as a hostile publisher writes it."""

    number: int
    link: str = ""
    title: str = ""
    body: str = ""
    summary: str = "<p>The day began with rain, and it ended with sun over all of the harbour.</p>"
    author: str = "Ann Reed"
    label: str = ""
    picture: str = ""


def both(markup: str) -> str:
    """Write an attack escaped, as feeds write plain text, and as it is."""
    return f"{html.escape(markup)} {markup}"


def _everywhere(entry: Entry, markup: str) -> None:
    alt = html.escape(markup)
    entry.title, entry.summary, entry.author = both(markup), both(markup), both(markup)
    entry.label = markup
    entry.body = (
        f'<figure><img src="{entry.picture}" alt="{alt}"><figcaption>{html.escape(markup)}'
        f"</figcaption></figure>{markup}<figure><figcaption>{markup}</figcaption></figure>"
    )
    _link(entry, markup)


def _title(entry: Entry, markup: str) -> None:
    entry.title = both(markup)


def _body(entry: Entry, markup: str) -> None:
    entry.body = markup


def _summary(entry: Entry, markup: str) -> None:
    entry.summary, entry.body = markup, ""


def _excerpt(entry: Entry, markup: str) -> None:
    entry.summary = both(markup)


def _author(entry: Entry, markup: str) -> None:
    entry.author = both(markup)


def _caption(entry: Entry, markup: str) -> None:
    entry.body = (
        f'<p>Words.</p><figure><img src="{entry.picture}" alt=""><figcaption>'
        f"{both(markup)}</figcaption></figure>"
    )


def _alt(entry: Entry, markup: str) -> None:
    entry.body = f'<p>Words.</p><p><img src="{entry.picture}" alt="{html.escape(markup)}"></p>'


def _link(entry: Entry, markup: str) -> None:
    entry.link += "?q=" + re.sub(r"\s+", "%20", markup)[:1500]


# Where an attack stands in an item, by the field that it comes to on the site.
PLACES: dict[str, Callable[[Entry, str], None]] = {
    "body": _body,
    "summary": _summary,
    "excerpt": _excerpt,
    "title": _title,
    "author": _author,
    "term": _author,
    "caption": _caption,
    "alt": _alt,
    "link": _link,
}
EVERYWHERE: dict[str, Callable[[Entry, str], None]] = {"everywhere": _everywhere}
TAGGED = frozenset({"term"})  # the byline becomes a tag
PICTURED = frozenset({"everywhere", "alt", "caption"})


def _rss(entries: Sequence[Entry]) -> str:
    text = "".join(map(_item, entries))
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0" {_NAMESPACES}><channel>'
        f"<title>Hostile News</title><link>https://news.example/</link>{text}</channel></rss>"
    )


def _item(entry: Entry) -> str:
    parts = {
        "title": f"{entry.number} {entry.title or PLAIN}",
        "link": entry.link,
        "description": entry.summary,
        "content:encoded": entry.body,
        "dc:creator": entry.author,
        "category": entry.label,
        "pubDate": "Mon, 04 May 2026 12:00:00 GMT",
    }
    written = "".join(
        f"<{name}>{html.escape(_NOT_XML.sub('', text), quote=False)}</{name}>"
        for name, text in parts.items()
        if text
    )
    picture = ""
    if entry.picture:
        picture = f'<enclosure url="{entry.picture}" type="image/png" length="9"/>'
    return f"<item>{written}<guid isPermaLink='false'>{entry.number}</guid>{picture}</item>"


def _picture(number: int) -> bytes:
    out = io.BytesIO()
    shade = (number * 2654435761) % 2**24
    colours = shade >> 16, shade >> 8 & 255, shade & 255
    Image.new("RGB", (320, 180), colours).save(out, "PNG")
    return out.getvalue()


@dataclass(slots=True, kw_only=True)
class AttackedSite:
    """A WordPress with traps, and its publisher's feeds."""

    site: WordPress
    kiosk: Kiosk
    desk: Desk
    titles: dict[int, str] = field(default_factory=dict)  # number -> name of the attack

    def arm(self) -> None:
        """Set the traps, and make the site show all it has on few pages."""
        self.site.add_mu_plugin("traps", PLUGIN)
        self.site.run_php(FULL)

    def publish(
        self,
        attacks: Sequence[tuple[str, str]],
        places: dict[str, Callable[[Entry, str], None]],
        pictures: int = 20,
        form: str = "",
    ) -> Answer:
        """Give every attack out once a place, and sync; `pictures`: so many items have one."""
        sources, channels, number = "", {}, 0
        step = max(len(attacks) // max(pictures, 1), 1)
        for place, put in places.items():
            entries = []
            for index, (name, markup) in enumerate(attacks):
                number += 1
                self.titles[number] = f"{place}: {name}"
                entry = Entry(number=number, link=f"{self.kiosk.url}/story/{number}")
                if place in PICTURED:
                    entry.picture = f"{self.kiosk.url}/picture/{number if index % step == 0 else 0}"
                    path = entry.picture.removeprefix(self.kiosk.url)
                    self.kiosk.put(path, _picture(number), "image/png")
                put(entry, markup)
                entries.append(entry)
            feeds = [
                self.kiosk.put(f"/{place}/{start}", _rss(entries[start : start + ITEMS]))
                for start in range(0, len(entries), ITEMS)
            ]
            sources += self.kiosk.source(f"News {place}", *feeds).replace('"news"', f'"{place}"')
            tags = '["{byline}"]' if place in TAGGED else "[]"
            channels[place] = (
                f'[post]\nstatus = "publish"\ncategory = "{place}"\ntags = {tags}\n{form}'
                f"{_ATTRIBUTION}\n"
            )
        limits = "[safety]\nnew_per_feed = 5000\nchanges = 100000\nshare = 1.0\n"
        self.desk.write(sources, limits, **channels)
        return self._sync()

    def _sync(self) -> Answer:
        """Run the real command to its end, which takes longer than an editor would wait."""
        process = self.desk.start("sync", "--json", "--allow", "all")
        out, err = process.communicate(timeout=_PATIENCE)
        return Answer(code=process.returncode, out=out, err=err)

    def trapped(self) -> list[list[str]]:
        """Tell what WordPress did: what, with what, at which address."""
        log = self.site.directory / "attacks.log"
        lines = log.read_text("utf-8").splitlines() if log.is_file() else []
        log.unlink(missing_ok=True)
        deeds: list[list[str]] = [json.loads(line) for line in lines]
        # The dashboard asks for WordPress's own news, as late as it likes.
        return [deed for deed in deeds if "action=dashboard-widgets" not in deed[-1]]

    def rows(self, query: str) -> list[dict[str, Any]]:
        return self.site.sql(query)

    def posts(self) -> list[int]:
        """List the articles, in the order of their attacks."""
        query = "SELECT ID, post_title FROM wp_posts WHERE post_type = 'post'"
        rows = self.rows(f"{query} AND post_status = 'publish'")
        numbers = {int(row["ID"]): re.match(r"\d+", str(row["post_title"])) for row in rows}
        return sorted(numbers, key=lambda post: int(found[0]) if (found := numbers[post]) else 0)

    def picture_addresses(self) -> set[str]:
        """List the addresses of pictures in what is stored."""
        bodies = self.rows("SELECT post_content FROM wp_posts WHERE post_type = 'post'")
        found = (re.findall(r'<img [^>]*?src="([^"]+)"', row["post_content"]) for row in bodies)
        return {html.unescape(address) for addresses in found for address in addresses}

    def gather(self, posts: Sequence[int]) -> list[int]:
        """Put what is stored of many articles into few, so that an editor opens them all."""
        made = self.site.run_php(GATHER % json.dumps(list(posts))).split()
        assert made, f"nothing was made of {len(posts)} articles"
        assert all(one.isdigit() for one in made), made
        return [int(one) for one in made]

    def write_past_us(self, **values: str) -> int:
        """Write a post as it is, as an administrator may; return its id."""
        auth = ("admin", self.site.users["admin"].application_password)
        address = f"{self.site.url}/wp-json/wp/v2/posts"
        given = {"status": "publish", **values}
        answer = requests.post(address, json=given, auth=auth, timeout=60)
        return int(answer.json()["id"])

    def attack_of(self, post: int) -> str:
        """Name the attack of an article by the number that its title begins with."""
        query = f"SELECT post_title FROM wp_posts WHERE ID = {post:d}"  # noqa: S608 (a number)
        (row,) = self.rows(query)
        number = re.match(r"\d+", str(row["post_title"]))
        return self.titles.get(int(number[0]), "") if number else ""

    def address(self, post: int) -> str:
        return f"{self.site.url}/?p={post}"


def shown(text: str) -> str:
    """Read the words and brackets of a text, which WordPress's typography leaves alone."""
    return " ".join(re.findall(r"\w+|[\[\]]", text))
