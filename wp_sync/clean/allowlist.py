"""What may stand in a body: fixed lists that no configuration widens."""

_TAGS = """
a abbr b blockquote br caption cite code dd del details dl dt em figcaption figure h2 h3 h4 h5 h6
hr i img ins li mark ol p pre q s small strong sub summary sup table tbody td tfoot th thead time
tr u ul
"""
_BLOCKS = "blockquote details dl figure h1 h2 h3 h4 h5 h6 hr ol p pre table ul"
_WRAPPERS = """
[document] address article aside body center dir div fieldset footer header hgroup html legend main
menu section
"""
_ACTIVE = """
applet audio base button canvas dialog embed form frame frameset iframe input link map marquee math
meta nav noembed noframes noscript object optgroup option param script select style svg template
textarea title video
"""

TAGS = frozenset(_TAGS.split())
BLOCKS = frozenset(_BLOCKS.split())
WRAPPERS = frozenset(_WRAPPERS.split())  # unwrapped, what stands loose in them put in paragraphs
ACTIVE = frozenset(_ACTIVE.split())  # gone with all that is in them

ATTRIBUTES = {
    "*": {"dir", "lang"},
    "a": {"href", "title"},
    "abbr": {"title"},
    "blockquote": {"cite"},
    "del": {"cite", "datetime"},
    "img": {"alt", "height", "src", "width"},
    "ins": {"cite", "datetime"},
    "ol": {"start"},
    "q": {"cite"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "time": {"datetime"},
}

SOURCE_SCHEMES = ("http://", "https://")  # of what a browser fetches by itself, or shows
LINK_SCHEMES = (*SOURCE_SCHEMES, "mailto:")
