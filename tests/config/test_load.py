"""load_config: config.toml x mappings/*.toml -> a Config, or every problem at once."""
# ruff: noqa: E501 (one wrong configuration a line)

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from written_site import GOLF, HOCKEY, MAIN, problems_of, source, write_site

from wp_sync.config import load_config
from wp_sync.errors import ConfigError

REPOSITORY = Path(__file__).parents[2]

WRONG = [
    ("unknown key", "g", '[post]\ncategroy = "Golf"', "2: post.categroy: there is no such key, did you mean 'category'?"),
    ("key of another table", "g", '[keep]\nstatus = "draft"', "2: keep.status: there is no such key here: it belongs under [post]"),
    ("top key below a table", "g", '[post]\nabout = "golf"', "2: post.about: there is no such key here: it belongs at the top"),
    ("unknown table", "g", "[posts]\n", "1: posts: there is no such key, did you mean 'post'?"),
    ("name of a channel", "g", 'name = "golf"\n', "1: name: there is no such key: valid here are about"),
    ("wrong word", "g", '[post]\nstatus = "publsh"', "2: post.status: must be 'draft', 'pending' or 'publish', not 'publsh', did you mean 'publish'?"),
    (
        "labels within a tag",
        "g",
        '[post]\ntags = ["News {labels}"]',
        '2: post.tags.0: must be "{labels}" and nothing else',
    ),
    (
        "unknown key of terms",
        "g",
        '[post.terms]\nsynonym = { NHL = "Hockey" }',
        "2: post.terms.synonym: there is no such key, did you mean 'synonyms'?",
    ),
    (
        "synonym for nothing",
        "g",
        '[post.terms]\nsynonyms = { NHL = "!" }',
        "2: post.terms.synonyms.NHL: holds no word",
    ),
    (
        "author by something else",
        "g",
        '[post]\nauthor = { from = "title" }',
        '2: post.author: as a table needs from = "byline"',
    ),
    (
        "unknown key of author",
        "g",
        '[post]\nauthor = { from = "byline", tabel = { A = "b" } }',
        "2: post.author.tabel: there is no such key, did you mean 'table'?",
    ),
    ("number for text", "g", "[post]\n\nauthor = 7", "3: post.author: must be text in quotes, not 7"),
    ("text for list", "g", '[post]\ntags = "Golf"', "2: post.tags: must be a list, such as [\"one\", \"two\"], not 'Golf'"),
    ("entry of a list", "g", '[post]\ntags = [\n  "Golf",\n  7,\n]', "4: post.tags.1: must be text in quotes, not 7"),
    ("value for table", "g", 'about = "x"\npost = "Golf"', "2: post: must be a table with keys of its own, not 'Golf'"),
    ("age without unit", "g", "[keep]\nmax_age = 14", '2: keep.max_age: is a time span: a number and a unit, such as "120s", "6h" or "14d": "14d" for 14 days'),
    ("age of nothing", "g", '[keep]\nmax_age = "0d"', "2: keep.max_age: is a time span"),
    ("score above one", "g", 'about = "golf"\nkeep = { score = 50 }', "2: keep.score: must be at most 1, not 50"),
    ("score without about", "g", "keep.score = 0.5", "1: keep.score: nothing fits a channel that has no `about`"),
    ("empty word", "g", '[drop]\nwords = ["coupon", ""]', "2: drop.words.1: holds no word: an empty rule would match everything"),
    ("empty phrase", "g", 'about = ["golf", " - "]', "1: about.1: holds no word"),
    ("selector of everything", "g", '[clean]\nremove = ["*"]', "2: clean.remove.0: matches everything"),
    ("hidden selector of everything", "g", '[clean]\nremove = ["p, :not(.body)"]', "2: clean.remove.0: matches everything"),
    ("broken selector", "g", '[clean]\nremove = ["p["]', "2: clean.remove.0: is not a CSS selector: "),
    ("unknown placeholder", "g", '[post]\ntags = ["{sorce.name}"]', "2: post.tags.0: does not know {sorce.name}, did you mean {source.name}?"),
    ("open brace", "g", '[post]\nattribution = "{title"', "2: post.attribution: has a brace that is not closed"),
    ("slug without identity", "g", '[post]\nslug = "{source.name}"', "2: post.slug: must hold {title} or {key}"),
    ("slug with the key in front", "g", '[post]\nslug = "{key}-{title}"', "2: post.slug: must end in {key}"),
    ("no key and no link", "g", '[post]\nslug = "{title}"\nattribution = "{source.name}"', "3: post.attribution: without {key} a post is found again by its source link"),
    ("hole in a path", "g", '[post]\ncategory = "Sports > "', "2: post.category: has an empty name in its path"),
    ("to in a mapping", "g", '[[sources]]\nname = "A"\nfeeds = ["a.xml"]\nto = ["hockey"]', "4: sources.0.to: a source in a mapping goes to its channel, 'golf'"),
    ("sources as a table", "g", "[sources]\nname = 'A'", "1: sources: is a list of tables: write [[sources]]"),
    ("broken TOML", "g", 'about = "golf"\n[post\n', "2: is not TOML: expected ']' at the end of a table declaration"),
    ("open string", "g", '# one\nabout = """golf\n', "2: is not TOML: unterminated string"),
    ("missing tables", "c", "[ledger]\n", "site.url: is missing\nconfig.toml: site.username: is missing\nconfig.toml: fetch.contact: is missing"),
    ("missing key", "c", MAIN.replace('username = "wp-sync"\n', ""), "1: site.username: is missing"),
    ("site with a password", "c", MAIN.replace("https://example", "https://u:p@example"), "2: site.url: must not carry a user name or a password"),
    ("site without scheme", "c", MAIN.replace("https://example", "example"), "2: site.url: is not a web address"),
    ("password in the file", "c", MAIN.replace("[fetch]", 'password = "abcd"\n[fetch]'), "5: site.password: there is no such key, did you mean 'password_file'?"),
    ("settle too short", "c", MAIN.replace("[fetch]", 'settle = "0s"\n[fetch]'), "5: site.settle: is a time span"),
    ("too many connections", "c", MAIN.replace("[fetch]", "connections = 5\n[fetch]"), "5: site.connections: must be at most 4, not 5"),
    ("share of a share", "c", MAIN + "[safety]\nshare = 30\n", "13: safety.share: must be at most 1, not 30"),
    ("not a whole number", "c", MAIN + "[safety]\nchanges = 1.5\n", "13: safety.changes: must be a whole number, not 1.5"),
    ("unknown table of the site", "c", MAIN + "[default]\n", "12: default: there is no such key, did you mean 'defaults'?"),
    ("ambiguous default", "c", MAIN + '[defaults]\nwords = ["x"]\n', "13: defaults.words: more than one table of a channel has this key: write it under [defaults.keep] or [defaults.drop]"),
    ("unknown default", "c", MAIN + '[defaults]\nstats = "draft"\n', "13: defaults.stats: there is no such key, did you mean 'status'?"),
    ("wrong flat default", "c", MAIN + '[defaults]\nstatus = "live"\n', "13: defaults.status: must be 'draft', 'pending' or 'publish', not 'live'"),
    ("wrong default in a table", "c", MAIN + '[defaults.drop]\nwords = ["x", 3]\n', "13: defaults.drop.words.1: must be text in quotes, not 3"),
    ("unknown channel", "c", source(to='["gofl"]'), "11: sources.0.to.0: there is no channel 'gofl', did you mean 'golf'?"),
    ("no channel", "c", source(to="[]"), "11: sources.0.to: names no channel in `to`: golf"),
    ("unknown otherwise", "c", source(otherwise='"hodl"'), "12: sources.0.otherwise: must be hold, drop or a channel, not 'hodl', did you mean 'hold'?"),
    ("no licence", "c", source(rights='"full"'), '12: sources.0.rights: rights = "full" needs a licence'),
    ("unknown rights", "c", source(rights='"ful"'), "12: sources.0.rights: must be 'title', 'excerpt', 'feed' or 'full', not 'ful', did you mean 'full'?"),
    ("no feeds", "c", source(feeds="[]"), "10: sources.0.feeds: must name at least one"),
    ("feed of another scheme", "c", source(feeds='["ftp://wire.example/rss"]'), "10: sources.0.feeds.0: is not a web address"),
    ("feed with a password", "c", source(feeds='["https://u:p@wire.example/"]'), "10: sources.0.feeds.0: must not carry"),
    ("private host without port", "c", source(allow_private='["10.0.0.5"]'), "12: sources.0.allow_private.0: is one host and one port"),
    ("private network", "c", source(allow_private='["*:8080"]'), "12: sources.0.allow_private.0: is one host and one port"),
    ("same feed twice", "c", MAIN + '[[sources]]\nname = "B"\nto = ["golf"]\nfeeds = ["http://WIRE.example/rss/"]\n', "15: sources.1.feeds.0: the same feed as in 'Wire'"),
    ("unknown fate of a repeat", "c", MAIN + '[duplicates]\nsame = "hodl"\n', "13: duplicates.same: must be 'hold', 'drop', 'list' or 'publish', not 'hodl', did you mean 'hold'?"),
    ("window too long", "c", MAIN + '[duplicates]\nwindow = "60d"\n', "13: duplicates.window: must be at most 31 days, not 60 days"),
    ("unknown rule of the lead", "c", MAIN + '[duplicates]\nlead = ["fullest", "fist"]\n', "13: duplicates.lead.1: must be 'preferred', 'fullest' or 'first', not 'fist', did you mean 'first'?"),
    ("rule of the lead twice", "c", MAIN + '[duplicates]\nlead = ["first", "first"]\n', "13: duplicates.lead: must name at least one, and each once"),
    ("priority in words", "c", source(priority='"high"'), "12: sources.0.priority: must be a whole number, not 'high'"),
    ("same name twice", "c", MAIN + '[[sources]]\nname = "wire"\nto = ["golf"]\nfeeds = ["b.xml"]\n', "13: sources.1.name: another source is called 'Wire' already"),
    ("quiet hours of a day", "g", '[pacing]\nquiet = "22:00-22:00"', "2: pacing.quiet: begins when it ends"),
    ("quiet hours of no clock", "g", '[pacing]\nquiet = "22-6"', '2: pacing.quiet: is a stretch of the day, such as "22:00-06:00"'),
    ("unknown spread", "g", '[pacing]\nspread = "later"', "2: pacing.spread: must be 'wait' or 'schedule', not 'later'"),
    ("posts before the run", "g", "[pacing]\nper_hour = -1", "2: pacing.per_hour: must be at least 0, not -1"),
    ("scheduled for months", "g", '[pacing]\nahead = "9w"', "2: pacing.ahead: must be at most 7 days, not 63 days"),
    ("oldest date in words", "g", '[post]\ndate_oldest = "2010"', "2: post.date_oldest: must be a date without quotes, such as 2010-01-31, not '2010'"),
    ("unknown time zone", "c", MAIN.replace("[fetch]", 'time_zone = "America/Torono"\n[fetch]'), "5: site.time_zone: is no time zone, did you mean 'America/Toronto'?"),
    ("path for a time zone", "c", MAIN.replace("[fetch]", 'time_zone = "../../etc/passwd"\n[fetch]'), "5: site.time_zone: is no time zone"),
    ("source without a name", "c", source(name='""'), "9: sources.0.name: is too short: at least 1 character"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "text", "expected"), [pytest.param(*case, id=name) for name, *case in WRONG]
)
def test_problem_names_file_line_key_and_cure(
    tmp_path: Path, file: str, text: str, expected: str
) -> None:
    """One wrong key is one problem, and says where it stands and what was probably meant."""
    name = {"g": "mappings/golf.toml", "c": "config.toml"}[file]

    told = "\n".join(problems_of(tmp_path, {name: text}))

    assert told.startswith((f"{name}:{expected}", f"{name}: {expected}"))
    assert told.count("\n") == expected.count("\n")


