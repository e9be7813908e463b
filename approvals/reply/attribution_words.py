# ruff: noqa: RUF001 - words of many languages, as they are written
"""The words that mail programs' attributions are made of, besides names, by language.

Days and months, and what stands around them; a word counts in whatever language it stands, so each is
written down once. The verbs are those of attributions.py. A line with any other word was typed: "Wait
until Monday, 30 Nov 2026 10:00:".
"""

from collections.abc import Iterable

import re2

from approvals.reply.attributions import ADDRESS, STARTS, WROTE
from approvals.reply.heads import SIGNS
from approvals.reply.words import IS_JOINED

WORDS = frozenset(
    # English
    """
    am apr april article at aug august bst by cdt central cest cet cst daylight dec december
    eastern edt eest eet email est european feb february fri friday from gmt in ist jan january
    jst jul july jun june mail mar march may mdt message midnight mon monday mountain msk mst nd
    news noon nov november oct october of on pacific pdt pm pst rd said sat saturday sep sept
    september st standard summer sun sunday th the thu thur thurs thursday time to tue tues
    tuesday utc via wed wednesday west wet"""
    # German
    """
    an dem den der dez dezember di dienstag do donnerstag februar fr freitag januar juli juni jän
    jänner mai mesz mez mi mitteleuropäische mittwoch mo montag mär märz nachricht okt oktober sa
    samstag so sonntag uhr um zeit"""
    # French
    """
    a aoû août avr avril courriel d'été dans de dim dimanche du déc décembre fév févr février
    heure janv janvier jeu jeudi jui juil juillet juin la le les lun lundi mardi mars mer mercredi
    novembre octobre sam samedi septembre ven vendredi à"""
    # Spanish
    """
    abr abril ago agosto correo del dia dic diciembre dom domingo día el en ene enero febrero hora
    jue jueves julio junio las los lunes martes marzo mayo mensaje mié miércoles noviembre octubre
    septiembre sáb sábado vie viernes"""
    # Portuguese
    """
    as da dezembro em feira fev fevereiro janeiro julho junho maio março mensagem na novembro out
    outubro qua quarta qui quinta seg segunda set setembro sex sexta ter terça às"""
    # Italian
    """
    alle aprile data dicembre domenica febbraio gen gennaio gio giorno giovedì giu giugno il lo
    lug luglio lunedì mag maggio martedì mercoledì messaggio ore ott ottobre sab sabato settembre
    venerdì"""
    # Dutch
    """
    aan augustus bericht dinsdag donderdag februari het januari ma maandag maart mei mrt om op vr
    vrijdag wo woensdag za zaterdag zo zondag"""
    # Swedish
    """
    augusti fre fredag i kl lör lördag maj meddelande mån måndag ons onsdag på sön söndag tis
    tisdag tor tors torsdag"""
    # Danish
    """
    d lør lørdag man mandag marts meddelelse søn søndag tir tirs tirsdag"""
    # Norwegian
    """
    des desember melding"""
    # Norwegian (Nynorsk)
    """
    lau laurdag tys tysdag"""
    # Finnish
    """
    elo elok elokuu elokuuta hei heinä heinäk heinäkuu heinäkuuta hel helmi helmik helmikuu
    helmikuuta huh huhti huhtik huhtikuu huhtikuuta jou joulu jouluk joulukuu joulukuuta ke kes
    keskiviikko kesä kesäk kesäkuu kesäkuuta klo lauantai lok loka lokak lokakuu lokakuuta maa
    maalis maalisk maaliskuu maaliskuuta maanantai marras marrask marraskuu marraskuuta pe
    perjantai su sunnuntai syy syys syysk syyskuu syyskuuta tam tammi tammik tammikuu tammikuuta
    ti tiistai torstai tou touko toukok toukokuu toukokuuta viestissä"""
    # Polish
    """
    cze czerwca czerwiec czw czwartek dnia dniu gru grudnia grudzień kwi kwiecień kwietnia lip
    lipca lipiec lis listopad listopada lut lutego luty maja marca marzec niedz niedziela o paź
    październik października piątek pon poniedziałek pt sie sierpień sierpnia sob sobota sty
    styczeń stycznia użytkownik użytkownika w wiadomości wrz wrzesień września wt wtorek śr środa"""
    # Czech
    """
    bře březen března dne dub duben dubna kvě květen května led leden ledna listopadu neděle
    odesílatel po pondělí pro prosince prosinec pá pátek srp srpen srpna středa uživatel v zář
    září úno únor února út úterý čec čen čer červen července červenec června čt čtvrtek čvc čvn
    říj říjen října"""
    # Slovak
    """
    apríl dňa február január júl jún marec máj nedeľa odosielateľ október pi piatok pondelok
    používateľ streda ut utorok št štvrtok"""
    # Hungarian
    """
    augusztus az cs csüt csütörtök ezt febr h hét hétfő időpont július június k kedd május már
    márc március p pén péntek sze szept szeptember szerda szo szombat vas vasárnap ápr április"""
    # Romanian
    """
    aprilie decembrie dum duminică februarie ian ianuarie iul iulie iun iunie joi luni martie
    marți mie miercuri noi noie noiembrie octombrie septembrie sâm sâmbătă vin vineri în"""
    # Turkish
    """
    ara aralık ağu ağustos cmt cum cuma cumartesi eki ekim eyl eylül haz haziran kas kasım mart
    mayıs nis nisan oca ocak paz pazar pazartesi per perşembe prş pzt saat sal salı tarihinde tem
    temmuz çar çarşamba çrş şub şubat şunu"""
    # Croatian
    """
    dana je kol kolovoz kolovoza lipanj lipnja ned nedjelja ožu ožujak ožujka pet petak
    ponedjeljak prosinac prosinca ruj rujan rujna sij siječanj siječnja sri srijeda srpanj srpnja
    stu studeni studenoga sub subota svi svibanj svibnja tra travanj travnja u uto utorak velj
    veljača veljače čet četvrtak"""
    # Serbian
    """
    avg avgust decembar nedelja novembar oktobar ponedeljak septembar sre sreda"""
    # Slovenian
    """
    julij junij ob oseba petek ponedeljek torek četrtek"""
    # Estonian
    """
    aprill dets detsember e esmasp esmaspäev jaan jaanuar juuli juuni kell kolmap kolmapäev
    kuupäeval l laup laupäev märts neljap neljapäev oktoober pühap pühapäev r reede t teisip
    teisipäev veeb veebruar"""
    # Lithuanian
    """
    antradienis bal balandis balandžio bir birž birželio birželis geg gegužė gegužės grd gruod
    gruodis gruodžio ketvirtadienis kov kovas kovo kt lap lapkr lapkritis lapkričio lie liep liepa
    liepos m penktadienis pirmadienis pn pnkt pr rugp rugpj rugpjūtis rugpjūčio rugs rugsėjis
    rugsėjo s sau saus sausio sausis sekmadienis sk spa spal spalio spalis tr trečiadienis val
    vasario vasaris š šeštadienis"""
    # Latvian
    """
    aprīlis augusts ce ceturtdiena decembris februāris gada janvāris jūl jūlijs jūn jūnijs maijs
    novembris oktobris ot otrdiena piektdiena pirmdiena pk plkst se septembris sestdiena sv
    svētdiena trešdiena"""
    # Catalan
    """
    agost dc desembre dg dijous dilluns dimarts dimecres dissabte diumenge divendres dj dl ds dt
    dv febrer gener juliol juny maig març missatge setembre"""
    # Galician
    """
    decembro febreiro luns mér mércores venres xan xaneiro xov xoves xul xullo xuñ xuño ás"""
    # Basque
    """
    abe abendua abu abuztua al api apirila ar asteartea asteazkena astelehena aza azaroa eka
    ekaina ig igandea ira iraila larunbata lr maiatza martxoa og ol osteguna ostirala ots otsaila
    urr urria urt urtarrila uzt uztaila"""
    # Icelandic
    """
    febrúar fim fimmtudagur fös föstudagur janúar júlí júní laugardagur maí mið miðvikudagur mán
    mánudagur nóv nóvember sunnudagur ág ágú ágúst þann þri þriðjudagur"""
    # Vietnamese
    """
    ba bảy chín chủ cn hai lúc mười một ngày nhật năm sáu thg tháng thứ tám tư vào đã"""
    # Indonesian
    """
    agu agustus jum jumat kam kamis maret min minggu pada pukul rab rabu sabtu sel selasa sen
    senin tanggal"""
    # Malay
    """
    aha ahad dis disember isn isnin julai jumaat kha khamis mac ogo ogos"""
    # Irish
    """
    aib aibreáin aibreán beal bealtaine c céadaoin deireadh dfómh dheireadh domhnaigh dé déardaoin
    ean eanáir feabh feabhra fómhair haoine iúil luain lún lúnasa meith meitheamh meán mfómh
    mheithimh mheán máirt márta mí noll nollag nollaig samh samhain samhna sathairn"""
    # Welsh
    """
    aws awst chw chwe chwefror dydd ebr ebrill gor gorff gorffenaf gwe gwener hyd hydr hydref iau
    ion ionawr llu llun maw mawrth med medi meh mehefin mercher rhag rhagfyr sad sadwrn sul tach
    tachwedd"""
    # Afrikaans
    """
    januarie julie junie saterdag sondag vrydag"""
    # Albanian
    """
    dhj dhjetor die dielë enj enjte gus gusht hën hënë janar kor korrik martë mër mërkurë nën
    nëntor pre premte pri prill qer qershor shk shkurt sht shta shtator shtunë tet tetor"""
    # Azerbaijani
    """
    aprel avq avqust axşamı b bazar bzr cüm cümə dek dekabr ertəsi fevral fvr iyl iyn i̇yul i̇yun
    noy noyabr oktyabr sentyabr snt yan yanvar ynv ç çərşənbə şnb şənbə"""
    # Russian
    """
    а авг август августа апр апрель апреля в воскресенье вс вск вт вто вторник г дек декабрь
    декабря июл июль июля июн июнь июня май мар март марта мая ноя ноябрь ноября окт октябрь
    октября от пн пользователь пон понедельник пт пят пятница сб сен сент сентябрь сентября
    сообщает сообщил ср сре среда суб суббота фев февраль февраля чет четверг чт янв январь января"""
    # Ukrainian
    """
    бер березень березня вер верес вересень вересня вівторок гру груд грудень грудня жов жовт
    жовтень жовтня кві квіт квітень квітня лип липень липня лис лист листопад листопада лют лютий
    лютого нд неділя о п пише понеділок р сер середа серп серпень серпня субота січ січень січня
    тра трав травень травня чер черв червень червня четвер ятниця"""
    # Belarusian
    """
    аў аўторак верасьня жні жніўня кас кастрычніка кра красавіка лютага люты ліп ліпеня ліс
    лістапада нядзеля панядзелак пятніца сак сакавік серада сту студзеня сьн сьнежня траўня у
    чацьвер чц чэр чэрвеня"""
    # Bulgarian
    """
    април декември на нед неделя ное ноем ноември октомври пет петък понеделник сеп септ септември
    сряда съб събота февруари четвъртък юли юни ян яну януари"""
    # Serbian in Cyrillic
    """
    ауг дана дец децембар ла мај написао недеља нов новембар октобар петак понедељак септембар уто
    уторак феб фебруар четвртак јан јануар је јул јун"""
    # Macedonian
    """
    во недела петок саб сабота четврток јануари јули јуни"""
    # Kazakh
    """
    ақп ақпан бейсенбі бс дб дүйсенбі жексенбі жел желтоқсан жк жм жума мам мамыр мау маусым нау
    наурыз сейсенбі сенбі сн сәрсенбі сәу сәуір там тамыз шіл шілде қаз қазан қан қар қараша қаң
    қаңтар қыр қыркүйек"""
    # Greek
    """
    απρ απρίλ απρίλιος απριλίου αυγ αυγούστου αύγ αύγουστος δεκ δεκέμβριος δεκεμβρίου δευ δευτέρα
    η ιαν ιανουάριος ιανουαρίου ιουλ ιουλίου ιουν ιουνίου ιούλ ιούλιος ιούν ιούνιος κυρ κυριακή μ
    μάι μάιος μάρ μάρτιος μαΐου μαρ μαρτίου μαϊ νοέ νοέμ νοέμβριος νοε νοεμβρίου ο οκτ οκτωβρίου
    οκτώβριος π πέμ πέμπτη παρ παρασκευή πεμ σάββατο σαβ σεπ σεπτ σεπτέμβριος σεπτεμβρίου στη στις
    τετ τετάρτη την τις τρί τρίτη τρι φεβ φεβρουάριος φεβρουαρίου"""
    # Hebrew
    """
    א אוג אוגוסט אוק אוקטובר אפר אפריל את ב באוגוסט באוקטובר באפריל בדצמבר ביולי ביוני בינואר
    בינו׳ במאי במרץ בנובמבר בספטמבר בפברואר בשעה בתאריך ג ד דצמ דצמבר ה ו חמישי יאנ יול יולי יום
    יונ יוני ינו ינואר כתב כתבה מאי מאת מרץ נוב נובמבר ספט ספטמבר פבר פברואר ראשון רביעי ש שבת
    שישי שלישי שני"""
    # Arabic
    """
    أبريل أحد أربعاء أغسطس أكتوبر إبريل إثنين الأحد الأربعاء الاثنين الثلاثاء الجمعة الخميس الساعة
    السبت تاريخ ثلاثاء جمعة خميس ديسمبر سبت سبتمبر ص فبراير في كتبت م مارس مايو من نوفمبر يناير
    يوليو يوم يونيو"""
    # Persian
    """
    آوریل اوت اکتبر تاریخ جمعه جولای در دسامبر دوشنبه ساعت سه سپتامبر شنبه فوریه مه نوامبر پنجشنبه
    چهارشنبه ژانویه ژوئن ژوئیه ژوئیهٔ یکشنبه"""
    # Hindi
    """
    अक्ट अक्टूबर अग अगस्त अप्र अप्रैल को गुरू गुरूवार जन जनवरी जुल जुलाई जून दिसंबर दिसमबर दिसम्बर
    दिस् नव नवंबर नवमबर नवम्बर ने पर फरवरी फ़र फ़रवरी बजे बुध बुधवार मंगल मंगलवार मई मा मार्च रवि
    रविवार वार शनि शनिवार शुक्र शुक्रवार सित सितंबर सितमबर सितम्बर सोम"""
    # Marathi
    """
    एप्रि एप्रिल ऑक्ट ऑक्टोबर ऑग ऑगस्ट गुरु गुरुवार जान जानेवारी जुलै डिस डिसेंबर नोव्ह नोव्हेंबर
    फेब फेब्रुवारी मंगळ मंगळवार मार मे रोजी ला लिहिले सप सप्ट सप्टेंबर सोमवार"""
    # Bengali
    """
    অক্টো অক্টোবর অক্টো আগ আগস্ট এপ্রি এপ্রিল জান জানু জানুয়ারি জুন জুল জুলাই ডিসে ডিসেম্বর নভে
    নভেম্বর ফেব ফেব্রু ফেব্রুয়ারি বুধ বুধবার বৃহঃ বৃহস্পতিবার মঙ্গল মঙ্গলবার মার্চ মে রবি রবিবার
    শনি শনিবার শুক্র শুক্রবার সেপ্ট সেপ্টে সেপ্টেম্বর সোম সোমবার"""
    # Tamil
    """
    அக் அக்டோபர் அன்று ஆக ஆகஸ்டு இல் ஏப் ஏப்ரல் சனி செப் செப்டம்பர் செவ்வாய் ஜன ஜனவரி ஜூன் ஜூலை
    ஞாயிறு டிச டிசம்பர் திங்கள் நவ நவம்பர் பிப் பிப்ரவரி புதன் மார் மார்ச் மே வியாழன் வெள்ளி"""
    # Thai
    """
    ก กรกฎาคม กันยายน กุมภาพันธ์ ค จ จันทร์ ต ตุลาคม ที่ ธ ธันวาคม น พ พฤ พฤศจิกายน พฤษภาคม
    พฤหัสบดี พุธ ม มกราคม มิ มิถุนายน มี มีนาคม ย วันที่ ศ ศุกร์ ส สิงหาคม อ อังคาร อา อาทิตย์ เม
    เมษายน เมื่อ เวลา เสาร์ ได้"""
    # Armenian
    """
    ապր ապրիլ դեկ դեկտեմբեր երեքշաբթի երկ երկուշաբթի երք ը ին կիր կիրակի հինգշաբթի հնգ հոկ հոկտ
    հոկտեմբեր հուլ հուլիս հուն հունիս հունվար մայ մայիս մար մարտ նոյ նոյեմբեր շաբաթ շբթ ուրբ
    ուրբաթ չորեքշաբթի չրք սեպ սեպտ սեպտեմբեր փետ փետրվար օգոստ օգոստոս օգտ"""
    # Georgian
    """
    აგვ აგვისტო აპრ აპრილი დეკ დეკემბერი თებ თებერვალი იან იანვარი ივლ ივლისი ივნ ივნისი კვირა კვრ
    მაი მაისი მარ მარტი ნოე ნოემ ნოემბერი ოთხ ოთხშაბათი ორშ ორშაბათი ოქტ ოქტომბერი პარ პარასკევი
    სამ სამშაბათი სექ სექტ სექტემბერი შაბ შაბათი ხუთ ხუთშაბათი"""
    # More in other scripts
    """
    ในวันที่ เมื่อวันที่ ค.ศ วันจันทร์ที่ วันอังคารที่ วันพุธที่ วันพฤหัสบดีที่ วันศุกร์ที่ วันเสาร์ที่ วันอาทิตย์ที่ ч
    g ημέρα και χρήστης ώρα време время москва написа напиша напісаў нояб письме стандартное
    цитирую գրեց באוג באוק באפר בדצמ ביול ביונ בינו בנוב בספט בפבר است بواسطة تمت دا روز عند كتابة
    ما يلي दिवशी मध्ये या लिहीले वर লিখেছিলেন ਨੇ ਲਿਖਿਆ ਵਜੇ დაწერა ში កាលពី ថ្ងៃ បាន សរសេរ"""
    # More of them, as Apple Mail, Evolution, Roundcube, K-9, KMail, Horde and others write them
    """
    kuupäev kasutaja igorleak hau zuen sinulat ang date
    acdt acst aedt aes aest ag akdt akst aleutian aliandika alıntı arst australian bet biy
    brasilia british brt centrale citace citat citerar citeren coordinated d'an d'europe
    dell'europa ditën doa dátummal egunean eo erabiltzaileak escribiu escriguèt escrit estándar
    europa europese excerpts folgendes fredagen gant geskryf gmt-offset godz godzinie greenwich ha
    hari hat hawaii heeft hkt hst idézés időpontban ijm india irkt ka kello keltezéssel kenal
    keskiviikkona klockan klokka klukkan ko kontakt krat kun lainaus lauantaina lietotājs lördagen
    lørdagen maanantaina mandagen mean midden mitent mnamo moscow måndagen më nang napisana
    napisaŭ napsáno ngo nob noong normale normalzeit nzdt onsdagen or ora par perjantaina pg pht
    piektd pią piše por przez päeval píše saa saatinde sast schreift scribeva scribite scrivè
    següent selč seč sgt shkroi shkruar sinulat skreau skreiv skribis skrivaði skrivet skryf
    sommerzeit standaardtijd sunnuntaina söndagen søndagen tann tar tarixdə tiistaina tirsdagen
    tisdagen torsdagen torstaina ubhale universal volgende von wiadomość wib yazıb yozgan
    ysgrifennodd ühel şunları""".casefold().split()
)
# Chinese, Japanese and Korean dates stand without blanks.
JOINED = re2.compile(
    "(?:年|月|日|周|週|星期|礼拜|[一二三四五六日天火水木金土]|曜|上午|下午|午前|午後|晚上|凌晨|中午|時|时|分|于|於|在|に|の|は|が|さん|様|書きました|作成|写到|寫到|已寫入|提到|的|金曜日|"
    "년|월|일|화|수|목|금|토|요|오전|오후|시|분|에|님|이|가|쓴|내용|보낸|메일|메시지)+"
)
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
