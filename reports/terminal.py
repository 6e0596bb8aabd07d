"""The posture for a person at a terminal: score, what to fix first, what is not known, why this exit code."""

from collections.abc import Iterable
from io import StringIO
from typing import BinaryIO

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text as Styled

from cloudaudit import ledger
from cloudaudit.assessment import Assessment, Counts
from cloudaudit.client import lines, warning
from cloudaudit.digest import Blind, Digest, Failures, condense
from cloudaudit.explain import CAUSES
from cloudaudit.flow import Flow
from cloudaudit.model import Finding, Severity, Status
from cloudaudit.reporting import (
    CLEAN,
    EXIT_CODE,
    MASKED,
    SEVERITIES,
    SIGNATURE,
    STATUSES,
    ReportOptions,
    detail_in,
    headline,
    moment,
    number,
    signature,
    theme_name,
    who,
)
from cloudaudit.scoring import Measure
from cloudaudit.text import Language, Text
from cloudaudit.visible import shortened, visible
from cloudaudit.waiver_words import TITLE as WAIVERS
from cloudaudit.waiver_words import days, people, standing, subject, urgent_first

from ._shapes import Bar, Glyphs

FILE_NAME = None

_FIXES = 6
_EXAMPLES = 2
_BLIND = 8
_GAPS = 6
_WAIVERS = 40
_REASON = 220
_NAME = 64
_USUAL_WIDTH = 80
_WIDEST = 112
_UNWRAPPED = 4_000
_GRADE_STYLES = {"A": "green", "B": "green", "C": "yellow", "D": "yellow", "E": "red"}
_SEVERITY_STYLES = {
    Severity.CRITICAL: "bold white on red",
    Severity.HIGH: "bold red",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "cyan",
    Severity.INFO: "bright_black",
}
_STATUS_STYLES = {
    Status.PASS: "green",
    Status.FAIL: "red",
    Status.NOT_ASSESSED: "yellow",
    Status.NOT_APPLICABLE: "bright_black",
    Status.WAIVED: "bright_black",
}
_QUIET = "bright_black"


def render(assessment: Assessment, options: ReportOptions, out: BinaryIO) -> None:
    """Write the summary once for each language, encoded for the terminal."""
    digest = condense(assessment.findings(), examples=_EXAMPLES)
    for language in options.languages:
        screen = _Screen(options, language)
        _print(assessment, digest, screen)
        out.write(screen.encoded())


class _Screen:
    """A console that prints to memory, with nothing taken from the environment."""

    def __init__(self, options: ReportOptions, language: Language) -> None:
        self.language: Language = language
        self.glyphs = Glyphs.for_encoding(options.encoding)
        self.plain = options.plain
        self.files = options.files
        self._encoding = options.encoding
        self._memory = StringIO()
        color = options.color and not options.plain
        self._console = Console(
            file=self._memory,
            width=_width(options),
            color_system="standard" if color else None,
            force_terminal=color,
            no_color=not color,
            legacy_windows=False,
            highlight=False,
            markup=False,
            emoji=False,
            _environ={},
        )

    def say(self, text: Text) -> str:
        """Return a text in the language of this screen."""
        return text.in_(self.language)

    def show(self, *parts: RenderableType) -> None:
        """Print parts below each other, a column in from the edge."""
        for part in parts:
            self._console.print(
                Padding(Flow(part) if isinstance(part, Styled) else part, (0, 0, 0, self._margin))
            )

    def bullet(self, text: Styled) -> Flow:
        """Return a text with a bullet before it, its later lines set in."""
        return Flow(Styled(f"{self.glyphs.bullet} ").append_text(text), hang=2)

    def unwrapped(self, text: Styled) -> None:
        """Print one line as it is, so that it can be copied whole."""
        self._console.print(Styled(" " * self._margin).append_text(text), soft_wrap=True)

    def section(self, title: str, note: str = "") -> None:
        """Print the head of a section."""
        self._console.print()
        self.show(Styled.assemble((title, "bold"), (f"  {note}" if note else "", _QUIET)))

    def gap(self) -> None:
        """Print an empty line."""
        self._console.print()

    def encoded(self) -> bytes:
        """Return all that was printed; blanks at the ends of lines are left out."""
        lines = "".join(f"{line.rstrip()}\n" for line in self._memory.getvalue().splitlines())
        return lines.encode(self._encoding, "replace")

    @property
    def _margin(self) -> int:
        return 0 if self.plain else 1


