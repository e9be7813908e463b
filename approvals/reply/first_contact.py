# ruff: noqa: RUF001, E501 - sentences of several languages, as Exchange Online writes them
"""Exchange Online's tip above mail of somebody who rarely writes, in the language of the mailbox.

"You don't often get email from dana@example.com. Learn why this is important." Nobody typed it. It's
known by its whole form, so what somebody writes of such an address is never taken for it.
"""

import re2

from approvals.words import DECISION_WORDS

# How its two sentences begin or end in each language; "@" is the address, "~" a few words.
SENTENCES = (
    ("(?:you|some people who received this message) don['’]t often get e-?mail from @", "learn why(?: this is important)?(?: at)?"),
    ("sie (?:erhalten|bekommen) (?:nicht (?:häufig|oft)|selten) ~e-?mails? von @", "erfahren sie,? warum d(?:ies|as) wichtig ist"),
    ("einige personen, die diese nachricht erhalten haben, erhalten ~e-?mails? von @", "erfahren sie,? warum d(?:ies|as) wichtig ist"),
    ("(?:vous ne recevez|vous n['’](?:obtenez|avez)|certaines personnes qui ont reçu ce message ne reçoivent) pas souvent ~@", "(?:découvrez )?pourquoi (?:cela est|ceci est|c['’]est) important"),
    ("(?:no suele|algun[oa]s ~que (?:recibieron|han recibido) este mensaje no suelen) (?:recibir|obtener) ~@", "(?:~por qu[ée] esto es importante|por qu[ée] es esto importante)"),
    ("(?:non si ricevono|non ricevi|non si riceve|alcune persone che hanno ricevuto questo messaggio non ricevono) spesso ~@", "~perch[ée] (?:è importante|questo è importante|ciò è importante)"),
    ("(?:u ontvangt|u krijgt|je ontvangt|sommige mensen die dit bericht hebben ontvangen,? (?:ontvangen|krijgen)) niet vaak ~@", "~waarom dit belangrijk is(?: op)?"),
    ("(?:você não costuma receber|você não recebe|não costuma receber|algumas pessoas que receberam esta mensagem não costumam receber) ~@", "~por ?que isso é importante|~porque é que isto é importante"),
    ("(?:nie otrzymujesz często|nieczęsto otrzymujesz|niektóre osoby, które otrzymały tę wiadomość, nie otrzymują często) ~@", "dowiedz się, dlaczego (?:jest to|to jest) ważne"),
    ("(?:du får inte ofta|vissa som tagit emot det här meddelandet får inte ofta) ~@", "~varför det(?:ta| här) är viktigt"),
    ("(?:du får ikke ofte|du modtager ikke ofte) ~@", "~hvorfor det(?:te)? er vigtigt|få mere at vide om, hvorfor det(?:te)? er vigtigt"),
    ("(?:du får ikke ofte|du mottar ikke ofte|du får ikke så ofte) ~@", "~hvorfor det(?:te)? er viktig"),
    ("(?:et saa usein|saat harvoin) ~@", "~miksi tämä on tärkeää|lisätietoja siitä, miksi tämä on tärkeää"),
    ("(?:e-?maily? od @ nedostáváte často|~nedostáváte často e-?maily? od @|od @ nedostáváte často e-?maily)", "(?:zjistěte|přečtěte si), proč je to důležité"),
    ("(?:nedostávate často e-?maily od @|e-?maily od @ nedostávate často)", "zistite, prečo je to dôležité"),
    ("(?:вы (?:нечасто|редко|не часто) получаете ~@)", "узнайте, почему это важно"),
    ("(?:ви (?:нечасто|рідко|не часто) отримуєте ~@)", "дізнайтеся, чому це важливо"),
    ("@ adresinden (?:sık sık|genellikle) e-?posta almıyorsunuz", "bunun neden önemli olduğunu öğrenin"),
    ("(?:ön )?nem gyakran kap ~:? ?@", "(?:tudja meg|megtudhatja), (?:hogy )?miért fontos ez"),
    ("(?:nu primiți (?:des|frecvent)) ~@", "aflați de ce este important"),
    ("δεν λαμβάνετε συχνά ~@", "μάθετε γιατί (?:αυτό )?είναι σημαντικό"),
    ("@ ?からのメールを受け取る(?:頻度は高く|こと(?:は|が)(?:多く|あまり))ありません", "これが重要である?理由を(?:確認|ご?確認|学習|お読み)(?:して)?(?:ください|する)|これが重要な理由を確認してください|これが重要な理由"),
    ("[您你](?:通常不会收到来自|不经常收到来自|不常收到来自) ?@ ?的?(?:电子邮件|邮件)", "了解(?:这一点|此内容)?(?:为什么|为何)(?:这一点)?(?:很)?重要"),
    ("[您你](?:通常不會收到來自|不常收到來自) ?@ ?的?(?:電子郵件|郵件)", "(?:了解|瞭解)(?:這|此)?~(?:為什麼|為何)(?:這)?(?:很)?重要"),
    ("@ ?에서 (?:전자 메일|메일|이메일)을 자주 받지 않습니다|@ ?(?:의|로부터) (?:전자 메일|메일|이메일)을 자주 받지 않습니다", "(?:이것이|이 (?:점|문제)이) 중요한 이유를? 알아보(?:세요|기)"),
)  # fmt: skip

WORDS = r"[^.,;:!?()@]*"  # a few words of the sentence
FIRST, SECOND = (
    re2.compile(rf"(?i)^(?:{'|'.join(each[at].replace('~', WORDS) for each in SENTENCES)})$")
    for at in (0, 1)
)
MAX_TIP = 300  # characters
ADDRESS = re2.compile(r"<?(?:mailto:)?[^\s@<>()]+@[\w-]+(?:\.[\w-]+)+>?")
LINK = re2.compile(r"(?i)<?https?://aka\.ms/learnaboutsenderidentification>?[\s\])*_.]*$")
# A link as programs make text of it, or with all of the tip in brackets: people write it otherwise.
BY_PROGRAM = re2.compile(r"(?i)(?:\pL<https?://[^<>\s]+>\s*|^\s*\[.*https?://\S+ ?\]\s*)$")
END = re2.compile(r" ?(?:[.] |。)")
AROUND = "[]()*_ \t\xa0.。"
TYPED = re2.compile(
    rf"(?i)[?!？]|(?:^|[^\pL\pN])(?:i|i['’]m|we|me|my|ich|wir|mir|mich|moi|please|ask|{'|'.join(DECISION_WORDS)})(?:[^\pL\pN]|$)"
)


def is_tip(text: str, sender: str) -> bool:
    """Whether a text is the whole of the tip, on a mail of `sender`, an address in lower case or "".

    In a language that isn't in the table, it's known by its link at the end and that address above.
    """
    if len(text) > MAX_TIP or "@" not in text:
        return False
    said = LINK.sub("", text)
    sentences = [each.strip(AROUND) for each in END.split(ADDRESS.sub("@", said).strip(AROUND))]
    if len(sentences) != 2 or "@" in sentences[1]:
        return False
    if FIRST.match(sentences[0]) and SECOND.match(sentences[1]):
        return True
    is_named = bool(sender) and said.lower().count(sender) == 1
    is_linked = said != text and bool(BY_PROGRAM.search(text))
    return is_named and is_linked and "@" in sentences[0] and not TYPED.search(said)


def is_link(line: str) -> bool:
    """Whether a line is the tip's link alone, wrapped from the line above."""
    return str(LINK.sub("", line[:MAX_TIP])).strip(AROUND) == "" and bool(line.strip())
