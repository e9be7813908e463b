# ruff: noqa: RUF001 - words of several languages
"""The words that mail gateways' banners are made of, by language.

A sentence with any other word was typed by somebody: "Warning: wait for Lee, this is an external
email". A list of what gateways say ends; one of what people say never does.
"""

import re2

from approvals.reply.words import IS_JOINED
from approvals.words import DECISION_WORDS

WORDS = frozenset(
    # English
    """
    a above acting action actions address addresses affiliated alert always an and and/or any
    appear appears are arrived as associated at attached attachment attachments attention attn
    authenticity avoid aware bank banking be because been before believe below beware business but
    button by came can can't cannot care careful carefully caution cautious cautiously check click
    clicking com come comes coming communication company company's concerned confident
    confidential confirm confirmed contact contain contained containing contains content contents
    copy corporate corporation corresponded correspondence could credentials cyber cybersecurity
    danger dangerous data department dept desk details did do does doesn't domain domains don't
    double doubt download downloading downloads due e e-mail e-mails eg email emails employee
    employees enable ensure enter entering especially evaluate evaluated executable exercise
    expected expecting ext external externally fake field file files follow following for forward
    forwarded fraud fraudulent from further g genuine government guidance handle harmful has have
    headers health help helpdesk high hover hovering hyperlink hyperlinks i.e id identified
    identity if immediately impersonating important in inbound include includes including incoming
    info information infosec inside intended internal internet into is it's its judgement judgment
    know known legitimacy legitimate let like link links located login look-alike macros mail
    mailbox mails make malicious malware match may message message's messages might mimecast
    mouseover must network never non not note notice number numbers of office on only open opened
    opening or organisation organisation's organisations organization organization's
    organizational organizations origin originate originated originates originating other others
    our outside over particularly party password passwords pay payment people person personal
    phish phishing please policy portal possible potential potentially previously prior prompted
    proper protect provide provider providing purchase question questionable questions reason
    receive received receiving recipients recognise recognised recognize recognized remember reply
    replying report report-message reported reporting request requests respond responding risk
    risky safe safely safety scan scanned scanner secure security see send sender sender's senders
    sending sensitive sent server service servicedesk should sign signature somebody someone
    someone's source sources spam spoof spoofed staff state subject such supplied support sure
    suspect suspected suspicious system systems take taken taking team than that that's the their
    these they thing think this those threat through time to tool transfer treat trust trusted
    type unexpected unfamiliar university unknown unless unlikely unrecognised unrecognized unsafe
    unsolicited unsure untrusted unusual unverified url urls use used user username usernames
    using validate validated validating verified verify verifying via vigilance vigilant virus
    viruses warning wary was web website websites were when where which while who whom whose wire
    wish with within without yet you you're your yourself"""
    # German
    """
    absender absenderadresse absendern absenders achten achtung adresse alle als am anhang anhänge
    anhängen anklicken anlage anlagen antworten anwender auf aus ausserhalb außerhalb bei beim bekannt
    bekannten besonders bevor bis bitte das dass dateien daten dem den denn der des die diese
    dieser dieses durch ein eine einem einen einer empfangen erkennen es extern externe externem
    externen externer externes falls firma folgen geben geschickt gesendet gesendete geöffnet
    hinweis ihnen ihrer im inhalt inhalte innerhalb ist it kam kein keine keinen kennen klick
    klicke klicken kommt können leiten mit nachricht nicht nie niemals nur oder preis prüfen
    prüfung quelle quellen sorgfältig versendet sei seien sein seiner sensible sicher sichere
    sicheren sicherheit
    sicherheitshinweis sie sind sofern stammen stammt stellen umgang unbekannt unbekanntem
    unbekannten unbekannter und unserer unseres unternehmen unternehmens verdächtig verdächtige
    vertrauen vertrauenswürdig vertraulich vom von vor vorsicht vorsichtig warnung weiter wenn
    wichtig wird wissen wurde wurden zu zum zur zweifel zweifelsfall öffnen über überprüfen"""
    # French
    """
    alerte au aucun aucune auteur autre aux avant avec avertissement avez avis avoir c'est ce
    certain certains ces cet cette cliquer cliquez confiance connaissez connaître connu contenu
    contient courriel courriels d'en d'origine d'ouvrir d'un d'une dans de du elle en entreprise
    envoyé est et expéditeur extérieur extérieure faites fiable fichiers garde hors il importante
    inconnu jointe jointes l'entreprise l'expéditeur l'extérieur l'organisation l'organisme
    l'université la le les lien liens mise moins n'est n'ouvrez n'êtes ne notre nous ou ouvrez
    ouvrir par pas pièce pièces pour prenant prenez preuve provenance provenant provient prudence
    prudent prudente prudents qu'elle que qui reconnaissez reconnaître reçu répondez répondre sa
    sauf savoir ses si société soit sont sous soyez sur suspects sûr toute un une utilisateurs
    venant veuillez vient vigilant vigilants votre vous vérifier vérifiez à électronique être"""
    # Spanish, Portuguese, Italian
    """
    abertura abra abran abrir acceda adjunto adjuntos advertencia agli ai al alerta alla allegati
    allegato anexo anexos antes ao aos apra apri aprire archivo archivos arriva asegúrese atención
    atenção attenzione aviso avviso azienda aziendale che ci clic clicar cliccare clique
    collegamenti collegamento como con confie confía confíe conhece conheça conoce conosce conosci
    conozca contenido contenuto conteúdo correo cuando cui cuidado da dal dall'esterno
    dall'organizzazione dalla dei del dell'azienda dell'organizzazione della delle desconhecidos
    desconocido desconocidos desde di dos el electrónico electrónicos ellos em empresa enlace
    enlaces enviada enviado esta este esteja esterna esterni esterno estos externa externo
    externos fare foi fora fue fuera fuori gli ha hacer haga hipervínculos interno inviato
    l'allegato l'azienda l'identità las los meno menos mensagem mensaje messaggio mittente
    mittenti nem ni no nostra nuestra não o organización organização origem origen originado
    origine pinche originou originó para por posible posta precaución prestare prima procede provenga
    proveniente provenienza proviene provém questa questo recebida recebido reconhece reconhecer
    reconheça reconoce reconozca remetente remetentes remitente remitentes responda responder riconosca
    riconosci saber saiba sappia sconosciuti sconosciuto se sea segurança seguro seguros seja sepa
    sia sicuri sicuro sido sin sobre sospetti stata stato su sui sus são tenga tenha tome tuo uma
    un'organizzazione una usted veio verificare verifique você vínculos y è é"""
    # Dutch, the Scandinavian languages, Finnish
    """
    aan advarsel afkomstig afsender afsenderen afzender afzenders att av avaa avsender avsenderen
    avsändare avsändaren bedrijf bericht bifogade bij bijlage bijlagen bilaga bilagor bron buiten
    controleer dat denne det detta deze dine dit e-mailen e-post e-posten e-postmeddelande
    e-postmeddelandet een ei ekstern eksternt eller ellet ellette er että externt filer forsigtig
    forsiktig fra från för företaget försiktig før geen herkent het huom huomio här igen ikke
    indhold indholdet inhoud innehåll innehållet innholdet inte ja jos kan kanssa kender kent
    kjenner kjent klicka klickar klik klikk klikkaa klikken kommer komt koppelingen kuin känner
    känns lenker liitteiden liitteitä linkkejä linkkien litar lähetetty lähettäjä lähettäjän
    lähettäjää länk länkar maar med meddelande meddelandet medmindre mejl mejlet met mindre naar
    niet obs och og okänd ole olevan om onbekende onze op openen opent organisaation
    organisaatiosi organisasjonen organisatie organisationen på sendt sikker sikkert sikre
    sisällön sisältö skickades skickat som stoler sähköposti säker säkert säkra tai tenzij tiedä
    till trygge trygt tulee tullut tunne tunnista turvallinen turvallista tämä u uden uit ulkoinen
    ulkoiselta ulkopuolelta utanför uten utenfor utifrån uventede uw van var varning varo varoitus
    varovainen ved vedhæftede vedlegg veilig verdacht verdachte verstuurd vertrouwt verzonden vet
    viesti viestin viktig viktigt virksomheden voor voordat voorzichtig voorzichtigheid vær
    waarschuwing wees weet zeker älä är åbn åpne öppna"""
    # Polish, Czech, Slovak, Hungarian, Romanian, Turkish
    """
    acest afara dați ak alebo ani atașamente atașamentele atenție avertisment az açmayın açmayınız ați
    bağlantılara bağlantıları bezpečný bezpieczna bilmiyorsanız bir biztonságos bu buďte byl byla
    bądź chyba companiei conținutul csak csatolmányokat cunoașteți că dacă decât deschideți dikkat
    dikkatli din di̇kkat dumneavoastră dış dışından e-posta ekleri ellenőrizze eposta expeditor
    expeditorul exteriorul externého externí externího externý externă ez faceți feladó feladót
    feladótól figyelem figyelmeztetés firmy gelen gelmektedir gelmiştir gönderen göndereni
    gönderildi gönderilmiştir güvenli hacsak harici hivatkozásokra hogy ileti iletiler ismeri
    içeriğin je jest jeśli jste kattintson kaynaklı kaynaktan klikaj kuruluş kuruluşunuz
    kuruluşunuzun kurum kurumunuz kurumunuzun kívül kívülről külső levél linkekre linki linkuri
    linków lub lütfen meg mellékleteket mesaj mimo na nadawca nadawcy nadawcą nadawcę naší nebo
    neklikajte neklikejte neotevírejte neotvárajte neotvírejte nevíte neznámých neznáte nieznanego
    nu nyissa nyisson obsah od odeslán odesílatel odesílatele odesílateli odesílatelů odkazy
    odosielateľ odosielateľa odoslaná olduğunu olun opatrní organizace organizaci organizacji
    organizației organizácie ostrożność ostrożny ostrzeżenie otwieraj otwieraniu pe pochodzi
    pochází pokud poznáte pozor primit prišla proszę provine przy prílohy přišla přílohy
    recunoașteți rozpoznajesz sau sigur společnost společnosti spoločnosti spoza sprawdź správa
    sursă szervezeten származik ta tanımıyorsanız tartalom tato tej ten tento treść táto
    tıklamayın tıklamayınız ufasz upozornění uwaga uyari uyarı vagy varovanie varování ve veya
    vnějšku víte w wiadomości wiadomość wiesz wysłana z zachowaj załączników zdroje zewnątrz
    zewnętrzna zewnętrznego zewnętrzny znasz znáte została zpráva érkezett és üzenet że že și
    știți"""
    # Russian, Ukrainian
    """
    або адрес безопасно будьте в вашей ви вкладення вложений вложения внешнего внешнее внешней внешний
    внешним внешняя внимание вы від відкривайте відправник відправника відправників вложениями данное
    доверяете домена его невідомих ссылками
    ему если з за ззовні знаете знаєте зовнішнього зовнішня зовнішній и из извне или источника
    компании компанії лист межами на надійшло надійшов надіслано нажимайте нашей не неизвестного
    неизвестных но обережно обережні организации організації осторожно осторожны от открывайте
    открытии отправителе отправителей отправителем отправитель отправителя отправлено отримано
    переходите переходьте письмо по повідомлення получено попередження посилання посиланнями
    поступило почта почты пошта пределами предупреждение при пришло проверьте с сети со содержимое
    сообщение ссылкам ссылки ссылку та увага уверены це цей что электронное это якщо і"""
    # Greek
    """
    ή αναγνωρίζετε ανοίγετε αποστολέα αποστολέας από ασφαλές αυτό γνωρίζετε δεν διεύθυνση εάν είναι
    εκτός εξωτερική εξωτερικό εξωτερικός εταιρείας κάνετε και κλικ μήνυμα μην οργανισμού
    περιεχόμενο προέρχεται προσοχή προσοχη σε συνδέσμους συνημμένα τα της το τον του ότι"""
    # Hebrew, Arabic
    """
    אזהרה אל אלא אם ארגון את אתה דואר הגיע הגיעה הודעה השולח התקבלה זה זהירות זו חברה כן לארגון לב
    לחברה מחוץ מכיר מצורפים נשלח נשלחה על קבצים קישורים שים תלחץ תלחצו תפתח תפתחו أو إذا إلا
    الإلكتروني البريد الرسالة الروابط الشركة المؤسسة المرسل المرفقات المنظمة تحذير تعرف تفتح تكن
    تنبيه تنقر خارج رسالة شركتك على كنت لا لم مؤسستك ما من هذا هذه و واردة وردت""".replace(
        "-", " "
    ).split()
)
# Behind these an organisation's name may stand: "outside of Example Ltd".
OF = re2.compile("outside|of|than|within|by|de[rs]?|van|von|a[vf]")
MAX_NAME = 4  # words
# An address or a link, which gateways name for help.
ADDRESS = re2.compile(r"https?://\S+|\S+@\S+|\S+[.]\pL{2,}\S*")
# Chinese, Japanese and Korean words stand without blanks, or with endings.
JOINED = re2.compile(
    "(?:注意|警告|提醒|此|该|這封|这封|邮件|郵件|电子|電子|邮箱|来自|來自|组织|組織|公司|单位|單位|外部|以外|之外|的|寄件者|发件人|發件人|"
    "[请請]|谨慎|謹慎|小心|勿|不要|点击|點擊|点选|點選|链接|鏈接|連結|或|和|打开|打開|开启|開啟|附件|除非|您|你|认识|認識|并|並|"
    "知道|内容|內容|是|安全|否则|否則|可疑|核实|核實|确认|確認|我们|我們|本|自|"
    "この|メール|メッセージ|社外|会社外|組織外|から|送信|受信|されています|されました|されたもの|です|の|は|を|が|リンク|クリック|"
    "添付|ファイル|送信者|しないでください|開かないでください|ご注意ください|してください|し|内容が安全であることが|"
    "わかっている場合を除き|したり|を?開いたり|や|開く際|開く前に|不審な|"
    "주의|경고|외부|에서|메일|이메일|이|는|은|을|를|메시지|발송|되었습니다|된|발신|발신자|조직|회사|수신|받은|링크|첨부|파일|클릭하지|"
    "열지|나|열|때|하십시오|마십시오|마세요|보낸|사람|입니다|확인)+"
)
NOT_ENGLISH = re2.compile(r"[^\PLa-zA-Z]")
WORD = re2.compile(r"[\pLー][\pL\p{M}'ー]*")


def has_only_gateways_words(sentence: str) -> bool:
    """Whether each word is one of gateways, but for addresses and an organisation's name."""
    named, end = 0, 0
    said = ADDRESS.sub(" ", sentence).replace("’", "'")
    is_shouted = said.isupper()
    for found in WORD.finditer(said):
        word, small = found.group(), found.group().lower().strip("'")
        if said[end : found.start()].strip():  # a name has no marks in it
            named = 0
        end = found.end()
        if OF.fullmatch(small):
            named = MAX_NAME
        elif named and word[0].isupper() and word.upper() not in DECISION_WORDS and not is_shouted:
            named -= 1
            continue
        elif small != "the":
            named = 0
        is_joined = IS_JOINED.match(word) and JOINED.fullmatch(word)
        # "i" is "and" or "in" in several languages, none of them written in ASCII.
        is_and = word == "i" and NOT_ENGLISH.search(said)
        if not (small in WORDS or word == "IT" or is_joined or is_and):
            return False
    return True
