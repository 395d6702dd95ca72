"""Words that say the opposite of each other, and those that deny, English and French. Data only.

Folded, as `curate.phrases` writes them; each word stands once.
"""

# Each pair: one side, and the other.
OPPOSITES = (
    (
        "win wins won winning winner winners beat beats victory gagne gagnent victoire",
        "lose loses lost losing loser losers loss losses defeat perd perdent perdu defaite",
    ),
    (
        """rise rises rose risen rising up climb climbs climbed gain gains gained increase increases
        increased soar soars soared jump jumps jumped higher raise raises raised hike hikes hiked
        hausse monte""",
        """fall falls fell fallen falling down drop drops dropped decline declines declined decrease
        decreases decreased plunge plunges plunged slip slips slipped lower cut cuts slash slashes
        baisse chute""",
    ),
    (
        "open opens opened opening reopen reopens reopened ouvre ouvrent ouvert ouverte",
        "close closes closed closing closure shut shuts ferme ferment fermee fermeture",
    ),
    (
        """approve approves approved accept accepts accepted back backs backed pass passes passed
        support supports supported approuve accepte""",
        """reject rejects rejected refuse refuses refused deny denies denied oppose opposes opposed
        rejette""",
    ),
    ("guilty convicted coupable", "innocent acquitted acquits cleared acquitte"),
    (
        "start starts started begin begins began begun commence debute",
        "end ends ended finish finishes finished stop stops stopped cancelled canceled termine",
    ),
    ("arrive arrives arrived join joins joined", "leave leaves left depart departs departed"),
    ("survive survives survived alive vivant", "die dies died dead killed mort morte"),
    ("found retrouve retrouvee", "missing disparu disparue"),
    ("arrest arrests arrested charged", "release releases released freed libere"),
    (
        "man men boy boys father son husband brother homme hommes garcon",
        "woman women girl girls mother daughter wife sister femme femmes fille",
    ),
    ("north northern nord", "south southern sud"),
    ("east eastern", "west western ouest"),
    ("more", "less fewer"),
    ("buy buys bought", "sell sells sold"),
    ("legal", "illegal"),
    ("able", "unable"),
    ("safe", "unsafe dangerous"),
    ("home", "away"),
    ("early", "late"),
    ("ahead", "behind"),
    ("hot", "cold"),
)
_DENIALS = "no not never none neither nor without cannot aucun pas jamais sans"
# Days that are others tomorrow: each source counts from its own.
_RELATIVE_DAYS = "yesterday today tomorrow hier demain aujourd'hui gestern heute morgen"

DENIALS = frozenset(_DENIALS.split())
RELATIVE_DAYS = frozenset(_RELATIVE_DAYS.split())
