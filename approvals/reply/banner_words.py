# ruff: noqa: RUF001, E501 - words of several languages, as they are written
"""How mail gateways word their banners, and how people do not (banners.py)."""

import re2

# The outside named by a line of its own: it is of mail too.
ALONE = r"^[^\pL\pN]*(?:(?:caution|warning|attention|alert)[^\pL\pN]+)?extern(?:al|e?)[^\pL\pN]*$|^[^\pL\pN]*\[ext\][^\pL\pN]*$"
STARTS = re2.compile(
    r"(?i)^[^\pL\pN]{0,12}(?:(?:note|please note|important|hinweis|wichtig|importante?|belangrijk|viktigt?|vigtigt|merk|tärkeää|ważne|важно)\W{1,3}(?:that )?)?"
    r"(?:this sender is|do not (?:open|click)|(?:please )?(?:use|exercise) caution|think before you click|be careful with this|cyber ?security|mise en garde|prudence|non-\pL+ e-?mail|you have not previously|cet e-?mail|messaggio esterno|mensaje externo|внешнее письмо|this is the first time you|the sender might be|huom|externt?|ekstern|externí|dış kaynaklı|внешняя|wiadomość z|uyari|caution|external|warning|attention|alert|notice|achtung|vorsicht|extern(?:e[rs]?)?|"
    r"this (?:e-?mail|mail|message)|this is an external (?:e-?mail|message)|the sender of this|security (?:notice|alert|warning)|"
    r"warnung|sicherheitshinweis|alerte|alerta|"
    r"varování|varovanie|pozor|figyelem|figyelmeztetés|külső|atenție|avertisment|acest (?:e-?mail|mesaj)|προσοχ[ήη]|увага|попередження|"
    r"you have received this (?:e-?mail|message) from|(?:message|courriel|mail) externe|correo externo|e-?mail externo|diese (?:e-?mail|nachricht) (?:kommt|stammt|wurde)|"
    r"avertissement|prudence|externe|ce (?:courriel|message|mail)|atención|precaución|"
    r"advertencia|aviso|este (?:correo|mensaje|e-?mail)|atenção|cuidado|esta mensagem|attenzione|avviso|questo messaggio|"
    r"questa e-?mail|let op|waarschuwing|opgelet|d(?:eze|it) (?:e-?mail|bericht)|varning|obs|det här (?:mejlet|meddelandet)|"
    r"advarsel|denne (?:e-?mail|e-post|e-posten|mail)|varoitus|huomio|tämä viesti|uwaga|ostrzeżenie|ta wiadomość|pozor|upozornění|"
    r"tato zpráva|d[iİ]kkat|uyarı|bu (?:e-?posta|mesaj|ileti)|внимание|осторожно|ext\]|это (?:письмо|сообщение)|注意|警告|社外|外部)"
    r"(?:[^\pL]|$)|^[^\pL\pN]{0,12}(?:注意|警告|社外|外部|このメールは(?:社外|外部)|此邮件来自|此郵件來自|외부|주의|경고|تنبيه|تحذير|זהירות|אזהרה)"
)
PHRASES = re2.compile(
    r"(?i)you have not previously corresponded with this sender|kommt von extern\b|(?:from|sent by|is) (?:an? )?(?:external|outside|unknown|untrusted) (?:sender|source|party|e-?mail|address|organi[sz]ation|domain)(?: for the first time)?|"
    r"outside (?:of )?(?:the|your|our|this) (?:\w+ )?(?:organi[sz]ation|company|network)|originated (?:from )?outside|"
    r"(?:from|by) (?:(?:somebody|someone|a person|people|a sender|an? \w+) )?(?:from )?outside|not (?:sent |originate |come )?from (?:within|inside)|"
    r"external (?:e-?mail|mail|message|sender)|extern(?:e[nrsm]?)? (?:e-?mail|absenders?|nachricht)|"
    r"(?:von )?au(?:ß|ss)erhalb (?:der|ihrer|unserer|des) |"
    r"de l['’]ext[ée]rieur|d['’]une source externe|(?:courriel|message|mail|exp[ée]diteur) externe|fuera de (?:la|su|nuestra) organización|"
    r"(?:correo|mensaje|remitente|mensagem|e-?mail) extern[oa]|(?:de )?origem externa|fora d[ae] (?:sua |nossa )?(?:organização|empresa)|"
    r"(?:messaggio|mittente|e-?mail|mail|posta) estern[oa]|(?:al di fuori|dall['’]esterno) dell|buiten (?:de|uw|onze) organisatie|"
    r"externe (?:afzender|e-?mail)|(?:extern|utanför) (?:avsändare|organisationen|e-post)|extern avsändare|"
    r"(?:ekstern (?:afsender|avsender|mail|e-post))|(?:uden for|utenfor) (?:organisationen|organisasjonen|virksomheden)|"
    r"organisaation ulkopuolelta|ulkoinen lähettäjä|spoza (?:organizacji|firmy)|zewnętrzn(?:y|ego) nadawc|"
    r"(?:mimo|vně) (?:organizaci|společnost)|extern(?:í|ího) (?:odesílatel|zdroj)|kuruluş(?:unuz)?(?:un)? dışından|harici (?:e-?posta|gönder)|"
    r"внешн(?:ий|его|яя|ее) (?:отправител|почт|письмо|сообщение)|извне|за пределами (?:организации|компании)|зовнішн(?:ій|ього|я) (?:відправник|пошта)|ззовні|"
    r"(?:社外|外部|組織外|会社外)(?:から|の|メール|送信者)|[来來]自(?:本|我们|我們)?(?:组织|組織|公司|机构|單位)?(?:的)?(?:外部|以外|之外)|(?:组织|組織|公司)(?:外部|以外|之外)|"
    r"külső (?:feladó|e-?mail|levél)|szervezeten kívül|(?:expeditor|e-?mail|mesaj) extern|din afara (?:organizației|companiei)|utifrån (?:organisationen|företaget)|kurum(?:unuz)? dışından|εξωτερικ(?:ό|ός|ού|ή) (?:αποστολέα|μήνυμα|διεύθυνση)|"
    r"εκτός (?:του |της )?(?:οργανισμού|εταιρείας)|조직 외부|외부 ?(?:발신|메시지)|mimo (?:organizácie|spoločnosti)|"
    r"外部(?:邮件|郵件|寄件者|发件人|發件人)|외부(?:에서| ?메일)|من خارج|מחוץ ל|dış kaynaklı|externí e-?mail|"
    r"first time you(?: have|['’]ve)? received an? (?:e-?mail|message) from this sender(?: \(\S+@\S+\))?|might be impersonating others in your organi[sz]ation|"
    r"originated from a non-\pL+ (?:e-?mail )?(?:domain|address)|sender of this (?:e-?mail|message) is external|ext e-?mail|extern bericht|non-\pL+ (?:e-?mail )?address|was not sent by an? (?:\S+ ){1,4}employee|"
    r"sender of this (?:e-?mail|message) could not be validated(?: and may not match the person in the \W?from\W? field)?|"
    r"externt (?:mejl|mail)|z zewnątrz|внешняя почта|externe mail|dall['’]esterno|" + ALONE
)
MAIL = re2.compile(
    r"(?i)e-?mail|\bmail\b|message|sender|absender|nachricht|courriel|exp[ée]diteur|correo|mensaje|remitente|mensagem|messaggio|"
    r"mittente|posta|bericht|afzender|avsändare|meddelande|mejl|afsender|avsender|e-post|viesti|lähettäjä|wiadomość|nadawc|"
    r"邮件|郵件|發件|发件|메일|메시지|발신|رسالة|הודעה|zpráva|správa|levél|feladó|mesaj|expeditor|лист|повідомлення|відправник|μήνυμα|αποστολέα|пошт|odesílatel|mesaj|ileti|письмо|сообщение|отправител|почт|メール|送信者|"
    + ALONE
)
# "EXTERNAL: do not click links", which names the outside by its label.
LABELLED = re2.compile(
    r"(?i)^[^\pL\pN]*(?:ext|extern(?:al|e|er|o|a|í)?|externt|ekstern|ulkoinen|zewnętrzna|внешнее|外部|社外)(?:[\])】*]+ ?[:!–—-]*| ?[:!–—-]+)[ \xa0]*(\pL.*)$"
)
GOES_ON = re2.compile(
    r"(?i)^[^\pL\pN]{0,6}(?:(?:please |always )?(?:do not|don['’]t|never|be|exercise|use|think|treat|report|verify|avoid) |"
    r"this (?:e-?mail|message) |unless you |and know |klicken sie|öffnen sie|bitte |diese (?:e-?mail|nachricht) |"
    r"ne (?:cliquez|ouvrez)|n['’]ouvrez|soyez |veuillez |no (?:haga|abra)|não (?:clique|abra)|non (?:aprire|cliccare|fare)|"
    r"klik niet|open geen|klicka inte|öppna inte|klik ikke|ikke klikk|åbn ikke|åpne ikke|älä |nie (?:klikaj|otwieraj)|"
    r"neklikejte|neotvírejte|не (?:переходите|открывайте)|[请請](?:谨慎|謹慎|勿|不要)|bağlantı|リンク|添付)"
)
# What a gateway's sentences are about; one that speaks of anything else was typed.
DANGERS = re2.compile(
    r"(?i)\b(?:links?|attachments?|suspicious|unsafe|report message|caution|careful|cautious|vigilant|it department|login|macros|phishing|passwords?|credentials|safe|scanned|"
    r"click|clicking|trust|verify|unsure|in doubt|phish|responding|prüfen|recogni[sz]e|sensitive|anhänge?n?|anlagen|"
    r"vorsicht|vorsichtig|klicken|verdächtig|service ?desk|help ?desk|liens?|pièces? jointes?|prudents?|enlaces?|adjuntos?|"
    r"anexos?|allegati|collegamenti|koppelingen|bijlagen?|länkar|bilagor|vedlegg|vedhæftede|linkkejä|liitteitä|linki|"
    r"załączników|odkazy|přílohy|bağlantı|ekleri|forsiktig|ostrożność|voorzichtig|lenker|hivatkozás|csatolmány|melléklet)|ссылк|вложен|осторожн|вкладен|посилан|обережн|συνδέσμ|συνημμ|קישור|מצורפ|روابط|مرفقات|リンク|添付|链接|鏈接|連結|附件|링크|첨부"
)
# What people warn of as well: by themselves, these words don't tell a gateway's line.
VAGUE = re2.compile(
    r"(?i)\b(?:trust|safe|click|clicking|verify|unsure|in doubt|responding|recogni[sz]e|sensitive|scanned)\b"
)
SENDER = r"sender|absender|exp[ée]diteur|remitente|remetente|mittente|afzender|avsändare|afsender|avsender|lähettäjä|nadawc|odesílatel|odosielateľ|feladó|expeditor|αποστολέα|отправител|відправник|发件人|發件人|寄件者|送信者|발신"
CHECK = r"verif|check|recogni[sz]e|\bknow|unknown|prüf|kenn|vérif|connai|conoc|conhe|conosc|control|kontroll|sprawd|ověř|overte|tarkist|ellenőriz|провер|перевір|核实|核實|確認|확인"
# "Verify the sender before replying", and not "Unless you recognize the sender, wait."
CHECKS_SENDER = re2.compile(
    rf"(?i)(?:{CHECK}).{{0,40}}(?:{SENDER})[^,]{{0,30}}$|(?:{SENDER}).{{0,40}}(?:{CHECK})[^,]{{0,20}}$"
)
BEFORE_CLICKING = re2.compile(r"(?i)\bbefore (?:you )?click")
ONE_WORD = re2.compile(r"(?i)^[^\pL]*(?:let op|\pL*)[^\pL]*$")
# What classifying programs put on top: "Classification: Internal".
CLASS = r"public|internal|confidential|restricted|general|secret|unclassified|official|sensitive|private|intern|öffentlich|vertraulich|interne|publique|confidentiel"
CLASSIFIED = re2.compile(
    rf"(?i)^[^\pL\pN]*(?:classification|data classification|sensitivity|information class|klassifizierung|vertraulichkeit|"
    rf"confidentialité|clasificación|classificatie)\s*[:=]\s*(?:company |strictly )?(?:{CLASS})(?:[ /-]{{1,3}}(?:{CLASS}|use only|only))*[^\pL\pN]*$"
)
MARKING = re2.compile(
    r"^[^\pL\pN]*(?:OFFICIAL(?:[:-] ?SENSITIVE)?|UNCLASSIFIED|TLP: ?(?:RED|AMBER|GREEN|CLEAR|WHITE)(?:\+STRICT)?)[^\pL\pN]*$"
)
# A sensitivity label alone, as Microsoft Purview puts it on top or at the end.
SENSITIVITY = re2.compile(
    r"^[^\pL\pN]*(?:C[0-4] ?[\p{Pd}:|] ?)?(?:(?:Company|Strictly|Highly) )?(?:Public|General|Internal|Confidential|Restricted|Intern|Öffentlich|Vertraulich|"
    r"Interne|Publique|Confidentiel|Interno|Interna|Confidencial|Riservato|Vertrouwelijk|PUBLIC|INTERNAL|CONFIDENTIAL|RESTRICTED|"
    r"公开|公開|内部|內部|机密|機密|秘密|社外秘|部外秘|関係者外秘)(?: (?:Use )?Only| (?:USE )?ONLY)?[^\pL\pN?]*$"
)
LINKED = re2.compile(
    r"(?i)\b(?:links?|click|clicking|attachments?|anhänge?n?|anlagen|liens?|pièces? jointes?|enlaces?|adjuntos?|anexos?|allegati|"
    r"collegamenti|koppelingen|bijlagen?|länkar|bilagor|vedlegg|vedhæftede|linkkejä|liitteitä|linki|załączników|odkazy|přílohy)\b|ссылк|вложен|リンク|添付|链接|附件"
)
# Labels that are all of a line, in brackets or with the sender's word.
LABEL = re2.compile(
    r"(?i)^[^\pL\pN]*(?:(?:\[|\(|<|\*\*|==|【) ?(?:extern[aoe]|externer?|ekstern|estern[ao]|zewnętrzn[ya]|externí|külső|harici|внешнее|зовнішній|外部) ?(?:\]|\)|>|\*\*|==|】)|"
    r"\[ ?caution: non-\S+ e-?mail ?\]|mittente esterno|remitente externo|remetente externo|expéditeur externe|externe afzender|extern avsändare|"
    r"ekstern (?:afsender|avsender)|ulkoinen lähettäjä|zewnętrzny nadawca|nadawca zewnętrzny|externí odesílatel|külső feladó|внешний отправитель|зовнішній відправник)[^\pL\pN]*$"
)
INKY = re2.compile(r"(?i)^[^\pL\pN]*caution: external \(\S+@\S+\)[^\pL\pN]*$")
PROOFPOINT = ("ZjQcmQRYFpfptBannerStart", "ZjQcmQRYFpfptBannerEnd")
ESPECIALLY = re2.compile(
    r"(?i)^ (?:especially|particularly|in particular|insbesondere|vor allem) $"
)
# What stands behind one of these in a sentence is of its own: "External sender, no".
MARKS = re2.compile(r"[,;:…(\[/>|]+|(?:^|[^\pL\pN])[–—-]+(?:[^\pL\pN]|$)")
NEGATES = re2.compile(
    r"(?i)(?:^|[^\pL])(?:no|not|never|non|nicht|nie|kein|keine|ne|pas|niet|geen|não|nem|inte|ikke|ei|nu|не|only|yet|unless|if|until|but)(?:[^\pL]|$)"
)
SENTENCE_END = re2.compile(r"[.!](?:[^\pL\pN]|$)+|[。！]+")
