"""What every report shares: its options, and the words for the closed lists of the model."""

from dataclasses import dataclass
from datetime import timedelta, timezone
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, Protocol, runtime_checkable

from cloudaudit import clock
from cloudaudit.model import Severity, Status, Theme
from cloudaudit.text import Language, Text

if TYPE_CHECKING:  # an assessment names the files of discovery, which finds reports
    from cloudaudit.assessment import Assessment, Target
    from cloudaudit.fleet.rows import Overview
    from cloudaudit.scoring import Measure

_LANGUAGE = "{language}"
_JST = timezone(timedelta(hours=9), "JST")


@dataclass(frozen=True, kw_only=True)
class ReportOptions:
    """How a report is rendered; everything the outside world decides, so that rendering stays pure.

    Attributes:
        languages: one or both, in the order of printing.
        plain: no colour, no bars, no escape sequence: for logs and screen readers.
        width: columns of the terminal; None where lines need not be wrapped.
        color: whether escape sequences for colour may be written.
        encoding: of the terminal; files are always UTF-8.
        files: what this run wrote, as a person would type it.
    """

    languages: tuple[Language, ...] = ("en",)
    plain: bool = False
    width: int | None = None
    color: bool = False
    encoding: str = "utf-8"
    files: tuple[str, ...] = ()


class Report(Protocol):
    """What a report module offers. It is found by its entry point in the group ``cloudaudit.reports``."""

    @property
    def FILE_NAME(self) -> str | None:  # noqa: N802 - a module's constant
        """The file that the report becomes in the output folder; None for one that goes to the terminal.

        With ``{language}`` in it the report is rendered once for each language, each time with that one alone in
        its options; without, once with all of them.
        """
        ...

    def render(self, assessment: "Assessment", options: ReportOptions, out: BinaryIO) -> None:
        """Write the report, text or binary, to a file that was opened for it and can seek.

        A pure function of its arguments, streaming over the findings, which may be a million: equal arguments give
        equal bytes, whether the assessment was just made or was read back from ``result.json``. Masking is not its
        business: a masked assessment has ``masked`` set, and pseudonyms wherever there were names.
        """
        ...


class OverviewReport(Protocol):
    """What a module offers that writes the overview of a fleet; found in the group ``cloudaudit.overviews``."""

    @property
    def FILE_NAME(self) -> str:  # noqa: N802 - a module's constant
        """The file that the overview becomes, in all languages at once."""
        ...

    def render(self, overview: "Overview", options: ReportOptions, out: BinaryIO) -> None:
        """Write the overview; a pure function of its arguments, as for a report."""
        ...


@runtime_checkable
class NeedsExtra(Protocol):
    """A report that also needs libraries which are not always installed; it is asked before anything is started."""

    def missing(self) -> Text | None:
        """Return the sentence that says what to install, or None where nothing is lacking."""
        ...


class OutputFile(NamedTuple):
    """A file that a report becomes, and the languages that it is rendered in."""

    name: str
    languages: tuple[Language, ...]


def output_files(report: Report, languages: tuple[Language, ...]) -> tuple[OutputFile, ...]:
    """Return the files that a report becomes in these languages; none for one that goes to the terminal."""
    name = report.FILE_NAME
    if name is None:
        return ()
    if _LANGUAGE not in name:
        return (OutputFile(name, languages),)
    return tuple(OutputFile(name.replace(_LANGUAGE, language), (language,)) for language in languages)


THEMES: dict[Theme, Text] = {
    Theme.SHARING: Text(en="Public sharing", ja="公開・共有"),
    Theme.MFA: Text(en="MFA", ja="多要素認証"),
    Theme.ENCRYPTION: Text(en="Encryption", ja="暗号化"),
    Theme.BACKUP: Text(en="Backup", ja="バックアップ"),
    Theme.CREDENTIALS: Text(en="Credentials", ja="認証情報"),
    Theme.ACCESS: Text(en="Access rights", ja="アクセス権限"),
    Theme.LOGGING: Text(en="Logging", ja="ログ・監視"),
    Theme.NETWORK: Text(en="Network", ja="接続元の制限"),
    Theme.RETENTION: Text(en="Retention", ja="保存期間・削除"),
    Theme.RESIDENCY: Text(en="Data residency", ja="データの所在国"),
}

