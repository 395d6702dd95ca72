"""A site that others have filled: five importers, people, and what only looks like an article."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from press import Story

if TYPE_CHECKING:
    from wp_sync.sandbox.wordpress import WordPress

_SUBJECTS = (
    "bridge harbour ferry tunnel railway station platform carriage conductor timetable signal",
    "orchard apple harvest cider blossom ladder basket frost pollen beehive meadow",
    "glacier summit crevasse ropes helmet altitude avalanche valley shelter compass ascent",
    "violin concert orchestra rehearsal conductor audience melody applause encore gallery stage",
    "lobster trawler captain lighthouse seaweed barnacle anchor current tide market wharf",
    "telescope comet galaxy observatory mirror spectrum eclipse orbit crater nebula dome",
)
_WORDS = "Council of {place} votes on the {thing} question"
DATE = "Mon, 04 May 2026 12:00:00 GMT"


def story(number: int, **more: Any) -> Story:  # noqa: ANN401
    """Write an article of its own: text, title, address."""
    words = _SUBJECTS[number % len(_SUBJECTS)].split()
    title = f"Council of {words[number % 11].title()} {number} votes on the {words[-1]} question"
    text = " ".join(f"{word}{number}" for word in words)
    usual: dict[str, Any] = {"title": title, "body": f"<p>{text}.</p>", "date": DATE}
    usual |= {"guid": f"urn:news.example:{number}"}
    return Story(number=number, **usual | more)


# What each importer leaves: the articles, and how a post of theirs differs from another's.
IMPORTED: dict[str, tuple[Story, ...]] = {
    name: tuple(story(10 * place + n) for n in range(1, 5))
    for place, name in enumerate(
        ("Echo RSS", "WPRA 4", "WPRA 5", "Feedzy", "FeedWordPress", "WPeMatico"), start=1
    )
}
# An editor gave these new headlines since: only the importer's key tells.
RETITLED = {name: stories[3] for name, stories in IMPORTED.items() if name != "WPRA 5"}
TRASHED = (IMPORTED["WPRA 5"][2], IMPORTED["WPeMatico"][2])
NEW = tuple(story(number) for number in (901, 902, 903, 904, 905, 906, 907))
COLUMN = "Morning briefing"  # on the site every day from the first to the fifth of May
LATER_COLUMN = story(950, title=COLUMN, date="Tue, 12 May 2026 06:00:00 GMT")
SAME_DAY_COLUMN = story(951, title=COLUMN, date="Tue, 05 May 2026 18:00:00 GMT")
MENTIONED = story(960)  # a person's post links to it in passing
PAGE_TITLE = NEW[0]  # a page has this title


def keys_of(name: str, one: Story) -> dict[str, str]:
    """Return the custom fields that an importer writes."""
    return {
        "Echo RSS": {
            "echo_post_full_url": one.address,
            "echo_post_url": f"{one.address}?ref=rss",
            "echo_feed_title": "Example News",
        },
        "WPRA 4": {"wprss_item_permalink": one.address, "wprss_feed_id": "12"},
        "WPRA 5": {"_wpra_url": one.address, "_wpra_guid": one.guid, "_wpra_source": "3"},
        "Feedzy": {
            "feedzy_item_url": f"{one.address}?utm_source=rss&utm_medium=feed",
            "feedzy_job": "4",
            "blob": 'O:1:"A":1:{s:4:"\x00*\x00b";i:1;}',  # as serialised objects are
        },
        "FeedWordPress": {
            "syndication_permalink": f"https://proxy.example/~r/{one.number}",
            "syndication_item_hash": "0123456789abcdef",
        },
        "WPeMatico": {"wpe_sourcepermalink": one.address, "wpe_campaignid": "5"},
    }[name]


def _row(name: str, one: Story, *, retitled: bool) -> dict[str, Any]:
    trailer = f'<p><a href="{one.address}">[Read Entire Article]</a></p>'
    linked = name == "Echo RSS" and not retitled
    status = "trash" if one in TRASHED else ("draft" if one is IMPORTED["WPRA 4"][1] else "publish")
    hour = {"Feedzy": "18", "WPRA 4": "20"}.get(name, "12")  # some date a post as they fetch it
    return {
        "title": f"An editor's headline {one.number}" if retitled else one.title,
        "body": one.body + (trailer if linked else ""),
        "excerpt": "" if name == "WPeMatico" else "From the news.",
        "status": status,
        "date": f"2026-05-04 {hour}:00:00",
        "guid": one.guid if name == "FeedWordPress" else "",
        "category": "From FeedWordPress" if name == "FeedWordPress" else "",
        "keys": keys_of(name, one),
    }


_SEED = """
wp_defer_term_counting(true);
$author = wp_insert_user(['user_login' => 'fwp-reporter', 'user_pass' => wp_generate_password(),
    'role' => 'author']);
