"""Phrases by which furniture is known: data only, nothing that a source could widen.

Each speaks to the reader about the site, and none may match a sentence of an article: a phrase is
one of two kinds of evidence, what it stands in or where is the other.
"""

from __future__ import annotations

import re

# Words of a class or an id, in order and joined by hyphens: "ad-slot" is in "mobile-ad-slot-2" and
# in "adSlot". These are no words of any article's own: scripts and plugins put them there.
SURE = """
ad-break ad-container ad-label ad-placeholder ad-slot ad-unit ad-wrap ad-wrapper addthis addtoany
adsbygoogle adslot advert advertisement advertising author-bio author-box breadcrumb breadcrumbs
comment-form comment-list cookie-banner cookie-notice disqus email-signup jp-relatedposts
mailing-list newsletter-box newsletter-form newsletter-sign-up newsletter-signup outbrain post-nav
post-navigation post-tags print-button promo promobox read-also read-next recirc
related-articles related-content related-links related-posts related-stories relatedposts
share-bar share-buttons share-links sharebar sharedaddy sharethis sign-up signup simplefeed
skip-link social-bar social-icons social-links social-share sociable
story-tools taboola tag-links tip-jar yarpp you-may-also you-may-like you-might-like
"""
# These may name what an article is about as well.
DOUBTFUL = """
donate newsletter newsletters partner-offer popular promoted promotion read-more recommended
related share sharing social sponsor sponsored subscribe subscription teaser trending
"""
WHOLE_NAMES = frozenset({"ad", "ads"})  # "ad" within a name would be in "headline-ad-hoc"
BYLINES = """
article-date article-meta author-name byline dateline entry-date entry-meta last-updated post-date
post-info post-meta posted-on publish-date pubdate published reading-time story-meta timestamp
"""
UNSEEN = "screen-reader-text sr-only visually-hidden visuallyhidden"  # said, but not shown

_SOCIAL = (
    r"(?:bluesky|facebook|flipboard|google ?(?:news|\+|plus)|instagram|linkedin|mastodon|messenger"
    r"|pinterest|pocket|reddit|snapchat|telegram|threads|tiktok|tumblr|twitter|whats ?app|x|xing"
    r"|youtube|(?:e-?)?mail|print|copy(?: link)?)"
)
_THINGS = (
    r"(?:articles?|stories|story|posts?|news|reading|coverage|content|links|topics|videos?|reviews?"
    r"|headlines?)"
)


def _whole(lines: str) -> re.Pattern[str]:
    parts = "|".join(line for line in lines.strip().splitlines() if line)
    for name, stands_for in (("social", _SOCIAL), ("things", _THINGS)):
        parts = parts.replace(f"{{{name}}}", stands_for)
    # What stands in quotation marks is somebody's word.
    return re.compile(rf"[^\w“”\"„«»‘’']*(?:{parts})[^\w]*", re.IGNORECASE | re.DOTALL)


# Alone on its line, and nothing else.
LABEL = _whole(r"""
(?:advertisement|advertising)(?:\W+scroll to continue)?|sponsored content|paid content
anzeige|werbung|publicité|publicidad|publicidade|pubblicità|advertentie|реклама|広告|إعلان|פרסומת
(?:article|story|content) continues (?:below|after)(?: (?:this )?(?:ad|advertisement|advert))?
continue reading below|weiterlesen nach der anzeige
(?:la )?suite (?:de l['’]article )?après (?:la|cette) publicité
(?:skip|scroll) (?:past|to continue)(?: (?:the )?(?:ad|advertisement|newsletter promo(?:tion)?))?
""")
# Addresses that do nothing but pass a page on.
SHARING = re.compile(
    r"(?<![\w-])"  # "x.com" ends other hosts as well
    r"(?:facebook\.com/(?:sharer|share\.php|dialog/(?:share|feed))"
    r"|(?:twitter|x)\.com/(?:share|intent/(?:tweet|post))(?:[/?]|\Z)"
    r"|linkedin\.com/(?:shareArticle|sharing)|pinterest\.[a-z.]+/pin/create|reddit\.com/submit"
    r"|(?:wa\.me|whatsapp\.com/send|api\.whatsapp\.com)/?\S*[?&]text=|whatsapp://send|t\.me/share"
    r"|tumblr\.com/(?:share|widgets/share)|getpocket\.com/(?:save|edit)|news\.ycombinator\.com/submit"
    r"|xing\.com/(?:spi/shares|social_plugins)|bsky\.app/intent|threads\.net/intent"
    r"|flipboard\.com/(?:bookmarklet|share)|addtoany\.com/|addthis\.com/|sharethis\.com/"
    r"|feeds\.feedburner\.com/~f[fr]?/|plus\.google\.com/share|mailto:\?)",
    re.IGNORECASE,
)
SHARING_WORDS = (
    "share", "intent", "pin/create", "submit", "text=", "/save", "/edit", "add", "social_plugins",
    "dialog", "spi", "bookmarklet", "~f", "mailto:?",
)  # fmt: skip
# A line that is nothing but buttons, of which no links are left.
SHARE = _whole(r"""
share(?: (?:this|on|via|the|article|story|post|page|it|with your friends|:))*(?:[\s,|·:/]+{social}){1,9}
(?:share|save|tweet|pin|print|e-?mail)(?: this)? (?:this|article|story|post|page)(?:[\s,|·:/]+{social})*
(?:teilen|partager|compartir|condividi|delen)(?:[\s,|·:/]+{social}){1,9}
""")
_BUTTONS = r"(?:{social}|share|tweet)(?:[\s|·]+(?:{social}|share|tweet)){1,9}"
# The same in words that head a section as well: only as a paragraph.
SHARE_ROW = _whole(rf"""
(?=.*\b(?:facebook|linkedin|share|tweet|twitter|whats ?app)\b){_BUTTONS}
copy link|auf {{social}} teilen|partager sur {{social}}
""")
# As a list, which of names alone may be what an article counts up.
SHARE_LIST = _whole(rf"(?=.*\b(?:share|tweet)\b){_BUTTONS}")

