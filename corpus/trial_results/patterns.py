"""What the extraction looks for, as tables: a new end point, unit or adverse event is one row.

All patterns match text folded by ``fold_width``: ASCII digits and punctuation, one character for one, so
that offsets stay. No quantifier is without a bound, and none stands inside another: what is hostile
costs no more than what is long. Latin and Han are told apart by explicit lookarounds, because ``\\b``
sees no boundary between a digit or a letter and a Han character.
"""

from __future__ import annotations

from dataclasses import dataclass

from corpus.trial_results.trial_result import EndPoint

# Lookarounds of a Latin word.
_L, _R = r"(?<![A-Za-z])", r"(?![A-Za-z])"


@dataclass(frozen=True, slots=True)
class EndPointRow:
    """A way to name an end point."""

    endpoint: EndPoint | None
    """None: the name of something that takes figures of its own and is no result (age)."""
    units: str
    """Which figures it takes: t(ime), %, r(atio), c(ount)."""
    pattern: str
    label: str = ""
    """What "other" stands for."""
    carries: bool = True
    """Whether figures without an end point of their own may belong to it."""


_AE_ZH = (
    "中性粒细胞(?:计数)?(?:减少|降低)症?|白细胞(?:计数)?(?:减少|降低)症?|血小板(?:计数)?(?:减少|降低)症?|贫血"
    "|腹泻|恶心|呕吐"
    "|疲劳|乏力|皮疹|高血压|蛋白尿|间质性肺病|肺炎|口腔炎|黏膜炎|手足综合征|手足皮肤反应|周围神经病变"
    "|周围感觉神经病变|发热|脱发|便秘"
    "|食欲(?:减退|下降)|甲状腺功能减退症?|肝功能异常|甲沟炎|骨髓抑制|血液学毒性|输液(?:相关)?反应|细胞因子释放综合征"
    "|免疫相关不良(?:事件|反应)|静脉血栓栓塞(?:事件)?|感染|出血|转氨酶升高"
)
_AE_EN = (
    r"neutropenia|leukopenia|thrombocytopenia|an(?:a)?emia|diarrh(?:o)?ea|nausea|vomiting|fatigue|rash|hypertension"
    r"|proteinuria|pneumonitis|interstitial lung disease|stomatitis|mucositis|hand-foot (?:syndrome|skin reaction)"
    r"|(?:peripheral )?(?:sensory )?neuropathy|pyrexia|alopecia|constipation|decreased appetite|hypothyroidism"
    r"|paronychia"
    r"|infusion-related reactions?|cytokine[- ]release syndrome|immune-related adverse events?|venous thromboembolism"
    r"|hepatitis|colitis|neurotoxicity|ICANS|decreased neutrophil counts?|bleeding|infections?"
)

