"""Options that several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from cloudaudit.cli.bilingual import LANGUAGE, Words, option

F = TypeVar("F", bound=Callable[..., Any])
DEBUG = "cloudaudit.debug"
"""The key in a click context's ``meta`` under which ``--debug`` is kept."""

SEVERITIES = ("critical", "high", "medium", "low", "info")


def _keep(key: str) -> Callable[[click.Context, click.Parameter, Any], Any]:
    def keep(ctx: click.Context, _parameter: click.Parameter, given: Any) -> Any:  # noqa: ANN401 - click's own signature
        if given:
            ctx.meta[key] = given
        return given

    return keep


def lang(function: F) -> F:
    """Declare ``--lang``; the choice is kept for errors and help too."""
    return option(
        "--lang",
        type=click.Choice(["ja", "en"]),
        is_eager=True,
        expose_value=False,
        callback=_keep(LANGUAGE),
        words=Words(
            "Language of the output; that of the locale by default.", "表示言語(既定はロケールに従う)"
        ),
    )(function)


def debug(function: F) -> F:
    """Declare ``--debug``."""
    return option(
        "--debug",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_keep(DEBUG),
        words=Words("Show the trace of an internal error.", "内部エラーの詳細を表示"),
    )(function)


def plain(function: F) -> F:
    """Declare ``--plain``."""
    return option(
        "--plain",
        is_flag=True,
        words=Words(
            "No colour and no bars, for logs and screen readers.", "装飾なしで表示(ログ・読み上げ向け)"
        ),
    )(function)


def checks_dir(function: F) -> F:
    """Declare ``--checks-dir``."""
    return option(
        "--checks-dir",
        type=click.Path(path_type=Path),
        metavar="DIR",
        words=Words(
            "Also run the checks in this folder: code that you trust. Its SHA-256 stands in the result.",
            "フォルダー内のチェックも実行(結果に SHA-256 を記載)",
        ),
    )(function)


def regions(function: F) -> F:
    """Declare ``--region``."""
    return option(
        "--region",
        "regions",
        multiple=True,
        metavar="NAME",
        words=Words("Only this region, may be repeated.", "対象リージョン(複数指定可)"),
    )(function)


def buckets(function: F) -> F:
    """Declare ``--bucket``."""
    return option(
        "--bucket",
        "buckets",
        multiple=True,
        metavar="NAME",
        words=Words("Only this bucket, may be repeated.", "対象バケット(複数指定可)"),
    )(function)


def scanning(function: F) -> F:
    """Declare what a scan of any provider takes: which checks, and how hard it may ask."""
    return _all(
        function,
        option(
            "--theme",
            "themes",
            multiple=True,
            metavar="NAME",
            words=Words("Only checks of this theme, may be repeated.", "対象テーマ(複数指定可)"),
        ),
        option(
            "--check",
            "checks",
            multiple=True,
            metavar="ID",
            words=Words("Only this check, may be repeated.", "対象チェック(複数指定可)"),
        ),
        option(
            "--resume", is_flag=True, words=Words("Go on with an interrupted scan.", "中断したスキャンを再開")
        ),
        option(
            "--max-rps",
            type=click.FloatRange(min=0, min_open=True),
            metavar="N",
            words=Words("Requests a second at most.", "1 秒あたりの最大リクエスト数"),
        ),
        option(
            "--concurrency",
            type=click.IntRange(1, 512),
            default=32,
            show_default=True,
            metavar="N",
            words=Words("Requests in flight at most.", "同時リクエスト数の上限"),
        ),
    )


def _all(function: F, *declared: Callable[[F], F]) -> F:
    """Declare options in the order in which help shows them."""
    for declare in reversed(declared):
        function = declare(function)
    return function


def judging(function: F) -> F:
    """Declare what decides the verdicts, the exit code and the output."""
    return _all(
        function,
        option(
            "--policy",
            type=click.Path(path_type=Path),
            metavar="FILE",
            words=Words("Audit policy (TOML) with your thresholds.", "監査ポリシー(TOML)のファイル"),
        ),
        checks_dir,
        option(
            "--out",
            type=click.Path(path_type=Path),
            metavar="DIR",
            words=Words(
                "Folder for the files; cloudaudit-out/<target>/<time> by default.",
                "出力フォルダー(既定は cloudaudit-out 以下)",
            ),
        ),
        option(
            "--report",
            "reports",
            multiple=True,
            metavar="NAME",
            default=("json", "markdown"),
            words=Words(
                "Report to write, may be repeated; json and markdown by default.",
                "出力するレポート(複数指定可)",
            ),
        ),
        option(
            "--fail-on",
            type=click.Choice(SEVERITIES),
            default="high",
            show_default=True,
            words=Words("Exit with 1 from this severity on.", "この重要度以上の不適合で終了コード 1"),
        ),
        option(
            "--min-coverage",
            type=click.FloatRange(0, 100),
            metavar="PERCENT",
            words=Words(
                "Exit with 3 below this; by default when a critical check is not wholly assessed.",
                "判定率がこれ未満なら終了コード 3",
            ),
        ),
        option("--quiet", is_flag=True, words=Words("Print nothing but errors.", "エラー以外は表示しない")),
        plain,
        lang,
        debug,
    )