def test_all_problems_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    """Nobody mends a configuration one message at a time: in the order of files and lines."""
    files = {
        "config.toml": source(rights='"full"', to='["hokey"]', allow_private='["x"]'),
        "mappings/golf.toml": '[post]\nstatus = 1\ncolour = "red"\n',
        "mappings/hockey.toml": "about = golf\n",
    }

    told = problems_of(tmp_path, files)

    assert [problem.split(": ")[0:2] for problem in told] == [
        ["config.toml:11", "sources.0.to.0"],
        ["config.toml:12", "sources.0.rights"],
        ["config.toml:13", "sources.0.allow_private.0"],
        ["mappings/golf.toml:2", "post.status"],
        ["mappings/golf.toml:3", "post.colour"],
        ["mappings/hockey.toml:1", "is not TOML"],
    ]


def test_wrong_default_is_told_once_and_not_in_every_mapping(tmp_path: Path) -> None:
    """A default stands in one place, so its problem does."""
    files = {
        "config.toml": MAIN + '[defaults]\nstatus = "live"\n',
        "mappings/hockey.toml": HOCKEY,
    }

    told = problems_of(tmp_path, files)

    assert len(told) == 1


def test_channel_that_is_never_best_is_refused(tmp_path: Path) -> None:
    """Of several channels the best score wins: one without words could get nothing."""
    files = {"config.toml": source(to='["golf", "news"]'), "mappings/news.toml": ""}

    told = problems_of(tmp_path, files)

    (problem,) = told
    assert problem.startswith("config.toml:11: sources.0.to.1: channel 'news' has no `about`")


