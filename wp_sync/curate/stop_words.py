"""Words that stand in any text, English and French: nothing is learned from them.

Folded and in the singular, as `curate.phrases` writes them.
"""

_WORDS = """
a about after all also am an and any are as at be because been before being but by can could did
do doe don down for from get had ha have he her here hi him how i if in into is it it just know
like ll make may me more most my new no not now of off on one only or other our out over re said
say see she should so some such than that the their them then there these they thi those three
to too two up us ve very wa was we were what when where which while who why will with would year
you your
au aux avec ce ces cette comme dan dans de des du elle en est et etre il ils je la le les leur
lui mai mais me meme mes moi ne nos notre nous on ou par pas pour plus qu que qui sa se ses si
son sont sur te tes toi ton tu un une vos votre vous ete ont fait
"""
STOP = frozenset(_WORDS.split())
