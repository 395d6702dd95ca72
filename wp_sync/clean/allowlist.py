"""What may stand in a body: fixed lists that no configuration widens."""

_TAGS = """
a abbr audio b bdo blockquote br caption cite code dd del details dfn dl dt em figcaption figure h2
h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small strong sub summary sup table
tbody td tfoot th thead time tr u ul var video
"""
_BLOCKS = "blockquote details dl figure h1 h2 h3 h4 h5 h6 hr ol p pre table ul"
_WRAPPERS = """
[document] address article aside body center dir div fieldset footer header hgroup html legend main
menu section
"""
_ACTIVE = """
applet base button canvas dialog embed form frame frameset iframe input link map marquee math
meta nav noembed noframes noscript object optgroup option param script select style svg template
textarea title
"""

TAGS = frozenset(_TAGS.split())
BLOCKS = frozenset(_BLOCKS.split())
WRAPPERS = frozenset(_WRAPPERS.split())  # unwrapped, what stands loose in them put in paragraphs
ACTIVE = frozenset(_ACTIVE.split())  # gone with all that is in them

ATTRIBUTES = {
    "*": {"dir", "lang"},
    "a": {"href", "rel", "title"},
    "abbr": {"title"},
    "audio": {"controls", "preload", "src"},
    "blockquote": {"cite"},
    "del": {"cite", "datetime"},
    "figure": {"data-embed"},  # only as `sanitise` writes it: nothing else yields one
    "img": {"alt", "height", "src", "width"},
    "ins": {"cite", "datetime"},
    "li": {"value"},
    "ol": {"reversed", "start"},
    "q": {"cite"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
    "video": {"controls", "height", "poster", "preload", "src", "width"},
}

SOURCE_SCHEMES = ("http://", "https://")  # of what a browser fetches by itself, or shows
LINK_SCHEMES = (*SOURCE_SCHEMES, "mailto:")
# What a link may say of itself, in the order in which it is written.
RELATIONS = ("external", "nofollow", "noopener", "noreferrer", "sponsored", "ugc")