def _width(options: ReportOptions) -> int:
    if options.width is None:
        return _UNWRAPPED if options.plain else _USUAL_WIDTH
    return options.width if options.plain else min(options.width, _WIDEST)


def _print(assessment: Assessment, digest: Digest, screen: _Screen) -> None:
    _header(assessment, screen)
    _score(assessment, screen)
    _counts(assessment.counts, screen)
    _open(assessment, screen)
    _themes(assessment, screen)
    _fixes(assessment, digest, screen)
    _unknown(assessment, digest, screen)
    _gaps(assessment, screen)
    _ledger(assessment, screen)
    _waivers(assessment, screen)
    _files(screen)
    _exit(assessment, screen)


def _header(assessment: Assessment, screen: _Screen) -> None:
    scope = assessment.scope
    dot = f" {screen.glyphs.dot} "
    checks = screen.say(Text(en=f"checks: {len(scope.checks)}", ja=f"チェック {len(scope.checks)} 項目"))
    if not screen.plain:
        screen.gap()
    screen.show(
        Styled.assemble(
            (visible(who(assessment.target)), "bold"),
            (f"  {visible(assessment.tool.name)} {visible(assessment.tool.version)}", _QUIET),
        ),
        Styled(visible(assessment.target.identity), style=_QUIET),
        Styled(
            dot.join(
                [moment(assessment.taken_at, screen.language), checks, *_regions(scope.regions, screen)]
            ),
            style=_QUIET,
        ),
    )
    _client(assessment, screen)
    screen.show(
        Styled(f"{screen.say(SIGNATURE)}: {visible(screen.say(signature(assessment)))}", style=_QUIET)
    )
    if assessment.masked:
        screen.show(Styled(screen.say(MASKED), style="yellow"))
    if scope.narrowed:
        narrowed = Text(
            en="Narrowed run: what was left out stands in result.json under scope.",
            ja="範囲を限定した実行です。除外した項目は result.json の scope に記載しています。",
        )
        screen.show(Styled(screen.say(narrowed), style="yellow"))


def _client(assessment: Assessment, screen: _Screen) -> None:
    if assessment.client is None:
        return
    for heading, said in lines(assessment.client, screen.language):
        screen.show(Flow(Styled(f"{heading}: {visible(said)}"), hang=2))
    fault = warning(assessment.client, assessment.taken_at)
    if fault is not None:
        screen.show(Flow(Styled(screen.say(fault), style="yellow")))


def _regions(regions: tuple[str, ...], screen: _Screen) -> list[str]:
    if not regions:
        return []
    if len(regions) <= 3:  # noqa: PLR2004 - more names than fit beside the time
        return [", ".join(map(visible, regions))]
    return [screen.say(Text(en=f"regions: {len(regions)}", ja=f"{len(regions)} リージョン"))]


def _score(assessment: Assessment, screen: _Screen) -> None:
    overall = assessment.score.overall
    without = assessment.score.without_waivers
    grade = overall.grade or "-"
    sentence = Styled(headline(overall, screen.language), style="bold")
    lines: list[RenderableType] = [Flow(sentence)]
    if not screen.plain and overall.guaranteed is not None and overall.best is not None:
        lines.append(_bar(overall, screen))
        lines.append(_legend(screen))
    if without != overall:
        note = Text(en="with what is waived counted as failed: ", ja="受容した項目も不適合とした場合: ")
        lines.append(Flow(Styled(screen.say(note) + headline(without, screen.language), style=_QUIET)))
    screen.gap()
    if screen.plain:
        label = screen.say(Text(en="Grade", ja="評価"))
        screen.show(Styled(f"{label} {grade}: ").append_text(sentence), *lines[1:])
        return
    grid = Table.grid(padding=(0, 2))
    grid.add_column(width=5)
    grid.add_column(ratio=1)
    badge = Styled(f"  {grade}  ", style=f"bold reverse {_GRADE_STYLES.get(grade, 'bright_black')}")
    for index, line in enumerate(lines):
        grid.add_row(badge if index == 0 else "", line)
    screen.show(grid)