SEVERITIES: dict[Severity, Text] = {
    Severity.CRITICAL: Text(en="critical", ja="緊急"),
    Severity.HIGH: Text(en="high", ja="高"),
    Severity.MEDIUM: Text(en="medium", ja="中"),
    Severity.LOW: Text(en="low", ja="低"),
    Severity.INFO: Text(en="info", ja="参考"),
}

STATUSES: dict[Status, Text] = {
    Status.PASS: Text(en="passed", ja="適合"),
    Status.FAIL: Text(en="failed", ja="不適合"),
    Status.NOT_ASSESSED: Text(en="not assessed", ja="判定不能"),
    Status.NOT_APPLICABLE: Text(en="not applicable", ja="対象外"),
    Status.WAIVED: Text(en="waived", ja="受容"),
}
EXIT_CODE = Text(en="exit code", ja="終了コード")
CLEAN = Text(
    en="everything required was assessed, and nothing fails at or above the limit",
    ja="必要な項目をすべて判定し、基準以上の不適合はありません",
)
MASKED = Text(
    en="Accounts, names, people and addresses are pseudonyms in this report.",
    ja="このレポートのアカウント・名称・人物・アドレスは仮名です。",
)
SIGNATURE = Text(en="Signature", ja="電子署名")
UNSIGNED = Text(
    en="unsigned: nothing proves that this report was not changed",
    ja="未署名(改変されていないことを証明できません)",
)
NO_SCORE = Text(en="no score: nothing was assessed", ja="スコアなし(判定できた項目がありません)")


def theme_name(theme: str, language: Language) -> str:
    """Return the name of a theme, given by its value; a theme that is not known keeps its value."""
    return THEMES[Theme(theme)].in_(language) if theme in set(Theme) else theme


def moment(stamp: str, language: Language) -> str:
    """Return a UTC time for people: JST with its offset in Japanese, UTC in English."""
    when = clock.parse(stamp)
    if language == "ja":
        return when.astimezone(_JST).strftime("%Y-%m-%d %H:%M:%S JST (+09:00)")
    return when.strftime("%Y-%m-%d %H:%M:%S UTC")


def detail_in(detail: str | Text, language: Language) -> str:
    """Return the detail of a fact or a gap in one language; a plain string is the same in both."""
    return detail.in_(language) if isinstance(detail, Text) else detail


def number(figure: float) -> str:
    """Return a percentage or score without a decimal that says nothing: ``62``, ``81.5``."""
    return f"{figure:.1f}".removesuffix(".0")


def headline(measure: "Measure", language: Language) -> str:
    """Return the score as a sentence: what is guaranteed, what may be, and how much was assessed."""
    if measure.guaranteed is None or measure.best is None or measure.coverage is None:
        return NO_SCORE.in_(language)
    guaranteed, best, coverage = number(measure.guaranteed), number(measure.best), number(measure.coverage)
    if language == "ja":
        return f"{guaranteed} 点を保証、最大 {best} 点、判定率 {coverage} %"
    return f"{guaranteed} guaranteed, up to {best}, {coverage} % assessed"


def signature(assessment: "Assessment") -> Text:
    """Return what a report for people says of its signature; never nothing."""
    if not assessment.signed_with:
        return UNSIGNED
    return Text(
        en=f"in the sealed evidence (zip) that this report belongs to, with the key {assessment.signed_with}",
        ja=f"本レポートを含む証跡(zip)に署名(鍵: {assessment.signed_with})",
    )


def who(target: "Target") -> str:
    """Return the provider and the account of a target, with its name where it has one; not yet made visible."""
    name = f" ({target.name})" if target.name and target.account not in target.name else ""
    return f"{target.provider.upper()} {target.account}{name}"
