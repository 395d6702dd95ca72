"""What a mapping says of its posts: types, fields, templates and rights, read or refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from written_site import write_site

from wp_sync.config import load_config
from wp_sync.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("line", "words"),
    [
        pytest.param('fields = { _edit_lock = "{url}" }', "WordPress's own", id="its own"),
        pytest.param(
            'fields = { a = "{url}", "a[b]" = "{url}" }', "as a text and as an array", id="both"
        ),
        pytest.param('fields = { a = "{{ 7 * url }}" }', "uses products", id="Jinja2"),
        pytest.param('presets = ["jnew"]', "did you mean", id="preset"),
        pytest.param('presets = ["aioseo"]', "table of its own", id="AIOSEO"),
        pytest.param('fields = { "a b" = "{url}" }', "one word", id="two words"),
        pytest.param('fields = { a = "{uri}" }', "{url}", id="unknown value"),
        pytest.param('comments = "shut"', "open", id="comments"),
    ],
)
def test_wrong_field_is_named(tmp_path: Path, line: str, words: str) -> None:
    """With the reason, before any network use."""
    mapping = f"[post]\n{line}\n"

    with pytest.raises(ConfigError) as caught:
        load_config(write_site(tmp_path, {"mappings/golf.toml": mapping}))

    (problem,) = caught.value.problems
    assert problem.key.startswith(f"post.{line.split(maxsplit=1)[0]}")
    assert words in problem.message


@pytest.mark.parametrize(
    ("name", "words"),
    [
        pytest.param("page", "pages are in no feed", id="page"),
        pytest.param("attachment", "the files of the media library", id="attachment"),
        pytest.param("revision", "former states", id="revision"),
        pytest.param("nav_menu_item", "entries of menus", id="menu"),
        pytest.param("wp_template_part", "parts of the site itself", id="template"),
        pytest.param("customize_changeset", "parts of the site itself", id="changeset"),
        pytest.param("Story", "a-z, 0-9, _ and -", id="capital"),
        pytest.param("a" * 21, "at most 20 characters", id="long"),
        pytest.param("", "a-z, 0-9, _ and -", id="empty"),
        pytest.param("story\\n", "a-z, 0-9, _ and -", id="line end"),
    ],
)
def test_type_that_holds_no_articles_is_refused(tmp_path: Path, name: str, words: str) -> None:
    """With the reason; in former_types, too."""
    files = {"mappings/golf.toml": f'[post]\ntype = "{name}"\n'}
    path = write_site(tmp_path, files)
    text = path.read_text().replace("[site]\n", f'[site]\nformer_types = ["{name}"]\n')
    path.write_text(text)

    with pytest.raises(ConfigError) as caught:
        load_config(path)

    former, own = caught.value.problems
    assert (former.key, own.key) == ("site.former_types.0", "post.type")
    assert words in former.message
    assert words in own.message


def test_types_of_all_channels_are_known(tmp_path: Path) -> None:
    """The longest name that WordPress takes; custom fields are those of the type's channels."""
    files = {
        "mappings/golf.toml": f'[post]\ntype = "{"a" * 20}"\nfields = {{ hole = "{{url}}" }}\n',
        "mappings/tennis.toml": '[post]\nfields = { court = "{url}" }\n',
    }

    config = load_config(write_site(tmp_path, files))

    assert config.types == {"a" * 20, "post"}
    assert config.fields_of("post") == {"court"}
    assert config.fields_of("a" * 20) == {"hole"}
    assert config.field_names == {"court", "hole"}


def test_custom_fields_and_comments_are_read(tmp_path: Path) -> None:
    """Any name that WordPress does not protect; comments as the site has them by default."""
    text = '[post]\nfields = { subtitle = "{source.name}", source_url = "{url}" }\n'

    config = load_config(write_site(tmp_path, {"mappings/golf.toml": text}))

    post = config.channels["golf"].post
    assert dict(post.fields) == {"subtitle": "{source.name}", "source_url": "{url}"}
    assert post.comments == ""
    assert (config.site.api, config.site.lock) == ("auto", "auto")


@pytest.mark.parametrize(
    ("lines", "key", "words"),
    [
        pytest.param('rights = "title"\nwords = 60', "words", "counts the words", id="words"),
        pytest.param("words = 5", "words", "at least 10", id="few words"),
        pytest.param('on_expiry = "trash"', "on_expiry", "needs a time", id="no time"),
        pytest.param(
            'expires = "9d"\non_expiry = "excerpt"', "on_expiry", "cuts nothing", id="no text"
        ),
        pytest.param('expires = "soon"', "expires", "time span", id="no span"),
        pytest.param('credit = "© {sauce.name}"', "credit", "{source.name}", id="credit"),
    ],
)
def test_rights_that_mean_nothing_are_refused(
    tmp_path: Path, lines: str, key: str, words: str
) -> None:
    """Before any network use, with the key and the cure."""
    source = f'[[sources]]\nname = "A"\nfeeds = ["https://a.example/feed"]\n{lines}\n'

    with pytest.raises(ConfigError) as caught:
        load_config(write_site(tmp_path, {"mappings/golf.toml": source}))

    (problem,) = caught.value.problems
    assert problem.key == f"sources.0.{key}"
    assert problem.line > 0
    assert words in problem.message


def test_templates_are_refused_with_their_line(tmp_path: Path) -> None:
    """File, line and key of the field, though the template stands lower than it begins."""
    mapping = '[post]\nstatus = "draft"\n[post.fields]\na = "x"\nb = "{{ a }}"\n'

    with pytest.raises(ConfigError) as caught:
        load_config(write_site(tmp_path, {"mappings/golf.toml": mapping}))

    (problem,) = caught.value.problems
    assert (problem.line, problem.key) == (5, "post.fields.b")
    assert problem.file.endswith("golf.toml")
