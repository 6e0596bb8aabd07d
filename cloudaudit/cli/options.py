"""Options that several commands share."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cloudaudit.cli.bilingual import LANGUAGE, LANGUAGES, LOG_FORMAT, Words, language_of
from cloudaudit.cli.bilingual import option as own_option
from cloudaudit.cli.gate_options import gates
from cloudaudit.evidence.limits import KEEP_YEARS, LONGEST_WAIT, MOST_YEARS, WAIT_SECONDS

if TYPE_CHECKING:  # --help must not pay for it
    from cloudaudit.config.sections import Config
    from cloudaudit.inventory.plan import ObjectsWish
    from cloudaudit.inventory.settings import EngineSettings
    from cloudaudit.toml_file import Loaded

F = TypeVar("F", bound=Callable[..., Any])
DEBUG = "cloudaudit.debug"
"""The key in a click context's ``meta`` under which ``--debug`` is kept."""

CONFIGURED = "cloudaudit.configured"
"""The key under which the configuration is kept, with the file that it was read from."""

POLICY = "cloudaudit.policy"
"""The key under which the audit policy of the configuration is kept, where it has one."""


def option(*names: str, words: Words, **attributes: Any) -> Callable[[F], F]:  # noqa: ANN401 - as click.option
    """Declare an option that several commands share."""
    return own_option(*names, words=words, shared=True, **attributes)


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
                "--pack",
                type=click.Choice(["pmark"]),
                words=Words(
                    "Forms for an assessment, in Japanese (PDF and XLSX): pmark for PrivacyMark.",
                    "審査用の様式集を出力(PDF・XLSX。pmark: Pマークの運用の確認記録、是正処置票など)",
                ),
            ),
            option(
                "--pmark-expires",
                type=click.DateTime(["%Y-%m-%d"]),
                metavar="YYYY-MM-DD",
                words=Words(
                    "Last day of the PrivacyMark certificate, for the calendar of the pack.",
                    "Pマークの有効期間の満了日(更新カレンダーに使用)",
                ),
            ),
            option(
                "--pmark-performer",
                default="",
                metavar="NAME",
                words=Words(
                    "Who ran the check, for the forms of the pack; else left empty.",
                    "点検の実施者(様式に記載。省略時は空欄)",
                ),
            ),
            option(
                "--pmark-auditor",
                default="",
                metavar="NAME",
                words=Words(
                    "Who audits, for the forms of the pack; warned of where it is who ran the check.",
                    "監査員(様式に記載。実施者と同一の場合は様式に警告を記載)",
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
                "--history",
                type=click.Path(path_type=Path),
                metavar="FILE",
                words=Words(
                    "History of runs: tells since when what fails has failed, and draws the trend; scan and judge add "
                    "their run.",
                    "実行履歴ファイル(不適合の継続期間と推移を記載。scan と judge は今回の結果を追加)",
                ),
            ),
            option(
                "--ledger",
                type=click.Path(path_type=Path),
                metavar="FILE",
                words=Words(
                    "Your ledger of personal data (CSV or XLSX); reports list the differences.",
                    "個人情報管理台帳(CSV または XLSX)。実際の保管先と突合し、差異をレポートに記載",
                ),
            ),
            option(
                "--ledger-columns",
                metavar="NAME=HEADING,...",
                default="",
                words=Words(
                    "Headings of the ledger's columns name, location, owner, contractor, where they are not the usual.",
                    "台帳の列見出し(例: name=業務名,location=格納先。name、location、owner、contractor を指定可)",
                ),
            ),
            option(
                "--client",
                type=click.Path(path_type=Path),
                metavar="NAME|DIR",
                words=Words(
                    "Client whose folder is used: its configuration, output, history, keys, name, logo and authorisation.",
                    "顧客フォルダーの名称またはパス(設定・出力先・履歴・鍵・名称・ロゴ・承諾の記録を使用)",
                ),
            ),
            option(
                "--framework",
                "frameworks",
                multiple=True,
                metavar="NAME[,NAME...]",
                callback=_names,
                words=Words(
                    "Frameworks whose controls the reports show, may be repeated; pmark and ppc in Japanese, iso27001 and "
                    "nist-csf in English by default. `cloudaudit frameworks` lists them.",
                    "項番別の証跡を掲載するフレームワーク(複数指定可。既定は pmark と ppc、英語では iso27001 と nist-csf)。"
                    "一覧は cloudaudit frameworks で確認できます",
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


def history(function: F) -> F:
    """Declare ``--history`` for commands that only read it."""
    return option(
        "--history",
        type=click.Path(path_type=Path),
        metavar="FILE",
        words=Words(
            "History of earlier runs: tells since when what fails has failed.",
            "過去の実行履歴ファイル(不適合がいつから続いているかを表示)",
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


def selecting(function: F) -> F:
    """Declare ``--theme`` and ``--check``."""
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
    )


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
            selecting,
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


def objects(*engines: str) -> Callable[[F], F]:
    """Declare how the objects in buckets are looked at; ``objects_wish`` makes one value of it.

    Args:
        engines: what may evaluate inventories, the default first.
    """

    def declare(function: F) -> F:
        return _all(
            function,
            option(
                "--objects",
                type=click.Choice(["off", "auto", "inventory", "list", "estimate"]),
                default="off",
                show_default=True,
                words=Words(
                    "Look at the objects too: the best way for each bucket, by inventory or by listing only; "
                    "estimate tells the cost and stops.",
                    "オブジェクト単位の確認方法(auto はバケットごとに選択、estimate は費用の見積もりのみ)",
                ),
            ),
            option(
                "--objects-limit",
                type=click.IntRange(min=0),
                default=1_000,
                show_default=True,
                metavar="N",
                words=Words(
                    "Look at every object of a bucket that has at most so many.",
                    "全件を確認するバケットのオブジェクト数の上限",
                ),
            ),
            option(
                "--objects-sample",
                type=click.IntRange(min=1),
                default=300,
                show_default=True,
                metavar="N",
                words=Words(
                    "Look at so many, drawn at random, where there are more.",
                    "上限を超えるバケットで無作為に抽出するオブジェクト数",
                ),
            ),
            option(
                "--objects-budget",
                type=click.IntRange(min=1),
                default=100_000,
                show_default=True,
                metavar="REQUESTS",
                words=Words(
                    "Requests about objects in the whole run, at most.",
                    "オブジェクトの確認に使うリクエスト数の上限(スキャン全体)",
                ),
            ),
            option(
                "--objects-engine",
                type=click.Choice(engines),
                default=engines[0],
                show_default=True,
                words=Words("What evaluates inventories.", "インベントリを集計するエンジン"),
            ),
            option(
                "--objects-settings",
                type=click.Path(path_type=Path),
                metavar="FILE",
                words=Words(
                    "Settings of the engine (TOML, table [objects.engine]).",
                    "エンジンの設定ファイル(TOML の [objects.engine] テーブル)",
                ),
            ),
        )

    return declare


def objects_wish(given: dict[str, Any]) -> "ObjectsWish":
    """Take what ``objects`` declared out of a command's arguments, as one value.

    Raises:
        UsageError: the settings of the engine have faults.
    """
    from cloudaudit.inventory.plan import Looking, ObjectsWish

    settings: Path | None = given.pop("objects_settings")
    return ObjectsWish(
        looking=Looking(given.pop("objects")),
        limit=given.pop("objects_limit"),
        sample=given.pop("objects_sample"),
        budget=given.pop("objects_budget"),
        engine=given.pop("objects_engine"),
        settings=_engine_settings(settings),
    )


def _engine_settings(path: Path | None) -> "EngineSettings | None":
    """Return what a file says, or else the configuration."""
    if path is not None:
        from cloudaudit.inventory.settings_file import load_settings

        return load_settings(path)
    loaded: Loaded[Config] | None = click.get_current_context().meta.get(CONFIGURED)
    return loaded.value.objects.engine if loaded else None


def _all(function: F, *declared: Callable[[F], F]) -> F:
    """Declare options in the order in which help shows them."""
    for declare in reversed(declared):
        function = declare(function)
    return function


def _or_configured(ctx: click.Context, _parameter: click.Parameter, given: Path | None) -> Any:  # noqa: ANN401 - a path, or a policy whose type --help must not import
    return given or ctx.meta.get(POLICY)


def policy(function: F) -> F:
    """Declare ``--policy``; without it, the policy of the configuration is given."""
    return option(
        "--policy",
        type=click.Path(path_type=Path),
        callback=_or_configured,
        metavar="FILE",
        words=Words("Audit policy (TOML) with your thresholds.", "監査ポリシー(TOML)のファイル"),
    )(function)


def without(*names: str) -> Callable[[Callable[[F], F]], Callable[[F], F]]:
    """Declare what a group of options declares, but for those of these names, which a command declares itself."""

    def leave_out(declare: Callable[[F], F]) -> Callable[[F], F]:
        def declared(function: F) -> F:
            before: list[click.Parameter] = list(getattr(function, "__click_params__", ()))
            function = declare(function)
            params: list[click.Parameter] = function.__click_params__  # type: ignore[attr-defined]  # where click keeps them
            params[:] = [one for one in params if one in before or one.name not in names]
            return function

        return declared

    return leave_out


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
            "--pdf-key",
            type=click.Path(path_type=Path),
            metavar="FILE",
            words=Words(
                "Key file that signs the PDFs, where --key is in a token or in KMS; "
                "its passphrase: CLOUDAUDIT_PDF_KEY_PASSPHRASE.",
                "PDF に署名する鍵ファイル(--key がトークンや KMS の場合。パスフレーズは CLOUDAUDIT_PDF_KEY_PASSPHRASE)",
            ),
        ),
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
        option(
            "--timestamp-timeout",
            type=click.FloatRange(0, LONGEST_WAIT, min_open=True),
            metavar="SECONDS",
            words=Words(
                f"How long to wait for the authority; {WAIT_SECONDS:g} by default.",
                f"時刻認証局の応答を待つ秒数(既定 {WAIT_SECONDS:g})",
            ),
        ),
        option(
            "--keep-years",
            type=click.IntRange(1, MOST_YEARS),
            metavar="N",
            words=Words(
                f"For how many years the evidence is to be kept, which is printed; {KEEP_YEARS} by default.",
                f"証跡の保管年数。保管期限として記載(既定 {KEEP_YEARS} 年)",
            ),
        ),
    )


def _variable(ctx: click.Context, _parameter: click.Parameter, given: str | None) -> str | None:
    if given is not None and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", given) is None:
        # What was given may be the address itself, which is a secret: it is not repeated.
        words = Words(
            "The name of an environment variable is wanted here, never the address, which is a secret.",
            "環境変数の名前を指定してください。URL は秘密情報のため、直接指定できません。",
        )
        raise click.BadParameter(words.in_(language_of(ctx)))
    return given


def notifying(function: F) -> F:
    """Declare ``--notify`` and ``--notify-as``."""
    return _all(
        function,
        option(
            "--notify",
            metavar="VARIABLE",
            callback=_variable,
            words=Words(
                "Tell a chat of what changed since --baseline: the environment variable that holds the address of its "
                "webhook; CLOUDAUDIT_WEBHOOK by default, where it is set.",
                "--baseline からの変化をチャットへ通知。Webhook の URL を設定した環境変数の名前"
                "(既定は CLOUDAUDIT_WEBHOOK。未設定の場合は通知しない)",
            ),
        ),
        option(
            "--notify-as",
            type=click.Choice(["slack", "teams"]),
            words=Words(
                "Whose webhook it is; told by its host by default.", "Webhook の種類(既定はホスト名から判別)"
            ),
        ),
    )


def judging(function: F) -> F:
    """Declare what decides the verdicts, the exit code and the output."""
    return _all(
        function,
        policy,
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
            "--waivers",
            type=click.Path(path_type=Path),
            metavar="FILE",
            words=Words(
                "Failures that are accepted, by whom and until when (TOML); never taken without being named.",
                "受容した不適合の一覧(TOML。承認者・期限付き)。指定しない限り使用しません",
            ),
        ),
        gates,
        sealing,
        notifying,
        option("--quiet", is_flag=True, words=Words("Print nothing but errors.", "エラー以外は表示しない")),
        plain,
        option(
            "--log-format",
            type=click.Choice(["text", "json"]),
            is_eager=True,
            expose_value=False,
            callback=_keep(LOG_FORMAT),
            words=Words(
                "What is told on standard error: sentences, or events as JSON Lines.",
                "標準エラー出力の形式(文章または JSON Lines のイベント)",
            ),
        ),
        langs,
        debug,
    )