def test_channel_named_like_a_decision_is_refused(tmp_path: Path) -> None:
    """`otherwise = "drop"` has one meaning."""
    told = problems_of(tmp_path, {"mappings/drop.toml": 'about = "dropping"\n'})

    assert told == [
        "mappings/drop.toml: a channel cannot be called 'drop': `otherwise` means it so"
    ]


def test_missing_configuration_names_the_ways_to_one(tmp_path: Path) -> None:
    """The first thing a new user may see."""
    with pytest.raises(ConfigError, match=r"nowhere\.toml: .*`wp-sync init`.*--config"):
        load_config(tmp_path / "nowhere.toml")


def test_file_that_is_not_text_is_a_problem(tmp_path: Path) -> None:
    """A mapping saved in another encoding is named, and not a traceback."""
    path = write_site(tmp_path, {})
    (tmp_path / "mappings" / "golf.toml").write_bytes(b'about = "caf\xe9"\n')

    with pytest.raises(ConfigError, match=r"golf\.toml: is not UTF-8 text"):
        load_config(path)


def test_a_channels_own_file_wins_over_defaults_over_the_schema(tmp_path: Path) -> None:
    """Three levels; a flat default and one in its table mean the same."""
    defaults = '[defaults]\nstatus = "pending"\nmax_age = "3d"\nauthor = "desk"\n'
    defaults += '[defaults.drop]\nwords = ["coupon"]\n'
    files = {
        "config.toml": MAIN + defaults,
        "mappings/golf.toml": '[post]\nauthor = "tom"\n[keep]\nmax_age = "2w"\n',
        "mappings/hockey.toml": HOCKEY,
    }

    channels = load_config(write_site(tmp_path, files)).channels

    golf, hockey = channels["golf"], channels["hockey"]
    assert (golf.post.status, golf.post.date) == ("pending", "source")
    assert golf.post.author.otherwise == "tom"
    assert (golf.keep.max_age, hockey.keep.max_age) == (timedelta(weeks=2), timedelta(days=3))
    assert golf.drop.words == hockey.drop.words == ("coupon",)


