# ruff: noqa: RUF001 - words of many languages, as they are written
"""The words that mail programs' attributions are made of, besides names, by language.

Days and months, and what stands around them. The verbs are those of attributions.py. A line with any
other word was typed: "Wait until Monday, 30 Nov 2026 10:00:".
"""

from collections.abc import Iterable

import re2

from approvals.reply.attributions import ADDRESS, STARTS, WROTE
from approvals.reply.heads import SIGNS

WORDS = frozenset(
    # English
    """
    am apr april article at aug august bst by cdt central cest cet cst daylight dec december eastern
    edt eest eet email est european feb february fri friday from gmt in ist jan january jst jul july
    jun june mail mar march may mdt message midnight mon monday mountain msk mst nd news noon nov
    november oct october of on pacific pdt pm pst rd said sat saturday sep sept september st
    standard summer sun sunday th the thu thur thurs thursday time to tue tues tuesday utc via wed
    wednesday west wet"""
    # German
    """
    am an apr april aug august dem den der dez dezember di dienstag do donnerstag feb februar fr
    freitag in jan januar jul juli jun juni jän jänner mai mail mesz mez mi mitteleuropäische
    mittwoch mo montag mär märz nachricht nov november okt oktober sa samstag sep sept september so
    sonntag uhr um zeit"""
    # French
    """
    a aoû août avr avril courriel d'été dans de dim dimanche du déc décembre fév févr février heure
    jan janv janvier jeu jeudi jui juil juillet juin jul la le les lun lundi mai mar mardi mars mer
    mercredi message nov novembre oct octobre sam samedi sep sept septembre ven vendredi à"""
    # Spanish
    """
    a abr abril ago agosto correo de del dia dic diciembre dom domingo día el en ene enero feb
    febrero hora jue jueves jul julio jun junio la las los lun lunes mar martes marzo may mayo
    mensaje mié miércoles nov noviembre oct octubre sep sept septiembre sáb sábado vie viernes"""
    # Portuguese
    """
    a abr abril ago agosto as da de dez dezembro dia do dom domingo em feira fev fevereiro hora jan
    janeiro jul julho jun junho mai maio mar março mensagem na nov novembro out outubro qua quarta
    qui quinta seg segunda set setembro sex sexta sáb sábado ter terça às"""
    # Italian
    """
    ago agosto alle apr aprile data del di dic dicembre dom domenica feb febbraio gen gennaio gio
    giorno giovedì giu giugno il in la lo lug luglio lun lunedì mag maggio mar martedì marzo mer
    mercoledì messaggio nov novembre ore ott ottobre sab sabato set settembre ven venerdì"""
    # Dutch
    """
    aan apr april aug augustus bericht de dec december di dinsdag do donderdag feb februari het in
    jan januari jul juli jun juni ma maandag maart mei mrt nov november okt oktober om op sep
    september vr vrijdag wo woensdag za zaterdag zo zondag"""
    # Swedish
    """
    apr april aug augusti dec december den feb februari fre fredag i jan januari jul juli jun juni
    kl lör lördag maj mar mars meddelande mån måndag nov november okt oktober ons onsdag på sep
    september sön söndag tis tisdag tor tors torsdag"""
    # Danish
    """
    apr april aug august d dec december den feb februar fre fredag jan januar jul juli jun juni kl
    lør lørdag maj man mandag mar marts meddelelse nov november okt oktober ons onsdag på sept
    september søn søndag tir tirs tirsdag tor tors torsdag"""
    # Norwegian
    """
    apr april aug august den des desember feb februar fre fredag jan januar jul juli jun juni kl lør
    lørdag mai man mandag mar mars melding nov november okt oktober ons onsdag på sep sept september
    søn søndag tir tirs tirsdag tor tors torsdag"""
    # Norwegian (Nynorsk)
    """
    april aug august des desember feb februar fre fredag jan januar juli juni lau laurdag mai man
    mars måndag nov november okt oktober ons onsdag sep september søn søndag tor torsdag tys tysdag"""
    # Finnish
    """
    elo elok elokuu elokuuta hei heinä heinäk heinäkuu heinäkuuta hel helmi helmik helmikuu
    helmikuuta huh huhti huhtik huhtikuu huhtikuuta jou joulu jouluk joulukuu joulukuuta ke kes
    keskiviikko kesä kesäk kesäkuu kesäkuuta klo la lauantai lok loka lokak lokakuu lokakuuta ma maa
    maalis maalisk maaliskuu maaliskuuta maanantai mar marras marrask marraskuu marraskuuta pe
    perjantai su sunnuntai syy syys syysk syyskuu syyskuuta tam tammi tammik tammikuu tammikuuta ti
    tiistai to torstai tou touko toukok toukokuu toukokuuta viestissä"""
    # Polish
    """
    cze czerwca czerwiec czw czwartek dnia dniu gru grudnia grudzień kwi kwiecień kwietnia lip lipca
    lipiec lis listopad listopada lut lutego luty maj maja mar marca marzec nd niedz niedziela o paź
    październik października piątek pon poniedziałek pt sie sierpień sierpnia so sob sobota sty
    styczeń stycznia użytkownik użytkownika w wiadomości wrz wrzesień września wt wtorek śr środa"""
    # Czech
    """
    bře březen března dne dub duben dubna kvě květen května led leden ledna lis listopad listopadu
    neděle odesílatel po pondělí pro prosince prosinec pá pátek so sobota srp srpen srpna st středa
    uživatel v zář září úno únor února út úterý čec čen čer červen července červenec června čt
    čtvrtek čvc čvn říj říjen října"""
    # Slovak
    """
    apr apríl aug august dec december dne dňa feb február jan január júl jún mar marec máj nedeľa
    nov november o odosielateľ okt október pi piatok po pondelok používateľ sep september so sobota
    st streda ut utorok št štvrtok"""
    # Hungarian
    """
    a aug augusztus az cs csüt csütörtök dec december ezt feb febr február h hét hétfő időpont jan
    január júl július jún június k kedd máj május már márc március nov november okt október p pén
    péntek sze szept szeptember szerda szo szombat v vas vasárnap ápr április"""
    # Romanian
    """
    apr aprilie aug august data de dec decembrie dum duminică feb februarie ian ianuarie iul iulie
    iun iunie joi la lun luni mai mar martie marți mie miercuri noi noie noiembrie nov oct octombrie
    sep sept septembrie sâm sâmbătă vin vineri în"""
    # Turkish
    """
    ara aralık ağu ağustos cmt cum cuma cumartesi eki ekim eyl eylül haz haziran kas kasım mar mart
    may mayıs nis nisan oca ocak paz pazar pazartesi per perşembe prş pzt saat sal salı tarihinde
    tem temmuz çar çarşamba çrş şub şubat şunu"""
    # Croatian
    """
    dana je kol kolovoz kolovoza lip lipanj lipnja lis listopad listopada ned nedjelja ožu ožujak
    ožujka pet petak pon ponedjeljak pro prosinac prosinca ruj rujan rujna sij siječanj siječnja sri
    srijeda srp srpanj srpnja stu studeni studenoga sub subota svi svibanj svibnja tra travanj
    travnja u uto utorak velj veljača veljače čet četvrtak"""
    # Serbian
    """
    apr april aug avg avgust dec decembar feb februar jan januar jul jun maj mar mart ned nedelja
    nov novembar okt oktobar pet petak pon ponedeljak sep sept septembar sre sreda sub subota uto
    utorak čet četvrtak"""
    # Slovenian
    """
    apr april avg avgust dec december feb februar jan januar je jul julij jun junij maj mar marec
    ned nedelja nov november ob okt oktober oseba pet petek pon ponedeljek sep sept september sob
    sobota sre sreda tor torek čet četrtek"""
    # Estonian
    """
    apr aprill aug august dets detsember e esmasp esmaspäev jaan jaanuar jul jun juuli juuni k kell
    kolmap kolmapäev kuupäeval l laup laupäev mai mär märts neljap neljapäev nov november okt
    oktoober p pühap pühapäev r reede sept september t teisip teisipäev veeb veebruar"""
    # Lithuanian
    """
    a an antradienis bal balandis balandžio bir birž birželio birželis d geg gegužė gegužės grd
    gruod gruodis gruodžio k ketvirtadienis kov kovas kovo kt lap lapkr lapkritis lapkričio lie liep
    liepa liepos m p penktadienis pirmadienis pn pnkt pr rugp rugpj rugpjūtis rugpjūčio rugs
    rugsėjis rugsėjo s sau saus sausio sausis sekmadienis sk spa spal spalio spalis t tr
    trečiadienis val vas vasario vasaris š šeštadienis št"""
    # Latvian
    """
    apr aprīlis aug augusts ce ceturtdiena dec decembris feb februāris gada jan janvāris jūl jūlijs
    jūn jūnijs mai maijs mar marts nov novembris okt oktobris ot otrdiena piektdiena pirmdiena pk
    plkst pr se sep sept septembris sestdiena sv svētdiena tr trešdiena"""
    # Catalan
    """
    a abr abril ago agost dc de del des desembre dg dia dijous dilluns dimarts dimecres dissabte
    diumenge divendres dj dl ds dt dv el feb febrer gen gener jul juliol juny les maig març missatge
    nov novembre oct octubre set setembre"""
    # Galician
    """
    abr abril ago agosto de dec decembro dom domingo feb febreiro lun luns mai maio mar martes marzo
    mér mércores nov novembro o out outubro set setembro sáb sábado ven venres xan xaneiro xov xoves
    xul xullo xuñ xuño ás"""
    # Basque
    """
    abe abendua abu abuztua al api apirila ar asteartea asteazkena astelehena az aza azaroa eka
    ekaina ig igandea ira iraila larunbata lr mai maiatza mar martxoa og ol osteguna ostirala ots
    otsaila urr urria urt urtarrila uzt uztaila"""
    # Icelandic
    """
    apr apríl des desember feb febrúar fim fimmtudagur fös föstudagur jan janúar júl júlí jún júní
    kl lau laugardagur mar mars maí mið miðvikudagur mán mánudagur nóv nóvember okt október sep sept
    september sun sunnudagur ág ágú ágúst þann þri þriðjudagur"""
    # Vietnamese
    """
    ba bảy chín chủ cn hai lúc mười một ngày nhật năm sáu th thg tháng thứ tám tư vào đã"""
    # Indonesian
    """
    agu agustus apr april des desember feb februari jan januari jul juli jum jumat jun juni kam
    kamis mar maret mei min minggu nov november okt oktober pada pukul rab rabu sab sabtu sel selasa
    sen senin sep september tanggal"""
    # Malay
    """
    aha ahad apr april dis disember feb februari isn isnin jan januari jul julai jum jumaat jun kha
    khamis mac mar mei nov november ogo ogos okt oktober pada rab rabu sab sabtu sel selasa sep sept
    september"""
    # Irish
    """
    a aib aibreáin aibreán an ar beal bealtaine c céadaoin d deireadh dfómh dheireadh domhnaigh dé
    déardaoin ean eanáir feabh feabhra fómhair haoine iúil l luain lún lúnasa m meith meitheamh meán
    mfómh mheithimh mheán máirt márta mí na noll nollag nollaig s samh samhain samhna sathairn"""
    # Welsh
    """
    aws awst chw chwe chwefror dydd ebr ebrill gor gorff gorffenaf gwe gwener hyd hydr hydref iau
    ion ionawr llu llun mai maw mawrth med medi meh mehefin mer mercher rhag rhagfyr sad sadwrn sul
    tach tachwedd"""
    # Afrikaans
    """
    apr april aug augustus des desember di dinsdag do donderdag feb februarie jan januarie jul julie
    jun junie ma maandag maart mei mrt nov november okt oktober sa saterdag sept september so sondag
    vr vrydag wo woensdag"""
    # Albanian
    """
    dhj dhjetor die dielë e enj enjte gus gusht hën hënë jan janar kor korrik maj mar mars martë mër
    mërkurë nën nëntor pre premte pri prill qer qershor shk shkurt sht shta shtator shtunë tet tetor"""
    # Azerbaijani
    """
    a apr aprel avq avqust axşamı b bazar bzr c cüm cümə dek dekabr e ertəsi fev fevral fvr iyl iyn
    i̇yul i̇yun mar mart may noy noyabr okt oktyabr sen sentyabr snt yan yanvar ynv ç çrş çərşənbə
    şnb şənbə"""
    # Russian
    """
    а авг август августа апр апрель апреля в воскресенье вс вск вт вто вторник г дек декабрь декабря
    июл июль июля июн июнь июня май мар март марта мая ноя ноябрь ноября окт октябрь октября от пн
    пользователь пон понедельник пт пят пятница сб сен сент сентябрь сентября сообщает сообщил ср
    сре среда суб суббота фев февраль февраля чет четверг чт янв январь января"""
    # Ukrainian
    """
    бер березень березня вер верес вересень вересня вт вівторок гру груд грудень грудня жов жовт
    жовтень жовтня кві квіт квітень квітня лип липень липня лис лист листопад листопада лют лютий
    лютого нд неділя о п пише пн понеділок пт р сб сер середа серп серпень серпня ср субота січ
    січень січня тра трав травень травня чер черв червень червня четвер чт ятниця"""
    # Belarusian
    """
    аў аўторак вер верасьня г жні жніўня кас кастрычніка кра красавіка лют лютага люты ліп ліпеня
    ліс лістапада нд нядзеля панядзелак пн пт пятніца сак сакавік сб серада ср сту студзеня субота
    сьн сьнежня тра траўня у чацьвер чц чэр чэрвеня"""
    # Bulgarian
    """
    авг август апр април в вт вторник г дек декември май мар март на нд нед неделя ное ноем ноември
    окт октомври пет петък пн пон понеделник пт сб сеп септ септември ср сряда съб събота фев
    февруари чет четвъртък чт юли юни ян яну януари"""
    # Serbian in Cyrillic
    """
    авг август апр април ауг дана дец децембар ла мар март мај написао нед недеља нов новембар окт
    октобар пет петак пон понедељак сеп септ септембар сре среда суб субота у уто уторак феб фебруар
    чет четвртак јан јануар је јул јун"""
    # Macedonian
    """
    авг август апр април во вто вторник дек декември мар март мај на нед недела ное ноември окт
    октомври пет петок пон понеделник саб сабота сеп септ септември сре среда фев февруари чет
    четврток јан јануари јул јули јун јуни"""
    # Kazakh
    """
    ақп ақпан бейсенбі бс дб дүйсенбі жексенбі жел желтоқсан жк жм жума мам мамыр мау маусым нау
    наурыз сб сейсенбі сенбі сн ср сәрсенбі сәу сәуір там тамыз шіл шілде қаз қазан қан қар қараша
    қаң қаңтар қыр қыркүйек"""
    # Greek
    """
    απρ απρίλ απρίλιος απριλίου αυγ αυγούστου αύγ αύγουστος δεκ δεκέμβριος δεκεμβρίου δευ δευτέρα η
    ιαν ιανουάριος ιανουαρίου ιουλ ιουλίου ιουν ιουνίου ιούλ ιούλιος ιούν ιούνιος κυρ κυριακή μ μάι
    μάιος μάρ μάρτιος μαΐου μαρ μαρτίου μαϊ νοέ νοέμ νοέμβριος νοε νοεμβρίου ο οκτ οκτωβρίου
    οκτώβριος π πέμ πέμπτη παρ παρασκευή πεμ σάββατο σαβ σεπ σεπτ σεπτέμβριος σεπτεμβρίου στη στις
    τετ τετάρτη την τις τρί τρίτη τρι φεβ φεβρουάριος φεβρουαρίου"""
    # Hebrew
    """
    א אוג אוגוסט אוק אוקטובר אפר אפריל את ב באוגוסט באוקטובר באפריל בדצמבר ביולי ביוני בינואר בינו׳
    במאי במרץ בנובמבר בספטמבר בפברואר בשעה בתאריך ג ד דצמ דצמבר ה ו חמישי יאנ יול יולי יום יונ יוני
    ינו ינואר כתב כתבה מאי מאת מרץ נוב נובמבר ספט ספטמבר פבר פברואר ראשון רביעי ש שבת שישי שלישי שני"""
    # Arabic
    """
    أبريل أحد أربعاء أغسطس أكتوبر إبريل إثنين الأحد الأربعاء الاثنين الثلاثاء الجمعة الخميس الساعة
    السبت تاريخ ثلاثاء جمعة خميس ديسمبر سبت سبتمبر ص فبراير في كتبت م مارس مايو من نوفمبر يناير
    يوليو يوم يونيو"""
    # Persian
    """
    آوریل اوت اکتبر تاریخ جمعه جولای در دسامبر دوشنبه ساعت سه سپتامبر شنبه فوریه مارس مه نوامبر
    پنجشنبه چهارشنبه ژانویه ژوئن ژوئیه ژوئیهٔ یکشنبه"""
    # Hindi
    """
    अक्ट अक्टूबर अग अगस्त अप्र अप्रैल को गुरू गुरूवार जन जनवरी जुल जुलाई जून दिसंबर दिसमबर दिसम्बर
    दिस् नव नवंबर नवमबर नवम्बर ने पर फरवरी फ़र फ़रवरी बजे बुध बुधवार मंगल मंगलवार मई मा मार्च रवि
    रविवार वार शनि शनिवार शुक्र शुक्रवार सित सितंबर सितमबर सितम्बर सोम"""
    # Marathi
    """
    एप्रि एप्रिल ऑक्ट ऑक्टोबर ऑग ऑगस्ट गुरु गुरुवार जान जानेवारी जुल जुलै जून डिस डिसेंबर ने नोव्ह
    नोव्हेंबर फेब फेब्रुवारी बुध बुधवार मंगळ मंगळवार मार मार्च मे रवि रविवार रोजी ला लिहिले शनि
    शनिवार शुक्र शुक्रवार सप सप्ट सप्टेंबर सोम सोमवार"""
    # Bengali
    """
    অক্টো অক্টোবর অক্টো আগ আগস্ট এপ্রি এপ্রিল জান জানু জানুয়ারি জুন জুল জুলাই ডিসে ডিসেম্বর নভে
    নভেম্বর ফেব ফেব্রু ফেব্রুয়ারি বুধ বুধবার বৃহঃ বৃহস্পতিবার মঙ্গল মঙ্গলবার মার্চ মে রবি রবিবার শনি
    শনিবার শুক্র শুক্রবার সেপ্ট সেপ্টে সেপ্টেম্বর সোম সোমবার"""
    # Tamil
    """
    அக் அக்டோபர் அன்று ஆக ஆகஸ்டு இல் ஏப் ஏப்ரல் சனி செப் செப்டம்பர் செவ்வாய் ஜன ஜனவரி ஜூன் ஜூலை
    ஞாயிறு டிச டிசம்பர் திங்கள் நவ நவம்பர் பிப் பிப்ரவரி புதன் மார் மார்ச் மே வியாழன் வெள்ளி"""
    # Thai
    """
    ก กรกฎาคม กันยายน กุมภาพันธ์ ค จ จันทร์ ต ตุลาคม ที่ ธ ธันวาคม น พ พฤ พฤศจิกายน พฤษภาคม พฤหัสบดี
    พุธ ม มกราคม มิ มิถุนายน มี มีนาคม ย วันที่ ศ ศุกร์ ส สิงหาคม อ อังคาร อา อาทิตย์ เม เมษายน
    เมื่อ เวลา เสาร์ ได้"""
    # Armenian
    """
    ապր ապրիլ դեկ դեկտեմբեր երեքշաբթի երկ երկուշաբթի երք ը ին կիր կիրակի հինգշաբթի հնգ հոկ հոկտ
    հոկտեմբեր հուլ հուլիս հուն հունիս հունվար մայ մայիս մար մարտ նոյ նոյեմբեր շաբաթ շբթ ուրբ ուրբաթ
    չորեքշաբթի չրք սեպ սեպտ սեպտեմբեր փետ փետրվար օգոստ օգոստոս օգտ"""
    # Georgian
    """
    აგვ აგვისტო აპრ აპრილი დეკ დეკემბერი თებ თებერვალი იან იანვარი ივლ ივლისი ივნ ივნისი კვირა კვრ
    მაი მაისი მარ მარტი ნოე ნოემ ნოემბერი ოთხ ოთხშაბათი ორშ ორშაბათი ოქტ ოქტომბერი პარ პარასკევი სამ
    სამშაბათი სექ სექტ სექტემბერი შაბ შაბათი ხუთ ხუთშაბათი"""
    # More in other scripts
    """
    g ημέρα και χρήστης ώρα време время москва написа напиша напісаў нояб письме стандартное
    цитирую գրեց באוג באוק באפר בדצמ ביול ביונ בינו בנוב בספט בפבר ה است بواسطة تمت دا روز عند
    كتابة ما يلي दिवशी मध्ये या लिहीले वर লিখেছিলেন ਨੇ ਲਿਖਿਆ ਵਜੇ დაწერა ში កាលពី ថ្ងៃ បាន សរសេរ"""
    # More of them, as Apple Mail, Evolution, Roundcube, K-9, KMail, Horde and others write them
    """
    acdt acst aedt aes aest ag akdt akst aleutian aliandika alıntı arst australian awst bet biy
    brasilia british brt centrale citace citat citerar citeren coordinated d'an d'europe dell'europa
    ditën doa dátummal egunean eo erabiltzaileak escribiu escriguèt escrit estándar europa europese
    excerpts folgendes fredagen gant geskryf gmt-offset godz godzinie greenwich ha hari hat hawaii
    heeft het hkt hst idézés időpontban ijm india irkt ka kello keltezéssel kenal keskiviikkona
    klockan klokka klukkan ko kontakt krat kun lainaus lauantaina lietotājs lördagen lørdagen
    maanantaina mandagen mean midden mitent mnamo moscow nob måndagen më nang napisana napisaŭ
    napsáno ngo nob noong normale normalzeit nzdt onsdagen or ora par perjantaina pg pht
    piektd pią piše por
    przez päeval píše saa saatinde sast schreift scribeva scribite scrivè següent selč seč sgt
    shkroi shkruar sinulat skreau skreiv skribis skrivaði skrivet skryf sommerzeit standaardtijd
    sunnuntaina söndagen søndagen tann tar tarixdə tiistaina tirsdagen tisdagen torsdagen torstaina
    ubhale universal volgende von wiadomość wib yazıb yozgan ysgrifennodd ühel
    şunları""".casefold().split()
)
# Chinese, Japanese and Korean dates stand without blanks.
JOINED = re2.compile(
    "(?:年|月|日|周|週|星期|礼拜|[一二三四五六日天火水木金土]|曜|上午|下午|午前|午後|晚上|凌晨|中午|時|时|分|于|於|在|に|の|は|が|さん|様|書きました|作成|写到|寫到|已寫入|提到|的|金曜日|"
    "년|월|일|화|수|목|금|토|요|오전|오후|시|분|에|님|이|가|쓴|내용|보낸|메일|메시지)+"
)
IS_JOINED = re2.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")
WORD = re2.compile(r"\pL[\pL\p{M}']*")
# Sunday in Czech, which is "no" elsewhere.
NE = re2.compile(r"(?i)^ne (\d)")


def has_only_programs_words(attribution: str, names: Iterable[str]) -> bool:
    """Whether a program may have written all of an attribution: its words, and these names."""
    if SIGNS.search(attribution):
        return False
    attribution = NE.sub(r"\1", attribution)
    text = STARTS.sub(" ", WROTE.sub(" ", ADDRESS.sub(" ", attribution)), count=1)
    spaced = " ".join(names).casefold().replace("’", "'").replace("-", " ")
    known = set(map(_stripped, WORD.findall(spaced)))
    words = text.casefold().replace("’", "'").replace("-", " ")
    return all(
        word in WORDS or word in known or (IS_JOINED.match(word) and JOINED.fullmatch(word))
        for word in map(_stripped, WORD.findall(words))
    )


def _stripped(word: str) -> str:
    return word.strip("'")