foreach (json_decode(%s, true) as $row) {
    $id = wp_insert_post(wp_slash(['post_title' => $row['title'], 'post_content' => $row['body'],
        'post_excerpt' => $row['excerpt'], 'post_status' => $row['status'],
        'post_author' => $row['guid'] ? $author : 1, 'guid' => $row['guid'],
        'post_date_gmt' => $row['date'], 'post_date' => $row['date']]));
    if ($row['category']) wp_set_object_terms($id, $row['category'], 'category');
    foreach ($row['keys'] as $key => $value) add_post_meta($id, $key, wp_slash($value));
}
global $wpdb;
$wpdb->query('BEGIN');
$add = function ($title, $body, $date, $status = 'publish', $type = 'post') use ($wpdb) {
    static $n = 0;
    $n++;
    $wpdb->insert($wpdb->posts, ['post_title' => $title, 'post_content' => $body,
        'post_excerpt' => '', 'to_ping' => '', 'pinged' => '', 'post_content_filtered' => '',
        'post_status' => $status, 'post_type' => $type, 'post_author' => 1,
        'post_name' => "by-hand-$n", 'post_date' => $date, 'post_date_gmt' => $date,
        'post_modified' => $date, 'post_modified_gmt' => $date,
        'guid' => home_url("/?p=by-hand-$n")]);
};
[$column, $mentioned, $page, $similar] = json_decode(%s, true);
foreach (range(1, 5) as $day) $add($column, "<p>Our own briefing of day $day with harbour weather"
    . " traffic politics economy culture sports science letters.</p>", "2026-05-0$day 06:00:00");
foreach (range(1, 485) as $n) {
    $passing = $n %% 50 ? '' : "<a href='https://news.example/elsewhere-$n'>as they wrote</a>";
    $add("Our note number $n on local matters", "<p>Text of note $n. $passing</p>",
        sprintf('2026-04-%%02d 09:00:00', $n %% 28 + 1), $n %% 60 ? 'publish' : 'draft');
}
foreach ($similar as $title) $add("Update: $title", '<p>We add to it.</p>', '2026-05-04 12:00:00');
$add('What we read', "<p>See <a href='$mentioned'>this</a>.</p>", '2026-05-04 12:00:00');
$add($page, '<p>A page.</p>', '2026-05-04 12:00:00', 'publish', 'page');
$wpdb->query('COMMIT');
"""


def fill_site(site: WordPress) -> None:
    """Let five importers and people fill a site: some 530 posts and a page."""
    rows = [
        _row(name, one, retitled=RETITLED.get(name) is one)
        for name, stories in IMPORTED.items()
        for one in stories
    ]
    similar = [one.title for one in IMPORTED["Feedzy"]] + [one.title for one in NEW[1:6]]
    told = [COLUMN, MENTIONED.address, PAGE_TITLE.title, similar]
    site.run_php(_SEED % (_quoted(rows), _quoted(told)))


def _quoted(value: object) -> str:
    """Write JSON as a PHP string."""
    text = json.dumps(value).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{text}'"