def _legend(screen: _Screen) -> Flow:
    signs = screen.glyphs
    text = Text(
        en=f"{signs.full} guaranteed  {signs.open} not known yet  {signs.lost} lost",
        ja=f"{signs.full} 保証  {signs.open} 未判定  {signs.lost} 不適合",
    )
    return Flow(Styled(screen.say(text), style=_QUIET))


def _bar(measure: Measure, screen: _Screen) -> Bar:
    style = _GRADE_STYLES.get(measure.grade or "", _QUIET)
    return Bar(guaranteed=measure.guaranteed or 0, best=measure.best or 0, style=style, glyphs=screen.glyphs)


def _counts(counts: Counts, screen: _Screen) -> None:
    figures = {
        Status.PASS: counts.pass_,
        Status.FAIL: counts.fail,
        Status.NOT_ASSESSED: counts.not_assessed,
        Status.NOT_APPLICABLE: counts.not_applicable,
        Status.WAIVED: counts.waived,
    }
    screen.gap()
    if screen.plain:
        screen.show(
            Styled(", ".join(f"{screen.say(STATUSES[status])} {count}" for status, count in figures.items()))
        )
    else:
        tiles = Table.grid(padding=(0, 3, 0, 0))
        tiles.add_row(
            *(Styled(f"{count:,}", style=f"bold {_tint(status, count)}") for status, count in figures.items())
        )
        tiles.add_row(*(Styled(screen.say(STATUSES[status]), style=_QUIET) for status in figures))
        screen.show(tiles)
    by_severity = [
        f"{screen.say(SEVERITIES[severity])} {counts.by_severity[severity]}"
        for severity in Severity
        if counts.by_severity.get(severity)
    ]
    if by_severity:
        lead = screen.say(Text(en="failed: ", ja="不適合の内訳: "))
        screen.show(Styled(lead + f" {screen.glyphs.dot} ".join(by_severity), style=_QUIET))


def _open(assessment: Assessment, screen: _Screen) -> None:
    for excluded in assessment.scope.excluded:
        if excluded.what in {"sharing", "service"}:
            screen.show(Styled(screen.say(excluded.reason), style="yellow"))
    shares = assessment.sharing
    if not shares:
        return
    public = sum(share.scope == "public" for share in shares)
    text = Text(
        en=f"open to others: public {public} {screen.glyphs.dot} to known outsiders {len(shares) - public}",
        ja=f"外部への公開・共有: 一般公開 {public} 件 {screen.glyphs.dot} 特定の相手 {len(shares) - public} 件",
    )
    screen.show(Styled(screen.say(text), style=_QUIET))


def _tint(status: Status, count: int) -> str:
    return _STATUS_STYLES[status] if count else _QUIET


def _themes(assessment: Assessment, screen: _Screen) -> None:
    screen.section(screen.say(Text(en="Themes", ja="テーマ別")))
    if screen.plain:
        for theme, measure in assessment.score.themes.items():
            grade = f"{measure.grade}, " if measure.grade else ""
            screen.show(
                Styled(
                    f"{visible(theme_name(theme, screen.language))}: {grade}{headline(measure, screen.language)}"
                )
            )
        return
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column()
    for _ in range(3):
        grid.add_column(justify="right", no_wrap=True)
    grid.add_column(justify="center", no_wrap=True)
    heads = (
        Text(en="guaranteed", ja="保証"),
        Text(en="up to", ja="最大"),
        Text(en="assessed", ja="判定率"),
        Text(en="grade", ja="評価"),
    )
    grid.add_row("", "", *(Styled(screen.say(head), style=_QUIET) for head in heads))
    for theme, measure in assessment.score.themes.items():
        grid.add_row(Styled(visible(theme_name(theme, screen.language))), *_theme_cells(measure, screen))
    screen.show(grid)