_ASKING = r"(?:please |and |or |so |just |now |don['’]t forget to |remember to |you can )*"
# What asks the reader for something that serves the site: whole paragraphs, from their beginning,
# in the site's own person.
PROMOS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "preferred source",
        _whole(rf"""
{_ASKING}(?:make|set|choose|pick|select|mark) us (?:as )?(?:a|an|your) preferred (?:news )?source\b.{{0,160}}
{_ASKING}(?:make|set|choose|pick|select|add|follow|mark) .{{2,60}}? (?:as )?(?:a|your) preferred (?:news )?source (?:on|in|for) .{{2,100}}
{_ASKING}(?:add|choose|set|make|pick|select|mark|follow)\b.{{0,80}}\bpreferred (?:news )?sources? (?:on|in) google\b.{{0,80}}
"""),
    ),
    (
        "newsletter",
        _whole(rf"""
{_ASKING}(?:sign up|signup|subscribe|register|join)(?: now| here| today| free)*(?: for| to| and get| and receive)?(?: free)? (?:our|my) .{{0,90}}(?:newsletters?|mailing list|e-?mails?|alerts?|briefing|bulletin|digest)\b.{{0,160}}
{_ASKING}(?:get|receive|have) (?:our|my) .{{0,120}}\b(?:newsletters?|inbox)\b.{{0,120}}
(?:enjoy(?:ed|ing)?|like|love|want more).{{0,60}}\? (?:sign up|subscribe|join)\b(?=.*\b(?:newsletters?|inbox|(?<!by )(?<!via )e-?mails?|our)\b).{{0,160}}
(?:jetzt )?(?:den |unseren )?newsletter abonnieren
(?:melden sie sich|abonnieren sie) .{{0,30}}(?:unser|den).{{0,40}}newsletter.{{0,120}}
(?:inscrivez-vous|abonnez-vous) .{{0,30}}(?:notre|nos) .{{0,40}}(?:newsletter|infolettre|lettre).{{0,120}}
(?:suscríbete|suscribete|suscríbase) .{{0,30}}(?:nuestro|nuestra) .{{0,40}}(?:newsletter|boletín).{{0,120}}
"""),
    ),
    (
        "app",
        _whole(rf"""
{_ASKING}(?:download|get|install|try) our (?:free |new |official )?(?:[\w.&' -]{{2,30}} )?apps?\b.{{0,120}}
(?:read|open|view|listen)(?: to)?(?: this| it| more)?(?: article| story)? (?:in|on|with) our .{{0,30}}\bapp\b.{{0,80}}
listen to this (?:article|story|post)
"""),
    ),
    (
        "follow",
        _whole(rf"""
{_ASKING}(?:follow|like|join|find|add) (?:us|@\w+|me|our .{{2,30}}) (?:on|at|over on) (?:our )?{_SOCIAL}\b.{{0,160}}
(?:folgen sie uns|suivez-nous|síguenos|seguici|volg ons)\b.{{0,120}}
{_ASKING}(?:subscribe|listen) (?:to|on) our .{{0,50}}\b(?:podcast|channel|youtube|spotify|apple podcasts)\b.{{0,120}}
"""),
    ),
    (
        "subscribe",
        _whole(rf"""
{_ASKING}(?:subscribe|sign up)(?: now| today| here)?
{_ASKING}subscribe (?:now |today )?to (?:our|my) .{{2,100}}
{_ASKING}subscribe (?:now |today )?(?:for|from) (?:only |just |as little as )?[$€£].{{0,80}}
{_ASKING}become a (?:member|subscriber|patron|supporter)(?: today| now| here)?
{_ASKING}support us(?: (?:by|with|at|on) .{{2,100}})?
{_ASKING}support our (?:work|journalism|newsroom|site)\b.{{0,100}}
{_ASKING}(?:subscribe|sign up|register|log in|sign in) to (?:continue|keep) reading(?: this (?:article|story))?
already (?:a (?:subscriber|member)|subscribed|registered)\? (?:please )?(?:log|sign) in(?: here| now)?
(?:this|the) (?:article|story|content) is (?:for|available to) (?:our )?(?:subscribers|members)(?: only)?
"""),
    ),
    (
        "affiliate",
        _whole(r"""
(?:when|if) you (?:buy|purchase|shop|click)\b.{0,60}\blinks?\b.{0,60}\b(?:we|I|us|our)\b.{0,40}\b(?:earn|receive|get)s?\b.{0,60}\b(?:commission|cut|fee)\b.{0,120}
.{0,60}\bwe (?:may|might|could|will) (?:earn|receive|get) (?:an? )?(?:small )?(?:affiliate )?commission\b.{0,40}\b(?:links?|purchases?|buy)\b.{0,120}
(?:this|the) (?:article|post|page|story) (?:may )?contains? affiliate links?.{0,160}
as an amazon associate.{0,120}
"""),
    ),
    (
        "comments",
        _whole(r"""
(?:leave|add|post|write) (?:a|your) comment(?: below)?
(?:join|start) the (?:conversation|discussion)(?: below| in the comments)?
(?:\d+|(?:view|show|read|see)(?: all)?(?: \d+)?) comments?(?: \(\d+\))?
no comments|(?:the )?comments are (?:now )?closed|comments powered by disqus
comments? \(?\d+\)?
what do you think\? (?:let us know|tell us|leave|share|sound off).{0,100}
"""),
    ),
)
# What asks for it in other words, with a link that makes a site a preferred source.
PREFERRED = re.compile(r".{0,100}\bpreferred (?:news )?sources?\b.{0,100}", re.IGNORECASE)
PREFERENCES = re.compile(r"//(?:www\.)?google\.com/preferences/source\?(?:\S*&)?q=", re.IGNORECASE)
# The same in words that an article may use as well: only with a link that stays on the site.
PROMOS_AT_HOME: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "newsletter",
        _whole(rf"""
{_ASKING}(?:sign up|signup|subscribe|register)(?: now| here| today| free)*(?: for| to| and get| and receive)?(?: free)? (?:the|this) .{{0,90}}(?:newsletters?|mailing list|e-?mails?|alerts?|briefing|bulletin|digest)\b.{{0,160}}
{_ASKING}get (?:the|more|all|your|these) .{{0,120}}\binbox\b.{{0,120}}
.{{0,100}}\b(?:delivered|sent|get .{{2,60}}) (?:straight |right |direct(?:ly)? )?(?:to|into|in) your (?:e-?mail )?inbox\b.{{0,100}}
"""),
    ),
    (
        "app",
        _whole(rf"""
{_ASKING}(?:download|get|install) the (?:free |new |official )?(?:[\w.&' -]{{2,30}} )?app\b.{{0,120}}
"""),
    ),
)
# Heads a list of a round-up as well as one of other articles.
_GENERIC = r"""
(?:more|other|latest|popular|trending|top) {things}(?: (?:on|from|about|in|for) .{1,40})?
(?:most|now) (?:popular|read|viewed|shared)(?: .{1,30})?
more (?:from|on|in|about|to read|to explore) (?!this (?:story|subject|topic)\b).{1,60}
up next|what to read next|don['’]t miss|editors?['’]? picks?
"""
GENERIC = _whole(_GENERIC)
# Heads nothing but a list of other articles, where nothing else follows or the words are not above.
RELATED = _whole(rf"""{_GENERIC}
(?:related|recommended|similar) {{things}}(?: (?:on|from|about|in|for) .{{1,40}})?
related
recommended (?:for you|by .{{1,30}}|reading)
you (?:may|might|could) (?:also |be )?(?:like|enjoy|interested in)(?: these)?(?: {{things}})?
more (?:on|about) this (?:story|subject|topic)|more like this(?: .{{1,60}})?|in case you missed it
also (?:read|see)(?: .{{1,40}})?
also on (?:(?:this|our) (?:site|blog)|[\w-]+(?:\.[\w-]+)+)
read (?:more|next|also)(?: (?:on|about|from|in) .{{1,50}})?
(?:see|watch) also
(?:mehr zum thema|auch interessant|lesen sie auch|das könnte sie auch interessieren|passend zum thema)
(?:[àa] )?lire (?:aussi|également)|sur le même sujet|articles? (?:liés|similaires|recommandés)
leer también|le[ae] también|(?:artículos|noticias) relacionad[oa]s|te puede interesar|leia também
leggi anche|lees ook|читайте также|関連記事|اقرأ أيض[\u064bا]{{1,2}}|קראו גם
""")
# Begins a line that is otherwise one link to another article.
POINTER = re.compile(
    r"\W*(?:read(?: more| next| also| this| on)?|also read|related(?: (?:story|article|stories|reading))?"
    r"|see (?:also|more)|more|watch(?: more| now| also)?|listen|recommended(?: reading)?|don['’]t miss"
    r"|up next|must.read|further reading|in case you missed it|you (?:may|might) also (?:like|enjoy)"
    r"|lesen sie auch|mehr zum thema|lesetipp|(?:[àa] )?lire (?:aussi|également)|leer también"
    r"|le[ae] también|(?:también )?te puede interesar|leia também|leggi anche|lees ook|читайте также"
    r"|関連記事|続きを読む|اقرأ أيض[\u064bا]{1,2}|קראו גם)"
    r"\s*(?:[:：\u2013\u2014>|»→】-]|$)\W*",
    re.IGNORECASE,
)

