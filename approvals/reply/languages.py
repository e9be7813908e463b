# ruff: noqa: RUF001 - words of many languages, as they are written
"""Words around a decision word that change what it says, by language: native speakers can review theirs.

The decision words themselves are English alone (`approvals/words.py`); people explain them in their own
language. A word counts in whatever language it stands, so each is written down once. In other scripts
than the Latin one, what isn't named here makes an approval unclear anyway.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """Words in lower case, apart by spaces; "refus*" stands for all that begin so.

    `conditions` make an approval depend on something, `negations` turn what is said around, `refusals`
    take an approval back and `delays` put it off. `agreements` follow "No," where that begins a yes.
    `spans` are units of time that no duration of ours is written with, `numbers` may make a duration
    another one. `courtesies` change nothing.
    """

    conditions: str = ""
    negations: str = ""
    refusals: str = ""
    delays: str = ""
    agreements: str = ""
    spans: str = ""
    numbers: str = ""
    courtesies: str = ""


LANGUAGES = {
    "English": Language(  # n't is recognised by its form
        conditions="proviso reservation reservations caveat caveats "
        "if unless until untill till iff only excluding restricted limited but when once "
        "after before except provided providing assuming whenever while although though however "
        "supposing pending awaiting barring minus subject contingent conditional conditionally "
        "condition conditions depending provisional provisionally tentative tentatively theoretically "
        "partially partly possibly",
        negations="not never cannot neither nor nope nah none false hardly barely seldom",
        refusals="refus* disapprov* disallow* object objection block blocked blocking withdraw withdrawn "
        "revoke revoked cancel cancelled canceled denying denies denial rejecting rejects rejection "
        "declining declines forbid forbidden veto prohibited disagree* oppose opposed unapproved "
        "unauthorised unauthorized impossible unacceptable inacceptable unsure uncertain doubtful",
        spans="mins hr hrs s sec secs second seconds w wk wks week weeks month months year years "
        "fortnight fortnights weekend overnight permanently permanent indefinitely forever hourly daily "
        "weekly monthly",
        numbers="two three four five six seven eight nine ten twelve half couple few dozen single "
        "twice double doubled plus less more roughly approximately every each better instead rather "
        "start starting starts begin beginning begins from tonight tomorrow",
    ),
    "German": Language(
        delays="später morgen frage prüfe",
        conditions="wenn falls sofern sobald solange vorausgesetzt aber erst außer bevor nachdem nach "
        "bedingung* voraussetzung vorbehalt vorbehaltlich",
        negations="nicht nichts nein kein keine keinen niemals keinesfalls keineswegs nix",
        refusals="untersagt gesperrt blockiert "
        "ablehn* abgelehn* lehne lehnen verweiger* verboten verbiete*",
        agreements="ja jo passt genehmigt freigegeben",
        spans="minuten stunde stunden tage tagen wochen",
        numbers="zwei drei vier fünf sechs acht zehn",
    ),
    "French": Language(
        delays="demain vérifie demande",
        conditions="si mais sauf quand lorsque pourvu dès après réserve condition",
        negations="pas jamais non rien aucun aucune",
        refusals="interdit interdite bloqué refusé refuser rejeter rejeté",
        agreements="oui approuvé",
        spans="heure heures jour jours journée semaine semaines",
        numbers="deux trois quatre cinq",
    ),
    "Spanish": Language(
        delays="mañana luego pregunto",
        conditions="pero cuando salvo siempre excepto hasta después condición cuanto",
        negations="nunca jamás nada ningún",
        refusals="prohibido bloqueado rechaz* deneg*",
        agreements="sí aprobado aprobada",
        spans="minutos hora horas día días semana semanas",
        numbers="dos tres cuatro cinco",
    ),
    "Portuguese": Language(
        delays="amanhã",
        conditions="se mas desde depois assim caso contanto condição",
        negations="não nao nenhum",
        refusals="recus* rejeit* negado",
        agreements="sim aprovado aprovada",
        spans="dia dias",
        numbers="dois duas três",
    ),
    "Italian": Language(
        delays="domani chiedo",
        conditions="quando però ma solo dopo appena condizione patto purché",
        negations="niente nessuno",
        refusals="bloccato vietato rifiut* respinto negato",
        agreements="sì approvato approvata",
        spans="ora ore giorno giorni settimana settimane",
        numbers="due tre quattro cinque",
    ),
    "Dutch": Language(
        delays="wacht",
        conditions="als mits maar zodra tenzij voorwaarde",
        negations="niet niets geen nee nooit niks",
        refusals="afgewezen afwijz* geweigerd weiger*",
        agreements="goedgekeurd akkoord",
        spans="uur uren dag dagen weken",
        numbers="twee drie vijf",
    ),
    "Danish, Norwegian and Swedish": Language(
        delays="imorgon senere",
        conditions="men om hvis når när bara utom efter villkor förutsättning forudsætning forutsetning",
        negations="ikke inte aldrig nej nei intet ingen inget",
        refusals="förbjudet forbudt "
        "avslag avslå avslår avslått neka nekad nekas nekar afvis* nektet nekter",
        agreements="godkänt godkänd godkendt godkjent",
        spans="timme timmar dage dagar dager",
        numbers="två tre fyra fem",
    ),
    "Finnish": Language(
        delays="huomenna myöhemmin",
        conditions="jos mutta kun ellei edellyttäen",
        negations="ei",
        refusals="hylät* hylkä* hylätty",
        agreements="kyllä joo sopii hyväksyn",
        spans="tunti tuntia tunniksi päivä päivää päiväksi",
        numbers="kaksi kolme",
    ),
    "Polish": Language(
        delays="jutro później",
        conditions="jeśli jeżeli ale gdy chyba warunkiem dopiero jak",
        negations="nie nic nigdy",
        refusals="zakaz zabronione odmaw* odrzuc* odmow*",
        agreements="pewnie oczywiście zgadzam zgoda tak zatwierdzam jasne dobrze",
        spans="godzina godzinę godziny godzin dzień dni",
        numbers="dwa dwie trzy",
    ),
    "Czech": Language(
        delays="zítra později",
        conditions="pokud jestli když až jakmile podmín*",
        negations="ne nic nikdy",
        refusals="zamít* odmít*",
        agreements="samozřejmě souhlasím schvaluji ano jasně dobře",
        spans="hodina hodinu hodiny hodin dny",
        numbers="dva dvě tři",
    ),
    "Hungarian": Language(
        delays="holnap később",
        conditions="ha amíg csak miután",
        negations="nem nincs",
        refusals="elutasít*",
        agreements="persze rendben igen jóváhagyom",
        spans="óra órára órát napra",
    ),
    "Romanian": Language(
        conditions="dacă dar când doar",
        negations="nu",
        refusals="refuz respins respinge",
        agreements="da aprobat",
        spans="oră zile",
    ),
    "Turkish": Language(
        delays="yarın",
        conditions="eğer ama ancak fakat onaylarsa sonra",
        negations="hayır hayir değil yok",
        refusals="yasak redded* reddet*",
        agreements="evet tamam onaylıyorum",
        spans="saat gün dakika",
        numbers="iki üç",
    ),
    "Slovak": Language(conditions="ak iba keď pokiaľ"),
    "Croatian and Serbian": Language(conditions="ako samo kad nakon ukoliko"),
    "Slovenian": Language(conditions="če vendar šele"),
    "Estonian": Language(conditions="kui ainult"),
    "Latvian": Language(conditions="tikai piekrīt"),
    "Lithuanian": Language(conditions="jei jeigu tik"),
    "Vietnamese": Language(conditions="nếu nhưng"),
    "Indonesian": Language(conditions="jika kalau tapi"),
    "Greek": Language(
        negations="όχι δεν μην", agreements="ναι", courtesies="ευχαριστώ ευχαριστω ευχαριστούμε"
    ),
    "Russian": Language(
        negations="njet не нет никогда", agreements="да", courtesies="спасибо спс хорошо благодарю"
    ),
    "Ukrainian": Language(negations="ні", agreements="так", courtesies="дякую добре"),
    "Hebrew": Language(negations="לא", agreements="כן", courtesies="תודה תודה רבה בסדר"),
    "Arabic": Language(negations="لا ليس", agreements="نعم", courtesies="شكرا شكراً جزيلا"),
    "Hindi": Language(negations="नहीं मत", agreements="हाँ", courtesies="धन्यवाद ठीक"),
    "Thai": Language(courtesies="ขอบคุณ ขอบคุณครับ ขอบคุณค่ะ"),
    "Japanese": Language(
        negations="いいえ",
        agreements="はい",
        courtesies="ありがとう ありがとうございます よろしく よろしくお願いします 承認 承認します 了解",
    ),
    "Chinese": Language(
        agreements="是 好 好的 同意", courtesies="谢谢 謝謝 多谢 感谢 批准 可以 辛苦了"
    ),
    "Korean": Language(
        negations="아니요", agreements="네 예", courtesies="감사합니다 고맙습니다 승인 승인합니다"
    ),
}


class Words:
    """The words of one kind, a field of Language, in all languages."""

    def __init__(self, kind: str) -> None:
        found = {
            word for language in LANGUAGES.values() for word in getattr(language, kind).split()
        }
        self.beginnings = tuple(word[:-1] for word in found if word.endswith("*"))
        self.whole = frozenset(word for word in found if not word.endswith("*"))

    def __contains__(self, word: str) -> bool:
        return word in self.whole or word.startswith(self.beginnings)