def test_paces_and_dates_are_read(tmp_path: Path) -> None:
    """From a channel, from defaults, from a source, and from the site."""
    golf = '[pacing]\nper_hour = 4\ngap = "15m"\n[post]\ndate_oldest = 2010-01-31\n'
    main = source(per_run="3", per_day="9").replace("[fetch]", 'time_zone = "Asia/Tokyo"\n[fetch]')
    main += '[defaults]\nper_hour = 2\nquiet = "22:00-06:00"\n'
    files = {"config.toml": main, "mappings/golf.toml": golf, "mappings/hockey.toml": HOCKEY}

    config = load_config(write_site(tmp_path, files))

    pacing = {name: one.pacing for name, one in config.channels.items()}
    assert (pacing["golf"].per_hour, pacing["golf"].quiet) == (4, "22:00-06:00")
    assert pacing["golf"].gap == timedelta(minutes=15)
    assert (pacing["hockey"].per_hour, pacing["hockey"].spread) == (2, "wait")
    assert f"{config.channels['golf'].post.date_oldest}" == "2010-01-31"
    assert (config.sources[0].per_run, config.sources[0].per_day) == (3, 9)
    assert config.site.time_zone == "Asia/Tokyo"


def test_about_is_a_text_or_a_list(tmp_path: Path) -> None:
    """Both name the same phrases; empty places between commas are none."""
    files = {
        "mappings/golf.toml": 'about = """golf, putting green,\n\nfairway,"""\n',
        "mappings/hockey.toml": 'about = ["hockey", "puck"]\n',
    }

    channels = load_config(write_site(tmp_path, files)).channels

    assert channels["golf"].about == ("golf", "putting green", "fairway")
    assert channels["hockey"].about == ("hockey", "puck")