# WordPress's feeds end like this, in the site's language (Yoast's default).
APPEARED = re.compile(
    r"(?:the post|der beitrag|l[’']article|la entrada|l'articolo|het bericht|o post)\s(.{1,400}?)\s"
    r"(?:(?:first appeared|appeared first) on|erschien zuerst auf|est apparu en premier sur"
    r"|(?:aparece|se publicó) primero en|proviene da|verscheen eerst op|apareceu primeiro em)\s(.+)",
    re.IGNORECASE | re.DOTALL,
)
APPEARED_BEGINS = (
    "the post", "der beitrag", "l’article", "l'article", "la entrada", "l'articolo", "het bericht",
    "o post",
)  # fmt: skip
# The last line, or the last link, of what goes on elsewhere.
MORE = re.compile(
    r"\W*(?:read more|(?:continue|keep) reading|read (?:on|the (?:full|entire|whole|original|rest))"
    r"|read (?:this |full |entire |original |whole )+(?:article|story|post|piece|entry|review|interview)"
    r"|(?:read|view|see) (?:the )?(?:full|entire|original|whole|rest of the) (?:article|story|post|piece|entry)"
    r"|view (?:original|the original)|full (?:story|article)|click here to (?:read|continue)"
    r"|weiterlesen|mehr lesen|(?:zum|zum ganzen) artikel|lire la suite|lire l[’']article"
    r"|(?:den )?(?:ganzen|vollständigen) (?:artikel|beitrag) lesen|leer más|seguir leyendo|continua a leggere"
    r"|leggi tutto|lees (?:meer|verder)|ler mais|leia mais)\b.{0,120}",
    re.IGNORECASE | re.DOTALL,
)
# The same in words that an author may use as well: only where the link stays on the site.
MORE_HERE = re.compile(
    r"\W*(?:(?:see|view|find|get|learn|discover|hear|watch) (?:the )?(?:more|rest|full|complete|all)\b.{0,60}"
    r"|more(?: here| info(?:rmation)?)?|(?:view |show |read |see )?(?:all |\d+ )?comments?(?: \(\d+\))?"
    r"|(?:leave|add|post) a comment|original (?:article|post)|permalink)\W*",
    re.IGNORECASE | re.DOTALL,
)
# The same where no link is left to show that it is none of the text.
MORE_ALONE = re.compile(
    r"\W*(?:(?:read|view|see) (?:the )?(?:full|entire|original|whole|rest of the) (?:article|story|post|piece|entry)"
    r"|read more|continue reading|keep reading|weiterlesen|lire la suite|leer más|view original"
    r"|comments)\W*",
    re.IGNORECASE,
)
SUBMITTED = re.compile(
    r"\W*submitted by\s+/?u/[\w-]+(?:\s+to\s+r/\w+)?(?:\W+(?:link|comments))*\W*"
)
