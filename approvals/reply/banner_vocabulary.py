# ruff: noqa: E501, RUF001 - words of several languages
"""The words that mail gateways' banners are made of, by language.

A sentence with any other word was typed by somebody: "Warning: wait for Lee, this is an external
email". A list of what gateways say ends; one of what people say never does.
"""

import re2

from approvals.words import DECISION_WORDS

WORDS = frozenset(
    # English
    """
    a above acting action actions address addresses affiliated alert always an and any appear
    appears are as at attached attachment attachments attention authenticity avoid aware be because been
    before believe below beware business but button by came can cannot can't careful carefully caution
    cautious cautiously check click clicking com come comes communication company concerned
    confidential confirm confirmed contact contain contained containing contains content contents
    corporate correspondence corresponded corporation could coming credentials cyber cybersecurity
    danger dangerous data department desk details did does doesn't domain domains don't do double doubt
    download downloading due e e-mail e-mails email emails employee employees ensure enter entering
    especially exercise expected expecting ext external externally fake field file files following
    for forward forwarded fraud fraudulent from further genuine government handle harmful has have
    headers help helpdesk high hyperlink hyperlinks identified identity if immediately impersonating
    important in inbound include includes including incoming info information infosec inside intended
    internal internet into is it's know known its legitimate legitimacy let like link links located look-alike
    mail mailbox mails malicious malware match may message message's messages might mimecast must network
    never non not note notice number of office on only open opened opening or organisation organisation's
    organisations organization organization's organizational organizations origin originate originated
    originates originating other others our outside particularly party password person passwords payment
    personal phish phishing please policy portal possible potential potentially previously prior
    protect provide providing provider purchase questionable reason receive received recipients
    recognise recognised recognize recognized remember reply replying report reported
    reporting request requests respond responding risk risky safe safely safety scan scanned
    scanner secure security see sender sender's senders send sending sensitive sent server service
    servicedesk should sign signature source sources spam spoof spoofed state staff subject such
    supplied support suspect suspected suspicious system systems take taken taking team than that the
    their these they thing think this those threat through time to tool transfer treat trust
    trusted type unexpected unfamiliar university unknown unless unlikely unrecognised unrecognized
    unsafe unsolicited unsure untrusted unusual unverified url urls use used user username usernames
    using validate validated validating verified verify verifying via vigilance vigilant virus viruses
    warning was web website websites when where which while who whom whose wire with within without
    you you're your yourself i.e if somebody someone people someone's and/or attn receiving care follow confident judgement judgment proper guidance
    login button numbers bank banking dept not yet hover over executable
    wary enable macros mouseover arrived wish prompted were make sure evaluate evaluated questions question id company's associated
    that's health pay downloads e g eg hovering copy report-message originating"""
    # German
    """
    absender absenders absenderadresse achten achtung adresse alle als am an anhang anhänge anhängen
    anhänge anlage anlagen antworten auf aus außerhalb ausserhalb bei bekannt bekannten bitte dass das dem
    den der des die diese dieser dieses durch e-mail e-mails ein eine einem einen einer empfangen ext
    extern externe externem externen externer externes es falls firma folgen gesendet geschickt geöffnet
    hinweis ihnen ihrer im in inhalt inhalte innerhalb ist it kein keine keinen kennen kommt klicken
    klick können links link mail mails mit nachricht nicht nie niemals nur oder organisation öffnen prüfen
    quelle quellen sein seien seiner sicher sicherheit sicherheitshinweis sie sind stammt sofern
    über und unbekannt unbekannten unbekannter unbekanntem unserer unseres unternehmen unternehmens
    verdächtig verdächtige vertrauen vertrauenswürdig von vom vor vorsicht vorsichtig warnung wenn wichtig wird
    wurde wurden zu zum zur überprüfen stellen sensible daten geben vertraulich preis bevor anwender umgang
    sei kam bis erkennen anklicken besonders stammen leiten zweifel zweifelsfall prüfung weiter helpdesk beim denn wissen sichere sicheren klicke gesendete stellen dateien"""
    # French
    """
    adresse alerte attention au aucun aucune auteur autre avant avec avertissement avez avis aux avoir
    c'est ce cet cette ces cliquer cliquez confiance connaissez connu contenu contient courriel courriels d'un d'une
    d'origine dans de des du elle en entreprise envoyé est et expéditeur externe extérieur extérieure faites
    fichiers fiable hors il importante information inconnu jointe jointes l'entreprise
    l'expéditeur l'extérieur l'organisation l'organisme la le les lien liens mail message messages moins ne n'est n'ouvrez
    n'êtes notre nous ou ouvrez ouvrir par pas pièce pièces pour prenez prenant provenance provient
    provenant prudence prudent prudente prudents qu'elle que qui répondre répondez sa sauf ses si société
    soit sont source sous soyez sur sûr toute un une utilisateurs venant veuillez vérifiez vérifier vigilance vigilant vigilants reconnaître à mise garde preuve d'ouvrir l'université d'en
    connaître connaissez savoir certain certains aux électronique reconnaissez
    votre vous être suspect suspects reçu"""
    # Spanish, Portuguese, Italian
    """
    a abra abran abrir acceda adjunto adjuntos advertencia al alerta antes archivo archivos asegúrese
    atención aviso clic con conoce conozca confía confíe contenido correo cuando cuidado de del desconocido
    desconocidos desde desde e el electrónico en enlace enlaces enviado es esta este estos externa externo extern
    fuera fue ha haga hacer hipervínculos la las links los menos mensaje ni no nuestra o organización
    origen originado originó para por posible precaución procede proviene que reconoce reconozca remitente responda
    responder se sea seguro seguros si sin sobre su sus tenga un una usted verifique vínculos y provenga empresa
    anexo anexos abertura ao aos atenção clicar clique com como conteúdo conhece conheça da das desconhecidos do dos
    e-mail em empresa enviada esteja externos foi fora mensagem nem não ou origem organização originou proveniente
    provém recebido reconhece reconheça remetente são segurança seja seguro tenha tome uma veio você verifique confie
    aprire attenzione al alla allegati allegato apra apri avviso azienda aziendale che clic cliccare collegamenti collegamento
    conosci conosce contenuto cui dall'esterno dall'organizzazione dalla dal dell'organizzazione dell'azienda della dei delle di
    è esterna esterno esterni fare fuori gli il interno inviato l'allegato l'identità link mail messaggio meno mittente
    mittenti non nostra origine posta prestare proviene prima provenienza questa questo riconosci sconosciuti sconosciuto si
    sia sicuro sicuri sospetti stata stato sui tuo un'organizzazione verificare l'azienda arriva proveniente
    electrónicos los reconozca sepa saber al ellos el conteúdo é remitentes reconhecer ai agli esterna saiba seguro originado foi sido recebida links riconosca sappia sa ci che contenuto"""
    # Dutch, the Scandinavian languages, Finnish
    """
    aan afkomstig afzender afzenders als bericht bijlage bijlagen bron buiten controleer dat de deze dit
    een en extern externe geen het herkent in inhoud is kent klik klikken komt koppelingen let links mail maar
    met naar niet of om onbekende onze op open opent openen organisatie tenzij u uit uw van veilig verdacht verdachte verstuurd
    vertrouwt verzonden voor voorzichtig voorzichtigheid voordat waarschuwing wees zeker bedrijf
    att av avsändare avsändaren bifogade bilaga bilagor det detta du eller en extern externa externt filer från
    från för igen känns innehåll säkert säkra ved kjent bij alert het openen sisällön olevan tullut linkkien liitteiden kanssa ellette och sikkert trygt trygge vet at indhold sikker sikre weet inhoud kender filer försiktig ha här  inte innehållet kommer känner klicka klickar litar länk länkar med
    meddelande meddelandet mejl mejlet om organisation organisationen på skickades skickat som säker
    till utanför utifrån var varning vet är öppna okänd e-post e-postmeddelande e-postmeddelandet företaget obs viktigt viktig
    advarsel afsender afsenderen avsender avsenderen at denne den dine eksternt ekstern er e-posten e-mailen fra forsigtig forsiktig før
    ikke indholdet innholdet kan kender kjenner klik klikk kommer lenker links med medmindre mindre og
    organisasjonen organisationen på sendt stoler uden uten uventede vedhæftede vedlegg virksomheden vær åbn åpne utenfor for med sikker
    ei ja jos kuin lähetetty ellet ellette tunne lähettäjää tiedä sisältö turvallista turvallinen lähettäjä lähettäjän linkkejä liitteitä lähetetty organisaation organisaatiosi sisältö tai tulee tulee tunne
    tämä tunnista ulkoinen ulkoiselta ulkopuolelta varo varovainen viesti viestin ole älä avaa klikkaa huom huomio varoitus on että sähköposti"""
    # Polish, Czech, Slovak, Hungarian, Romanian, Turkish
    """
    ani bądź chyba do e-mail jeśli jest klikaj linki linków lub mail na nadawca nadawcą nadawcę nadawcy nie
    nieznanego od organizacji ostrożność ostrożny otwieraj pochodzi proszę spoza sprawdź ta ten tej ufasz rozpoznajesz przy otwieraniu nadawcą treść bezpieczna jest wiesz uwaga w wiadomość
    wiadomości wysłana z załączników zachowaj została zewnątrz zewnętrzna zewnętrznego zewnętrzny znasz ostrzeżenie firmy że
    byla byl e-mail externí externího jste mimo na naší zdroje odeslán vnějšku nevíte neznámých odesílatelů neznáte je obsah bezpečný víte že do neklikejte neotevírejte neotvírejte nebo odesílatel odesílatele
    odesílateli odkazy organizace organizaci pokud pozor pochází přišla přílohy společnost společnosti tato tento upozornění varování zpráva
    z znáte opatrní buďte odoslaná odosielateľ odosielateľa správa spoločnosti organizácie varovanie externého externý neklikajte
    neotvárajte alebo prílohy ak poznáte táto prišla mimo
    a az ez csak csatolmányokat e-mail ellenőrizze érkezett feladó feladót feladótól figyelem figyelmeztetés hivatkozásokra
    ismeri biztonságos tartalom és nyisson hacsak hogy kattintson kívülről külső kívül levél linkekre mellékleteket ne nyissa meg szervezeten származik üzenet vagy ha
    acest ați atașamente atenție atașamentele au avertisment cunoașteți deschideți din dacă e-mail este exteriorul expeditor expeditorul extern faceți clic linkuri mesaj nu
    organizației pe primit provine sau afara decât știți că sigur conținutul și clic recunoașteți sursă externă un dumneavoastră companiei
    bağlantılara bağlantıları bir bu dikkat di̇kkat dış dışından dikkatli ekleri e-posta eposta gelen gelmektedir gelmiştir gönderen
    gönderilmiştir gönderildi harici ileti iletiler kaynaklı kaynaktan göndereni içeriğin güvenli olduğunu bilmiyorsanız kurum kurumunuzun kuruluşunuzun kurumunuz kuruluş kuruluşunuz mesaj olun tıklamayın
    tıklamayınız tanımıyorsanız uyarı uyari veya ve açmayın açmayınız lütfen"""
    # Russian, Ukrainian
    """
    внимание осторожно предупреждение это данное письмо сообщение электронное получено отправлено пришло поступило от из с со
    извне внешнего внешний внешняя внешнее внешней почта почты отправителя отправитель отправителем отправителей за пределами
    вашей нашей организации компании источника домена не открывайте вложения вложений переходите по ссылкам ссылки ссылку
    нажимайте на и или если вы знаете уверены доверяете будьте осторожны что содержимое безопасно проверьте адрес неизвестного
    неизвестных сети в отправителе ему его но при открытии
    увага обережно попередження цей це лист повідомлення надійшов надійшло отримано надіслано від зовнішнього зовнішній зовнішня
    пошта відправника відправник ззовні межами організації компанії відкривайте вкладення переходьте посиланнями посилання якщо
    ви знаєте будьте обережні та або з і"""
    # Greek
    """
    προσοχή προσοχη αυτό το τα μήνυμα προέρχεται από εξωτερικό εξωτερικός εξωτερική αποστολέα αποστολέας διεύθυνση εκτός του της
    οργανισμού εταιρείας μην ανοίγετε συνημμένα κάνετε κλικ σε συνδέσμους εάν αναγνωρίζετε τον και ή γνωρίζετε ότι περιεχόμενο
    είναι ασφαλές"""
    # Hebrew, Arabic
    """
    זהירות אזהרה שים לב הודעה זו זה דואר נשלחה נשלח התקבלה הגיעה הגיע מחוץ לארגון לחברה ארגון חברה אל תלחץ תלחצו על
    קישורים תפתח תפתחו קבצים מצורפים אלא אם כן אתה מכיר את השולח
    تنبيه تحذير هذه هذا الرسالة رسالة البريد الإلكتروني من خارج المؤسسة المنظمة الشركة مؤسستك شركتك واردة وردت لا تنقر تفتح على
    الروابط المرفقات أو و ما لم تكن تعرف المرسل إلا إذا كنت""".replace("-", " ").split()
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
IS_JOINED = re2.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")
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
