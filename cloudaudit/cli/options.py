"""Options that several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from cloudaudit.cli.bilingual import LANGUAGE, LANGUAGES, Words, language_of, option

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


def langs(function: F) -> F:
    """Declare ``--lang`` for commands that write files, which can be in both languages."""
    return option(
        "--lang",
        metavar="ja|en|ja,en",
        is_eager=True,
        expose_value=False,
        callback=_keep_languages,
        words=Words(
            "Languages of the output, the first one's first; that of the locale by default.",
            "出力する言語(ja,en のように複数指定可。既定はロケールに従う)",
        ),
    )(function)


def _keep_languages(ctx: click.Context, _parameter: click.Parameter, given: str | None) -> None:
    if given is None:
        return
    named = tuple(dict.fromkeys(given.split(",")))
    if not set(named) <= {"ja", "en"}:
        words = Words(
            f"{given} is no language; write ja, en, or both as ja,en.",
            f"{given} は指定できません。ja、en、または ja,en と指定してください。",
        )
        raise click.BadParameter(words.in_(language_of(ctx)))
    ctx.meta[LANGUAGES] = named
    ctx.meta[LANGUAGE] = named[0]


def _names(_ctx: click.Context, _parameter: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    """Take lists with commas apart, so that ``--format html,pdf`` is ``--format html --format pdf``."""
    return tuple(dict.fromkeys(name.strip() for one in given for name in one.split(",") if name.strip()))


def reports(*default: str) -> Callable[[F], F]:
    """Declare which reports are written, and whether names are masked in them."""

    def declare(function: F) -> F:
        return _all(
            function,
            option(
                "--format",
                "--report",
                "reports",
                multiple=True,
                metavar="NAME[,NAME...]",
                default=default,
                callback=_names,
                words=Words(
                    f"Reports to write, may be repeated; {', '.join(default)} by default.",
                    f"出力するレポートの形式(複数指定可。既定は {'、'.join(default)})",
                ),
            ),
            option(
                "--actions",
                type=click.Path(path_type=Path),
                metavar="FILE",
                words=Words(
                    "Owners, due dates and notes to carry, as `cloudaudit actions import` wrote them.",
                    "引き継ぐ是正処置のファイル(cloudaudit actions import の出力)",
                ),
            ),
            option(
                "--baseline",
                type=click.Path(path_type=Path),
                metavar="FILE",
                words=Words(
                    "An earlier result.json of the same target; the Markdown report begins with what changed since.",
                    "同じ対象の以前の result.json(Markdown の冒頭に変化を記載)",
                ),
            ),
            option(
                "--mask",
                is_flag=True,
                words=Words(
                    "Pseudonyms for accounts, names, people and addresses, in every report.",
                    "アカウント・名称・人物・アドレスを仮名に置き換えて出力",
                ),
            ),
            option(
                "--mask-key",
                type=click.Path(path_type=Path),
                metavar="FILE",
                words=Words(
                    "Key of the pseudonyms, made on first use; in your configuration folder by default.",
                    "仮名化の鍵ファイル(存在しない場合は作成。既定はユーザーの設定フォルダー)",
                ),
            ),
        )

    return declare


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


def scanning(concurrency: int) -> Callable[[F], F]:
    """Declare what a scan of any provider takes: which checks, and how hard it may ask.

    Args:
        concurrency: how many requests are in flight by default; what pays differs between the providers' clients.
    """

    def declare(function: F) -> F:
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
                "--resume",
                is_flag=True,
                words=Words("Go on with an interrupted scan.", "中断したスキャンを再開"),
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
                default=concurrency,
                show_default=True,
                metavar="N",
                words=Words("Requests in flight at most.", "同時リクエスト数の上限"),
            ),
        )

    return declare


def _all(function: F, *declared: Callable[[F], F]) -> F:
    """Declare options in the order in which help shows them."""
    for declare in reversed(declared):
        function = declare(function)
    return function


def key(function: F) -> F:
    """Declare ``--key`` for commands that sign."""
    return option(
        "--key",
        envvar="CLOUDAUDIT_KEY",
        metavar="FILE|URI",
        words=Words(
            "Signing key: a file of `cloudaudit keys new`, pkcs11:... or awskms:///...; or CLOUDAUDIT_KEY. "
            "Its passphrase or PIN: CLOUDAUDIT_KEY_PASSPHRASE.",
            "署名鍵(cloudaudit keys new で作成したファイル、pkcs11:...、awskms:///...)。環境変数 CLOUDAUDIT_KEY でも指定可。"
            "パスフレーズ・PIN は CLOUDAUDIT_KEY_PASSPHRASE",
        ),
    )(function)


def timestamp_url(function: F) -> F:
    """Declare ``--timestamp-url``."""
    return option(
        "--timestamp-url",
        metavar="URL",
        words=Words(
            "Address of an RFC 3161 timestamp authority.", "RFC 3161 の時刻認証局(タイムスタンプ局)の URL"
        ),
    )(function)


def sealing(function: F) -> F:
    """Declare how the run is sealed."""
    return _all(
        function,
        option(
            "--seal/--no-seal",
            default=None,
            words=Words(
                "Write evidence-<target>-<time>.zip, sealed and signed; on by default where there is a key.",
                "封印・署名した証跡 evidence-<対象>-<日時>.zip を出力(鍵が設定されていれば既定で有効)",
            ),
        ),
        key,
        option(
            "--chain",
            type=click.Path(path_type=Path),
            metavar="DIR",
            words=Words(
                "Folder with the target's earlier bundles; by default where its runs lie.",
                "過去の証跡のフォルダー(既定は同じ対象の出力先)",
            ),
        ),
        timestamp_url,
    )


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
        reports("json", "markdown", "sharing"),
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
        sealing,
        option("--quiet", is_flag=True, words=Words("Print nothing but errors.", "エラー以外は表示しない")),
        plain,
        langs,
        debug,
    )