def _theme_cells(measure: Measure, screen: _Screen) -> Iterable[RenderableType]:
    if measure.guaranteed is None or measure.best is None or measure.coverage is None:
        return ("", *(Styled("-", style=_QUIET) for _ in range(4)))
    grade = measure.grade or "-"
    return (
        _bar(measure, screen),
        Styled(number(measure.guaranteed), style="bold"),
        Styled(number(measure.best)),
        Styled(f"{number(measure.coverage)} %", style=_QUIET),
        Styled(grade, style=f"bold {_GRADE_STYLES.get(grade, _QUIET)}"),
    )


def _fixes(assessment: Assessment, digest: Digest, screen: _Screen) -> None:
    if not digest.fix:
        return
    screen.section(
        screen.say(Text(en="Fix first", ja="優先して是正する項目")),
        screen.say(Text(en="this should be true, and is not", ja="本来あるべき状態になっていません")),
    )
    for group in digest.fix[:_FIXES]:
        if not screen.plain:
            screen.gap()
        _item(screen, group.severity, _fix_lines(assessment, group, screen))
    rest = len(digest.fix) - _FIXES
    if rest > 0:
        more = Text(
            en=f"and {rest} more kinds of failure, all in result.json",
            ja=f"ほか {rest} 種類の不適合があります(すべて result.json に記載)",
        )
        if not screen.plain:
            screen.gap()
        screen.show(Styled(screen.say(more), style=_QUIET))


def _fix_lines(assessment: Assessment, group: Failures, screen: _Screen) -> list[Flow]:
    info = assessment.checks.get(group.check)
    title = screen.say(info.title) if info else group.check
    found = screen.say(Text(en=f"failed: {group.count}", ja=f"不適合 {group.count} 件"))
    examples = [screen.bullet(_example(finding, screen)) for finding in group.examples]
    rest = group.count - len(group.examples)
    more = screen.say(Text(en=f"  and {rest} more", ja=f"  ほか {rest} 件"))
    return [
        Flow(Styled(visible(title), style="bold")),
        Flow(Styled(f"{visible(group.check)} {screen.glyphs.dot} {found}", style=_QUIET)),
        *examples,
        *([Flow(Styled(more, style=_QUIET))] if rest else []),
    ]


def _example(finding: Finding, screen: _Screen) -> Styled:
    name = shortened(visible(finding.resource.name), _NAME)
    return Styled.assemble((name, "bold"), "  ", shortened(visible(screen.say(finding.reason)), _REASON))


def _item(screen: _Screen, severity: Severity, lines: list[Flow]) -> None:
    label = screen.say(SEVERITIES[severity])
    grid = Table.grid(padding=(0, 1, 0, 0), expand=not screen.plain)
    if screen.plain:
        badge = Styled(f"[{label}]")
        grid.add_column(no_wrap=True)
    else:
        badge = Styled(f" {label.upper()} ", style=_SEVERITY_STYLES[severity])
        grid.add_column(width=10 if screen.language == "en" else 6, no_wrap=True)
    grid.add_column(ratio=None if screen.plain else 1)
    for index, line in enumerate(lines):
        grid.add_row(badge if index == 0 else "", line)
    screen.show(grid)


def _unknown(assessment: Assessment, digest: Digest, screen: _Screen) -> None:
    if not digest.blind:
        return
    screen.section(
        screen.say(Text(en="Not assessed", ja="判定できなかった項目")),
        screen.say(Text(en="counts as failed until it is read", ja="読み取れるまで不適合として扱います")),
    )
    screen.show(*(screen.bullet(_blind_line(blind, screen)) for blind in digest.blind[:_BLIND]))
    rest = len(digest.blind) - _BLIND
    if rest > 0:
        more = Text(
            en=f"  and {rest} more reasons, all in result.json",
            ja=f"  ほか {rest} 件の原因(result.json に記載)",
        )
        screen.show(Styled(screen.say(more), style=_QUIET))
    if any(blind.permission for blind in digest.blind):
        command = f"cloudaudit permissions {assessment.target.provider}"
        hint = Text(
            en=f"To grant what is missing: {command} prints all that a scan needs.",
            ja=f"不足している権限は、{command} の出力(スキャンに必要な権限の一覧)で確認し、付与できます。",
        )
        screen.show(Styled(visible(screen.say(hint)), style=_QUIET))


