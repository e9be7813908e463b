# ruff: noqa: RUF001, E501 - words of many languages, as they are written
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
    another one. `courtesies` change nothing. `common` show that a text is in the language: small words,
    none of them English, a name or an abbreviation.
    """

    conditions: str = ""
    negations: str = ""
    refusals: str = ""
    delays: str = ""
    agreements: str = ""
    spans: str = ""
    numbers: str = ""
    courtesies: str = ""
    common: str = ""


LANGUAGES = {
    "English": Language(  # n't is recognised by its form
        conditions="exclusively excl proviso reservation reservations caveat caveats "
        "if unless until untill till til iff only btu wehn onec excluding excepting restricted limited but when once "
        "after before except provided providing assuming whenever while although though however "
        "supposing pending awaiting barring minus subject contingent conditional conditionally "
        "whilst lest presuming permitting agreeing condition conditions depending provisional provisionally tentative tentatively theoretically "
        "partially partly possibly restriction* limitation* limits exception exceptions modification* "
        "amendment* supervision supervised beforehand upon presumably supposedly allegedly apparently",
        negations="not nto donot never cannot neither nor nope nah none false hardly barely seldom",
        refusals="refus* disapprov* disallow* withhold withheld object objection block blocked blocking withdraw withdrawn "
        "revoke revoked retract retracted cancel cancelled canceled denying denies denial rejecting rejects rejection "
        "declining declines forbid forbidden veto prohibited disagree* oppose opposed unapproved "
        "unauthorised unauthorized impossible unacceptable inacceptable unsure uncertain doubtful "
        "vetoed vetoing rescind rescinded abort aborted halt halted negatory",
        delays="tommorow tomorow tommorrow tmrw tmw postpone postponed postponing defer deferred deferring "
        "shelve shelved snooze snoozed",
        spans="mins hr hrs s sec secs second seconds w wk wks week weeks month months year years "
        "fortnight fortnights weekend overnight permanently permanent indefinitely forever hourly daily "
        "weekly monthly",
        numbers="two three four five six seven eight nine ten eleven twelve thirteen "
        "fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty ninety half couple few dozen single "
        "twice thrice triple halve halved double doubled extended plus less more roughly approximately every each better instead rather "
        "start starting starts begin beginning begins from tonight tomorrow",
    ),
    "German": Language(
        delays="später morgen frage prüfe",
        conditions="wenn falls sofern sobald solange vorausgesetzt aber erst außer ausser bevor nachdem nach "
        "bedingung* voraussetzung vorbehalt vorbehaltlich",
        negations="nicht nichts nein kein keine keinen niemals keinesfalls keineswegs nix",
        refusals="untersagt gesperrt blockiert "
        "ablehn* abgelehn* lehne lehnen verweiger* verboten verbiete*",
        agreements="ja jo passt genehmigt freigegeben",
        spans="std minuten stunde stunden tage tagen wochen",
        numbers="zwei drei vier fünf sechs acht zehn",
        common="nur bis uhr bei aus unter ist sind oder für ich wir sie ihr mir mich das diese dieser "
        "dieses ein eine einen einer einem noch vor heute jetzt vielleicht eventuell vermutlich wohl kaum "
        "darf kann soll muss müssen werden wird warum wieso weshalb wozu wer wie dagegen unsicher leider "
        "lediglich höchstens einmal doch abend nacht montag dienstag mittwoch donnerstag freitag "
        "samstag sonntag versehentlich irrtum quatsch zurückgezogen widerrufen einschränk* auflage*",
        courtesies="danke dank und vielen besten herzlichen bitte gern gerne grüße gruß grüßen freundlichen freundliche viele schöne schönes schönen liebe beste",
    ),
    "French": Language(
        delays="demain vérifie demande",
        conditions="si mais sauf quand lorsque pourvu dès après réserve condition",
        negations="pas jamais non rien aucun aucune",
        refusals="interdit interdite bloqué refusé refuser rejeter rejeté",
        agreements="oui approuvé",
        spans="heure heures jour jours journée semaine semaines",
        numbers="deux trois quatre cinq",
        common="avec dans sous vous nous elles sont cette ces ou qui quoi pourquoi seulement uniquement juste "
        "jusque soir lundi mardi mercredi jeudi vendredi samedi dimanche maintenant peut doit faut voir "
        "attente erreur contre surtout droits",
        courtesies="merci beaucoup bien très à",
    ),
    "Spanish": Language(
        delays="mañana luego pregunto",
        conditions="pero cuando salvo siempre excepto hasta después condición cuanto",
        negations="nunca jamás nada ningún",
        refusals="prohibido bloqueado rechaz* deneg*",
        agreements="sí adelante aprobado aprobada",
        spans="minutos hora horas día días semana semanas",
        numbers="dos tres cuatro cinco",
        common="por esta este esto ella ellos usted porque cuál quien cual hoy noche lunes martes miércoles "
        "jueves viernes sábado domingo solamente únicamente vez quizá quizás tampoco hablar espera "
        "esperando pregunta debe rato muy",
        courtesies="gracias muchas",
    ),
    "Portuguese": Language(
        delays="amanhã",
        conditions="se mas desde depois assim caso contanto condição",
        negations="não nao nenhum",
        refusals="recus* rejeit* negado",
        agreements="sim aprovado aprovada",
        spans="dia dias",
        numbers="dois duas três",
        common="ela ele eles você hoje somente apenas só talvez isso isto aguardando engano pensar nem "
        "segunda terça quarta quinta sexta",
        courtesies="obrigado obrigada muito",
    ),
    "Italian": Language(
        delays="domani chiedo",
        conditions="quando però ma solo dopo appena condizione patto purché",
        negations="niente nessuno",
        refusals="bloccato vietato rifiut* respinto negato",
        agreements="sì approvato approvata",
        spans="ora ore giorno giorni settimana settimane",
        numbers="due tre quattro cinque",
        common="che sono questo questa oggi stasera forse errore soltanto unicamente attesa mica neanche nemmeno "
        "contrario fino cosa della dello nella lei lui",
        courtesies="grazie mille",
    ),
    "Dutch": Language(
        delays="wacht",
        conditions="als mits maar zodra tenzij voorwaarde",
        negations="niet niets geen nee nooit niks",
        refusals="afgewezen afwijz* geweigerd weiger*",
        agreements="goedgekeurd akkoord",
        spans="uur uren dag dagen weken",
        numbers="twee drie vijf",
        common="voor het een zijn ik jij wij dit dat wat waar waarom hoe alleen enkel slechts vanaf vanavond vandaag "
        "misschien ongeluk vraag wachten tegen onder maandag dinsdag woensdag donderdag vrijdag",
        courtesies="bedankt dank u je wel hartelijk graag",
    ),
    "Danish, Norwegian and Swedish": Language(
        delays="imorgon senere",
        conditions="men om hvis når när bara utom efter villkor förutsättning forudsætning forutsetning",
        negations="ikke inte aldrig nej nei intet ingen inget",
        refusals="förbjudet forbudt "
        "avslag avslå avslår avslått avslås neka nekad nekas nekar afvis* nektet nekter",
        agreements="godkänt godkänd godkendt godkjent",
        spans="timme timmar dage dagar dager",
        numbers="två tre fyra fem",
        common="för är och det denna detta endast enbart ikväll kanske misstag varför vad som på från idag aften "
        "måske kanskje hvorfor hva hvad fejl jag jeg ikkje ekki",
        courtesies="tack mange tusen tusind takk så mycket hälsningar vänliga hilsen",
    ),
    "Finnish": Language(
        delays="huomenna myöhemmin",
        conditions="jos mutta kun ellei edellyttäen",
        negations="ei",
        refusals="hylät* hylkä* hylätty",
        agreements="kyllä joo sopii hyväksyn",
        spans="tunti tuntia tunniksi päivä päivää päiväksi",
        numbers="kaksi kolme",
        common="ainoastaan tänään ehkä vahingossa miksi emme älä hän tämä että",
        courtesies="kiitos kiitoksia paljon",
    ),
    "Polish": Language(
        delays="jutro później",
        conditions="jeśli jeżeli ale gdy chyba warunkiem dopiero jak",
        negations="nie nic nigdy",
        refusals="zakaz zabronione odmaw* odrzuc* odmow*",
        agreements="pewnie oczywiście zgadzam zgoda tak zatwierdzam jasne dobrze",
        spans="godzina godzinę godziny godzin dzień dni",
        numbers="dwa dwie trzy",
        common="dla tylko wyłącznie jutra dziś dzisiaj dlaczego czemu jest tego pomyłkę przez przeciw ile się",
        courtesies="dziękuję dzięki pozdrawiam",
    ),
    "Czech": Language(
        delays="zítra později",
        conditions="pokud jestli když až jakmile podmín*",
        negations="ne nic nikdy",
        refusals="zamít* odmít*",
        agreements="samozřejmě souhlasím schvaluji ano jasně dobře",
        spans="hodina hodinu hodiny hodin dny",
        numbers="dva dvě tři",
        common="pouze dnes omylem možná proč že bude jsem",
        courtesies="děkuji díky",
    ),
    "Hungarian": Language(
        delays="holnap később",
        conditions="ha amíg csak miután",
        negations="nem nincs",
        refusals="elutasít*",
        agreements="persze rendben igen jóváhagyom",
        spans="óra órára órát napra",
        common="talán miért egy és hogy",
        courtesies="köszönöm köszi",
    ),
    "Romanian": Language(
        conditions="dacă dar când doar",
        negations="nu",
        refusals="refuz respins respinge",
        agreements="da aprobat",
        spans="oră zile",
        common="numai azi poate pentru este sunt",
        courtesies="mulțumesc",
    ),
    "Turkish": Language(
        delays="yarın",
        conditions="eğer ama ancak fakat onaylarsa sonra",
        negations="hayır hayir değil yok",
        refusals="yasak redded* reddet*",
        agreements="evet tamam onaylıyorum",
        spans="saat gün dakika",
        numbers="iki üç",
        common="sadece yalnızca için kadar belki bu bugün yarına akşam pazartesi neden niye asla olmaz istemiyorum "
        "bekle ve bir",
        courtesies="teşekkürler teşekkür ederim sağol sağolun",
    ),
    "Slovak": Language(conditions="ak iba keď pokiaľ"),
    "Croatian and Serbian": Language(
        conditions="ako samo kad nakon ukoliko",
        common="nikako neću nema zašto možda danas",
        courtesies="hvala",
    ),
    "Slovenian": Language(conditions="če vendar šele"),
    "Estonian": Language(conditions="kui ainult", common="mitte"),
    "Latvian": Language(conditions="tikai piekrīt"),
    "Lithuanian": Language(conditions="jei jeigu tik"),
    "Vietnamese": Language(conditions="nếu nhưng", courtesies="cảm ơn"),
    "Indonesian": Language(
        conditions="jika kalau tapi",
        common="tidak jangan bukan hanya besok mengapa untuk",
        courtesies="terima kasih",
    ),
    "Greek": Language(
        negations="όχι δεν μην", agreements="ναι", courtesies="ευχαριστώ ευχαριστω ευχαριστούμε"
    ),
    "Russian": Language(
        conditions="если",
        negations="njet не нет никогда",
        refusals="отклон* отказ* запрещ*",
        agreements="да",
        courtesies="спасибо спс хорошо благодарю",
    ),
    "Ukrainian": Language(
        conditions="якщо",
        negations="ні",
        refusals="відхил* відмов*",
        agreements="так",
        courtesies="дякую добре",
    ),
    "Hebrew": Language(negations="לא", agreements="כן", courtesies="תודה תודה רבה בסדר"),
    "Arabic": Language(negations="لا ليس", agreements="نعم", courtesies="شكرا شكراً جزيلا"),
    "Hindi": Language(negations="नहीं मत", agreements="हाँ", courtesies="धन्यवाद ठीक"),
    "Thai": Language(courtesies="ขอบคุณ ขอบคุณครับ ขอบคุณค่ะ"),
    "Japanese": Language(
        negations="いいえ",
        refusals="却下* 拒否*",
        agreements="はい",
        courtesies="ありがとう ありがとうございます よろしく よろしくお願いします 承認 承認します 了解",
    ),
    "Chinese": Language(
        refusals="拒绝* 拒絕* 驳回*",
        agreements="是 好 好的 同意",
        courtesies="谢谢 謝謝 多谢 感谢 批准 可以 辛苦了",
    ),
    "Korean": Language(
        negations="아니요",
        refusals="거절* 거부*",
        agreements="네 예",
        courtesies="감사합니다 고맙습니다 승인 승인합니다",
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


def misspelt(words: str) -> frozenset[str]:
    """The words with a letter too few or twice, or two letters in each other's place."""
    found: set[str] = set()
    for word in words.split():
        for at in range(1, len(word)):
            before, rest = word[:at], word[at + 1 :]
            found |= {before + rest, before + word[at] * 2 + rest}
            found |= {before + rest[:1] + word[at] + rest[1:]}
    return frozenset(found.difference(words.split(), ("provide",)))
