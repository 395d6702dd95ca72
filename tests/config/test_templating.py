"""Templates of custom fields: what is refused when loaded, and what hostile values come to."""

from __future__ import annotations

import pytest
from cpu_time import measured
from pydantic import TypeAdapter, ValidationError

from wp_sync.config.templating import LONGEST_VALUE, check_jinja, render_jinja
from wp_sync.config.values import FieldName, FieldTemplate

ALL = {
    "title": "Rain",
    "byline": "",
    "labels": ("Weather", "Sea"),
    "source": {"name": "The Wire", "rights": "full"},
    "published": "2026-05-04T12:00:00+00:00",
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("{{ title }}: {{ source.name }}", "Rain: The Wire", id="values"),
        pytest.param("{{ byline or source.name | upper }}", "THE WIRE", id="or, and a filter"),
        pytest.param("{% if byline %}By {{ byline }}{% endif %}", "", id="if"),
        pytest.param("{{ 'copy' if source.rights == 'full' else '' }}", "copy", id="if within"),
        pytest.param("{{ labels | join(' / ') }}", "Weather / Sea", id="a list"),
        pytest.param('["{{ title }}", {{ labels | tojson }}]', '["Rain", ["Weather", "Sea"]]'),
        pytest.param("{{ published | truncate(11) }}", "2026-05-04…", id="cut"),
        pytest.param("{{ title\n}}\n\n  x", "Rain x", id="one line"),
    ],
)
def test_templates_choose_and_join(text: str, expected: str) -> None:
    """What is allowed does what Jinja2 says of it."""
    check_jinja(text)

    assert render_jinja(text, ALL) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("{% for i in range(10**9) %}x{% endfor %}", "uses", id="a loop"),
        pytest.param("{{ range(10) }}", "uses calls", id="a call"),
        pytest.param("{{ title.__class__ }}", "does not know .__class__", id="an attribute"),
        pytest.param("{{ source.name.__class__ }}", "does not know .__class__", id="a deeper one"),
        pytest.param("{{ title['__class__'] }}", "uses indexes", id="an index"),
        pytest.param("{{ title | attr('__class__') }}", "no filter 'attr'", id="attr"),
        pytest.param("{{ ''.join(title) }}", "uses calls", id="a method"),
        pytest.param("{{ 'x' * 10 ** 9 }}", "uses", id="a product"),
        pytest.param("{{ 10 ** 10 ** 10 }}", "uses powers", id="a power"),
        pytest.param("{{ '%1000000000d' % 1 }}", "uses mod", id="a format"),
        pytest.param("{{ '%9d' | format(1) }}", "no filter 'format'", id="the filter format"),
        pytest.param("{% set x = title %}{{ x }}", "uses {% set %}", id="set"),
        pytest.param("{% include 'config.toml' %}", "uses {% include %}", id="include"),
        pytest.param("{% macro a() %}{% endmacro %}", "uses macros", id="a macro"),
        pytest.param("{{ self }}", "does not know 'self'", id="self"),
        pytest.param("{{ titel }}", "did you mean 'title'", id="a slip"),
        pytest.param("{{ title", "line 1 of the template", id="not closed"),
        pytest.param("{{ title | uper }}", "did you mean 'upper'", id="a filter's slip"),
        pytest.param(
            "{{ " + "(" * 1500 + "title" + ")" * 1500 + " }}", "is longer than", id="long"
        ),
        pytest.param("{{ " + "(" * 900 + "1" + ")" * 900 + " }}", "", id="deep"),
    ],
)
def test_what_could_do_more_is_refused(text: str, message: str) -> None:
    """When loaded, and at once: nothing of it is ever carried out."""

    def load() -> str:
        with pytest.raises(ValidationError) as refused:
            TypeAdapter(FieldTemplate).validate_python(text)
        return str(refused.value)

    told, seconds = measured(load)

    assert message in told
    assert seconds < 2


@pytest.mark.parametrize(
    "hostile",
    ["{{ 7*7 }}", "{% for x in y %}", "{{ ''.__class__.__mro__ }}", "{title}", "{# no #}"],
)
def test_values_are_never_templates(hostile: str) -> None:
    """What a feed says is put in as it stands, however often it passes a template."""
    values = ALL | {"title": hostile, "labels": (hostile,)}

    assert render_jinja("{{ title }}", values) == hostile
    assert render_jinja("{{ labels | join }}", values) == hostile
    assert render_jinja("{{ title | default('x') | trim }}", values) == hostile


def test_what_comes_out_is_bounded() -> None:
    """However large the values are, and however they are joined."""
    huge = "x" * 10_000_000
    text = "{{ title }}" * 100 + "{{ labels | join(title) | urlencode | urlencode }}"
    check_jinja(text)
    values = ALL | {"title": huge, "labels": (huge,) * 1000}

    made, seconds = measured(lambda: render_jinja(text, values))

    assert len(made) == LONGEST_VALUE
    assert seconds < 1


@pytest.mark.parametrize("name", ["_edit_lock", "_wp_trash_meta_status", "_thumbnail_id", "a b"])
def test_fields_of_wordpress_itself_are_refused(name: str) -> None:
    """They hold locks, pictures and what was trashed."""
    with pytest.raises(ValidationError):
        TypeAdapter(FieldName).validate_python(name)


@pytest.mark.parametrize(
    "name", ["subtitle", "_yoast_wpseo_canonical", "jnews_single_post[via_url]"]
)
def test_fields_of_plugins_are_taken(name: str) -> None:
    """Protected ones too: whether the site takes them is asked there."""
    assert TypeAdapter(FieldName).validate_python(name) == name