def _blind_line(blind: Blind, screen: _Screen) -> Styled:
    cause = screen.say(CAUSES[blind.cause]) if blind.cause else screen.say(STATUSES[Status.NOT_ASSESSED])
    subject = visible(blind.permission or cause), "bold yellow" if blind.permission else "yellow"
    severity = screen.say(SEVERITIES[blind.severity])
    cost = Text(
        en=f"findings: {blind.count}, up to {severity}", ja=f"{blind.count} 件(最高重要度: {severity})"
    )
    return Styled.assemble(subject, (f"  {screen.say(cost)}", _QUIET))


def _gaps(assessment: Assessment, screen: _Screen) -> None:
    if not assessment.gaps:
        return
    screen.section(
        screen.say(Text(en="Could not be listed", ja="一覧を取得できなかったもの")),
        screen.say(Text(en="nobody knows what is there", ja="存在の有無も不明です")),
    )
    for gap in assessment.gaps[:_GAPS]:
        need = gap.permission or gap.operation
        more = shortened(detail_in(gap.detail, screen.language), _REASON)
        detail = (
            f"  {gap.region} {screen.glyphs.dot} {screen.say(CAUSES[gap.cause])}"
            + (f" ({need})" if need else "")
            + (f": {more}" if more else "")
        )
        screen.show(
            screen.bullet(Styled.assemble((visible(gap.of), "bold yellow"), (visible(detail), _QUIET)))
        )
    rest = len(assessment.gaps) - _GAPS
    if rest > 0:
        screen.show(Styled(screen.say(Text(en=f"and {rest} more", ja=f"ほか {rest} 件")), style=_QUIET))


def _ledger(assessment: Assessment, screen: _Screen) -> None:
    check = assessment.ledger
    if check is None:
        return
    screen.section(screen.say(ledger.TITLE), visible(check.file))
    screen.show(Styled(screen.say(ledger.summary(check))))
    if check.incomplete:
        screen.show(Styled(screen.say(check.incomplete), style="yellow"))


def _waivers(assessment: Assessment, screen: _Screen) -> None:
    if not assessment.waivers:
        return
    screen.section(
        screen.say(WAIVERS), screen.say(Text(en="accepted failures", ja="期限を定めて受け入れた不適合"))
    )
    for entry in urgent_first(assessment)[:_WAIVERS]:
        style = "red" if entry.wrong else "yellow" if entry.remarkable else "green"
        about = f"  {people(entry, screen.language)} {screen.glyphs.dot} {days(entry, screen.language)}"
        screen.show(
            screen.bullet(
                Styled.assemble(
                    (standing(entry, screen.language), style),
                    "  ",
                    (shortened(subject(entry), _REASON), "bold"),
                    (shortened(about, _REASON), _QUIET),
                )
            )
        )
    rest = len(assessment.waivers) - _WAIVERS
    if rest > 0:
        more = Text(en=f"and {rest} more, all in result.json", ja=f"ほか {rest} 件(result.json に記載)")
        screen.show(Styled(screen.say(more), style=_QUIET))


def _files(screen: _Screen) -> None:
    if not screen.files:
        return
    screen.section(screen.say(Text(en="Files", ja="出力ファイル")))
    for path in screen.files:
        screen.unwrapped(Styled(visible(path)))


def _exit(assessment: Assessment, screen: _Screen) -> None:
    screen.gap()
    for also in assessment.exit[1:]:
        note = screen.say(Text(en="Also: ", ja="その他: "))
        screen.show(
            Styled(
                visible(f"{note}{screen.say(also.reason)} ({screen.say(EXIT_CODE)} {also.code})"),
                style=_QUIET,
            )
        )
    code = f"{screen.say(EXIT_CODE).capitalize()} {assessment.exit_code}"
    reason = screen.say(assessment.exit[0].reason if assessment.exit else CLEAN)
    style = "bold red" if assessment.exit else "bold green"
    screen.show(Styled.assemble((code, style), f": {visible(reason)}"))