ROWS: tuple[EndPointRow, ...] = (
    # The longer name first where one holds another.
    EndPointRow(
        "intracranial_PFS",
        "t",
        rf"(?:颅内|中枢神经系统) ?(?:的)?(?:中位)? ?(?:无进展生存期?|m?PFS{_R})|{_L}(?:intracranial"
        rf"|CNS) (?:progression-free survival|PFS)"
        rf"|{_L}(?:iPFS|icPFS){_R}",
    ),
    EndPointRow("other", "t", rf"{_L}(?:PFS2|second progression-free survival){_R}", "PFS2"),
    EndPointRow("other", "t%", r"无远处转移生存期?|distant metastasis-free survival", "DMFS"),
    EndPointRow("other", "t%", rf"无事件生存期?|event-free survival|{_L}EFS{_R}", "EFS"),
    EndPointRow(
        "PFS", "t%", rf"无(?:疾病)?进展生存(?:期|时间)?|{_L}progression[- ]free survival|{_L}m?(?:r|b)?PFS{_R}"
    ),
    EndPointRow(
        "DFS",
        "t%",
        rf"无(?:浸润性?)?(?:疾?病|复发)生存期?|{_L}(?:invasive )?(?:disease|recurrence|relapse)[- ]free survival"
        rf"|{_L}m?i?(?:DFS|RFS){_R}",
    ),
    EndPointRow(
        "OS", "t%", rf"总(?:体)?生存(?:期|时间)?|{_L}overall survival|{_L}mOS{_R}|{_L}OS{_R}|生存率|{_L}survival rate"
    ),
    EndPointRow(
        "DoR",
        "t",
        rf"(?:缓解|应答|反应)(?:的)?持续时间|持续缓解时间|{_L}duration of (?:\w{{1,12}} )?response"
        rf"|{_L}response duration|{_L}m?D[oO]R{_R}",
    ),
    EndPointRow(
        "other", "t", r"至(?:首次)?(?:缓解|应答)时间|time to (?:first )?response|治疗(?:持续)?时间", "time to response"
    ),
    EndPointRow("other", "t", rf"(?:至疾病进展时间|time to (?:disease )?progression|{_L}m?TTP{_R})", "TTP"),
    EndPointRow(
        "other",
        "t",
        r"duration of (?:treatment|exposure|therapy)|(?:treatment|exposure) duration",
        "treatment duration",
    ),
    EndPointRow(
        "cORR",
        "%",
        rf"(?:经)?确认的?(?:客观缓解率|ORR)|{_L}confirmed (?:objective|overall|tumou?r) response(?: rates?)?"
        rf"|{_L}confirmed ORR|{_L}cORR{_R}",
    ),
    EndPointRow(
        "other",
        "%",
        r"颅内(?:客观)?缓解率|颅内 ?ORR|intracranial (?:objective |overall )?(?:response(?: rate)?|ORR)",
        "intracranial ORR",
    ),
    EndPointRow(
        "other",
        "%",
        rf"(?:病理(?:学)?)?完全缓解率?|{_L}(?:pathologic(?:al)? )?complete (?:metabolic )?(?:responses?(?: rates?)?"
        rf"|remissions?(?: rates?)?)|{_L}pCR{_R}|{_L}CR(?: 率| rates?)",
        "complete response",
    ),
    EndPointRow("other", "%", rf"主要病理(?:学)?缓解率?|{_L}major pathologic(?:al)? responses?|{_L}MPR{_R}", "MPR"),
    EndPointRow("other", "%", rf"部分缓解|{_L}partial responses?", "partial response"),
    EndPointRow("other", "%", rf"疾病稳定|{_L}stable disease", "stable disease"),
    EndPointRow("other", "%", rf"临床获益率|{_L}clinical benefit rate|{_L}CBR{_R}", "CBR"),
    EndPointRow(
        "ORR",
        "%",
        rf"(?:客观|总体?)(?:缓解|有效|应答|反应)率|{_L}(?:objective|overall) (?:tumou?r )?(?:response"
        rf"|remission)(?: rates?|s)?|{_L}ORR{_R}"
        rf"|{_L}(?:a|with a|had a|partial) response(?= (?:was|in|occurred))|{_L}response rates?",
    ),
    EndPointRow("DCR", "%", rf"疾病控制率|{_L}disease[- ]control(?: rates?)?|{_L}DCR{_R}"),
    EndPointRow(
        "HR",
        "r",
        rf"(?:死亡|复发|疾病进展)?(?:分层)?风险比(?: ?\(HR\))?|危险比(?: ?\(HR\))?"
        rf"|{_L}(?:stratified |adjusted |unadjusted )?hazard ratios?(?: ?\(HR\)| ?\[HR\])?|{_L}a?HR{_R}(?!\+)",
        carries=False,
    ),
    EndPointRow(None, "r", rf"{_L}(?:odds ratio|risk ratio|relative risk|OR|RR){_R}|比值比|相对危险度", carries=False),
    EndPointRow("follow_up", "t", rf"随访(?:时间|期)?|{_L}(?:duration of )?follow[- ]?up"),
    EndPointRow(
        "discontinuation",
        "%",
        rf"(?:终止|停止|中止|中断)(?:了)?(?:研究|治疗|用药)+|永久停药|停药(?:率)?|治疗终止|{_L}discontinu(?:ed"
        rf"|ation|ing|e)"
        rf"(?: of (?:\w{{1,20}} ){{0,2}}\w{{1,20}})?|{_L}treatment withdrawal",
    ),
    EndPointRow(
        "TRAE_rate",
        "%",
        rf"(?:治疗|药物)相关(?:的)?(?:严重)?(?:不良(?:事件|反应)|毒性)|{_L}(?:treatment|drug)-related (?:serious )?"
        rf"adverse (?:events?|reactions?)|{_L}TRAEs?{_R}",
    ),
    EndPointRow(
        "AE_rate",
        "%",
        rf"(?:events? of grade [1-5]|grade [1-5] or (?:higher|worse) events)|(?:治疗期间(?:出现的)?"
        rf"|严重)?不良(?:事件|反应)|{_L}(?:treatment-emergent |serious )?adverse (?:events?|reactions?)"
        rf"|{_L}(?:TE|S)?AEs?{_R}|{_AE_ZH}|{_L}(?:{_AE_EN}){_R}|{_L}(?:CRS|ILD|IRRs?|irAEs?|VTE){_R}",
    ),
    EndPointRow(
        "other", "%", r"(?:应答|缓解)者|responders|responses (?:were )?(?:still )?ongoing", "responders", carries=False
    ),
    # What takes the figures beside it and is no result of a trial.
    EndPointRow(
        None,
        "t%c",
        rf"年龄|{_L}(?:aged?|years of age){_R}|男性?患?者?(?=[ ,0-9])|女性(?=[ ,0-9])|{_L}(?:males?|females?|men"
        rf"|women){_R}",
    ),
    EndPointRow(
        None,
        "t%",
        r"半衰期|half-life|表达率|阳性率|检出率|突变率|发病率|患病率|占比|prevalence|power|sensitivity|specificity",
    ),
)
ENDPOINT = "|".join(f"(?P<e{i}>{row.pattern})" for i, row in enumerate(ROWS))

