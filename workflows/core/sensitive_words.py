"""Words of free text that tell special categories of personal data (Art. 9 GDPR): search does not know them.

Health, belief, origin, politics, sexual life. Beginnings of folded words (see ``search``), German and English; a name
somebody gives an association is no free text and stays findable.
"""

_BEGINNINGS = """
krank erkrank krebs depress psych sucht suechtig behinder schwerbehind pflegegrad hiv aids diabet epilep demenz autis
schwanger abtreib trauma therap diagnos medikament illness disease cancer disab pregnan addict disorder
muslim moslem islam christ katholi evangel protestant orthodox juedis jude jews jewish hindu buddhis aleviti alevi jesid
yezid sikh atheis konfession getauft glaube religios religioes
kurd roma sinti ethni rasse hautfarb herkunft abstamm
homosex schwul lesb bisex transs transg transident queer intersex sexuell sexual
parteimitglied gewerkschaft politisch verfolgt asylgrund
"""

BEGINNINGS = tuple(_BEGINNINGS.split())


def tells(word: str) -> bool:
    """Whether a folded word begins like one of these."""
    return word.startswith(BEGINNINGS)