def test_source_of_a_mapping_goes_to_its_channel(tmp_path: Path) -> None:
    """A mapping may bring its sources; paths are relative to config.toml, and come out absolute."""
    own = '[[sources]]\nname = "Local"\nfeeds = ["feeds/local.xml", "https://a.example/"]\n'

    config = load_config(write_site(tmp_path, {"mappings/golf.toml": GOLF + own}))

    local = config.sources[1]
    assert local.to == ("golf",)
    assert local.feeds == (str(tmp_path / "feeds" / "local.xml"), "https://a.example/")


def test_editors_lock_files_are_not_mappings(tmp_path: Path) -> None:
    """Emacs leaves a dangling link beside a file that is being edited."""
    path = write_site(tmp_path, {})
    (tmp_path / "mappings" / ".#golf.toml").symlink_to("nowhere")

    assert list(load_config(path).channels) == ["golf"]


def test_plain_selectors_cost_no_start_up_time() -> None:
    """The selector library takes longer to load than a whole configuration does."""
    code = (
        "import sys, pathlib, wp_sync.config as c;"
        f"c.load_config(pathlib.Path({str(REPOSITORY / 'config.toml')!r}));"
        "print(sorted({'bs4', 'soupsieve', 'requests', 'difflib'} & set(sys.modules)))"
    )

    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603

    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "selector",
    ["p", ".promo", "p.promo#x", "p:-soup-contains('preferred source')", "div > p", "a[rel='x']"],
)
def test_selector_may_be_plain_or_not(tmp_path: Path, selector: str) -> None:
    """Both ways of checking let the right ones pass."""
    mapping = GOLF + f'[clean]\nremove = ["{selector}"]\n'

    config = load_config(write_site(tmp_path, {"mappings/golf.toml": mapping}))

    assert config.channels["golf"].clean.remove == (selector,)


def test_the_repositorys_own_configuration_loads() -> None:
    """The model site: six channels, each with sources, words, a house author and a category."""
    config = load_config(REPOSITORY / "config.toml")

    labels = sorted(channel.label for channel in config.channels.values())
    assert labels == [
        "Canadian news feed",
        "Golf news",
        "Hockey news",
        "Music & Piano",
        "Running & fitness",
        "Skateboarding",
    ]
    for name, channel in config.channels.items():
        assert sum(name in source.to for source in config.sources) >= 2
        assert channel.about
        assert channel.post.author.otherwise