NUMBER = (
    r"(?<![0-9])(?<![0-9]\.)(?:[0-9]{1,3}(?:,[0-9]{3}){1,2}|[0-9]{1,6}(?:\.[0-9]{1,4})?)(?![0-9]|\.[0-9]"
    r"|,[0-9]{3}(?![0-9]))"
)
"""A figure, digit-bounded on both sides."""

# (unit as reported, class: t(ime) % d(ose) c(ount) x (no figure of a trial), pattern after the figure)
UNITS: tuple[tuple[str, str, str], ...] = (
    ("%", "%", r" ?%"),
    ("months", "t", rf"[ -]?(?:个? ?月(?!\d| ?\d{{1,2}} ?日)|months?{_R}|mos?{_R})"),
    ("years", "t", rf"[ -]?(?:年|years?(?! of age|-old){_R}|yrs?{_R})"),
    ("weeks", "t", rf"[ -]?(?:周(?!期)|weeks?{_R}|wks?{_R})"),
    ("days", "t", rf"[ -]?(?:天|日|days?{_R})"),
    ("mg/kg", "d", rf" ?mg/kg{_R}"),
    ("mg/m2", "d", r" ?mg/m(?:2|²)"),
    ("mg", "d", rf"[ -]?(?:mg|毫克){_R}(?!/)"),
    ("μg/kg", "d", rf" ?(?:μg|µg|ug)/kg{_R}"),
    ("Gy", "d", rf" ?Gy{_R}"),
    ("AUC", "x", r"(?!)"),
    ("cycles", "k", rf" ?(?:个)?(?:周期|疗程)| cycles?{_R}"),
    ("centres", "s", rf" ?(?:个|家)(?:研究)?(?:中心|医院)| (?:cent(?:er|re)s?|sites|hospitals){_R}"),
    ("lines", "l", r" ?线(?:系统|治疗)| (?:prior )?lines"),
    (
        "patients",
        "c",
        r" ?(?:例|名|位)(?!次)| (?:of )?(?:(?:eligible|evaluable|enrolled|assessable|randomi[sz]ed|treated|adult"
        r"|consecutive|Chinese|Asian|women|men)\s?){0,2}"
        rf"(?:patients|participants|subjects|women|men|adults){_R}",
    ),
    ("age", "x", r" ?(?:岁|years of age|-year-old)"),
    ("grade", "x", r" ?(?:级|度)"),
    ("other", "x", r" ?(?:次|种|个(?!月)|期|项|kDa|ml|mL|cm|mm|μm|nM|kg|倍|分|d/)"),
)
UNIT = "|".join(f"(?P<u{i}>{pattern})" for i, (_, _, pattern) in enumerate(UNITS))

_BOUND = r"[0-9]{1,4}(?:\.[0-9]{1,4})?"
_OPEN_END = (
    r"could not be (?:evaluated|estimated|calculated)|not (?:reached|estimable|evaluable|estimated"
    r"|calculable|available)|N\.?[REAC]\.?(?![A-Za-z])|未达到|未达|不可估计|无法估计|NE"
)
_TO = r" ?%? ?(?:个月|months?)? ?(?:to|-|~|至|,|—) ?"
INTERVAL = (
    r"(?P<level>[89][0-9](?:\.[0-9]{1,2})?) ?% ?(?:CI|置信区间|可信区间|confidence interval|credible interval)"
    r"(?: ?[(\[{]CI[)\]}])?(?: ?[:,=为]| of)? ?[(\[]?"
    rf"(?P<low>{_BOUND}){_TO}(?P<high>{_BOUND}|{_OPEN_END})(?! ?个?月? ?(?:和|vs))"
)
BARE_INTERVAL = rf"[(\[] ?(?P<blow>{_BOUND})(?: ?%)? ?(?:to|-|~|至) ?(?P<bhigh>{_BOUND}|{_OPEN_END})(?: ?%)? ?[)\]]"
P_VALUE = r"(?<![A-Za-z])[Pp](?: ?值| values?)?(?: for \w{1,15})? ?(?P<p>[<>=≤≥] ?0?\.[0-9]{1,6})"
PATIENTS_N = r"(?<![A-Za-z])[nN] ?= ?(?P<n>[0-9]{1,3}(?:,[0-9]{3})|[0-9]{1,6})(?![0-9])"
FRACTION = r"(?<![0-9./])(?P<part>[0-9]{1,5}) ?(?:/|of(?: the)?) ?(?P<whole>[0-9]{1,5})(?![0-9./:-])"
RESPECTIVELY = r"分别|respectively|依次"
