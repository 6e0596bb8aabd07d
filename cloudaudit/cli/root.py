"""The command ``cloudaudit`` itself: its list of commands, and what a person sees when something fails."""

import traceback
from typing import Any, NamedTuple

import click

from cloudaudit.cli.bilingual import Group, Lazy, Words, language_of
from cloudaudit.cli.options import DEBUG
from cloudaudit.cli.streams import reader_gone
from cloudaudit.cli.telling import wants_events, write_event

_INTERRUPTED = 130
_INTERNAL = 3


class Root(Group):
    """The outermost group. Every error becomes one sentence and an exit code; a trace is for ``--debug``."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        """Run the command that was named."""
        try:
            return super().invoke(ctx)
        except click.ClickException as error:
            if not wants_events(ctx):
                raise
            _leave(ctx, _Sentences(error.format_message()), error.exit_code)
        except click.exceptions.Exit:
            raise
        except (KeyboardInterrupt, click.Abort):
            words = Words(
                "Interrupted; what was read is kept.", "中断しました。読み取り済みの内容は保存されています。"
            )
            _leave(ctx, _Sentences(words.in_(language_of(ctx))), _INTERRUPTED)
        except Exception as error:
            if isinstance(error, OSError) and reader_gone(error):
                raise
            _leave(ctx, *_explained(ctx, error))


class _Sentences(NamedTuple):
    """What failed in one sentence, and single faults, each for a line of its own."""

    head: str
    faults: tuple[str, ...] = ()


def _explained(ctx: click.Context, error: Exception) -> tuple[_Sentences, int]:
    from cloudaudit.errors import CloudauditError, FaultyFileError
    from cloudaudit.visible import visible

    language = language_of(ctx)
    if isinstance(error, FaultyFileError):
        faults = tuple(visible(fault.in_(language)) for fault in error.faults)
        return _Sentences(visible(error.head.in_(language)), faults), error.exit
    if isinstance(error, CloudauditError):
        return _Sentences(visible(error.diagnostics().in_(language))), error.exit
    name = type(error).__name__
    words = Words(
        f"cloudaudit failed inside ({name}); run the same command with --debug and report what it prints.",
        f"cloudaudit の内部エラーです({name})。"
        "同じコマンドに --debug を付けて再実行し、表示内容を開発元へお知らせください。",
    )
    return _Sentences(words.in_(language)), _INTERNAL


def _leave(ctx: click.Context, said: _Sentences, code: int) -> None:
    if ctx.meta.get(DEBUG):
        click.echo(traceback.format_exc(), err=True)
    if wants_events(ctx):
        faults = {"faults": list(said.faults)} if said.faults else {}
        write_event("error", {"message": said.head, **faults}, "error")
        write_event("end", {"exit_code": code, "reasons": [{"code": code, "reason": said.head}]}, "error")
    else:
        click.echo("\n  ".join((said.head, *said.faults)), err=True)
    ctx.exit(code)


def _print_version(ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - click's own signature
    if wanted and not ctx.resilient_parsing:
        from cloudaudit.version import version

        click.echo(f"cloudaudit {version()}")
        ctx.exit()


@click.group(
    cls=Root,
    words=Words(
        "Audit the security posture of the cloud storage that a company uses. It reads settings and changes nothing.",
        "企業が利用するクラウドストレージのセキュリティ設定を監査します。設定を読み取るだけで、変更は一切行いません。",
    ),
    lazy={
        "scan": Lazy(
            "cloudaudit.cli.scan:scan",
            Words("Read an account, judge it, write the result.", "アカウントを読み取り、判定結果を出力"),
        ),
        "fleet": Lazy(
            "cloudaudit.cli.fleet:fleet",
            Words("Scan many targets with one overview.", "複数の対象をまとめてスキャンし、一覧を出力"),
        ),
        "merge": Lazy(
            "cloudaudit.cli.merge:merge",
            Words("Put the shards of a fleet together.", "分割して実行した結果を統合"),
        ),
        "judge": Lazy(
            "cloudaudit.cli.judge:judge",
            Words(
                "Judge a saved snapshot again, without credentials.",
                "保存済みスナップショットを再判定(認証不要)",
            ),
        ),
        "report": Lazy(
            "cloudaudit.cli.report:report",
            Words("Render a saved result again, offline.", "保存済みの結果からレポートを再出力"),
        ),
        "diff": Lazy(
            "cloudaudit.cli.diff:diff",
            Words("Tell what changed between two results.", "2 つの結果を比較"),
        ),
        "trend": Lazy(
            "cloudaudit.cli.trend:trend",
            Words("Draw how the score went.", "スコアの推移を表示"),
        ),
        "history": Lazy(
            "cloudaudit.cli.history:history",
            Words("Rebuild the history from results that were kept.", "保存済みの結果から履歴を再作成"),
        ),
        "incident": Lazy(
            "cloudaudit.cli.incident:incident",
            Words("Make the worksheet for a suspected leak.", "漏えい等事案の対応ワークシートを作成"),
        ),
        "actions": Lazy(
            "cloudaudit.cli.actions:actions",
            Words("Carry corrective actions into the next report.", "是正処置の記入内容を引き継ぐ"),
        ),
        "client": Lazy(
            "cloudaudit.cli.client:client",
            Words("Keep everything of a client in one folder.", "顧客ごとのフォルダーを管理"),
        ),
        "checks": Lazy(
            "cloudaudit.cli.checks:checks", Words("List and explain the checks.", "チェックの一覧と説明")
        ),
        "frameworks": Lazy(
            "cloudaudit.cli.frameworks:frameworks",
            Words(
                "List the frameworks and what evidence there is for them.",
                "フレームワークの一覧と得られる証跡",
            ),
        ),
        "doctor": Lazy(
            "cloudaudit.cli.doctor:doctor",
            Words("Try each permission before a scan.", "スキャン前に権限の過不足を確認"),
        ),
        "init": Lazy(
            "cloudaudit.cli.config:init",
            Words("Write a commented configuration.", "コメント付きの設定ファイルを作成"),
        ),
        "config": Lazy(
            "cloudaudit.cli.config:config",
            Words("Show the configuration and where it came from.", "有効な設定と由来を表示"),
        ),
        "waivers": Lazy(
            "cloudaudit.cli.waivers:waivers",
            Words("Look over the accepted failures.", "受容した不適合の一覧を点検"),
        ),
        "verify": Lazy(
            "cloudaudit.cli.verify:verify",
            Words("Verify sealed evidence, offline.", "封印された証跡をオフラインで検証"),
        ),
        "evidence": Lazy(
            "cloudaudit.cli.evidence:evidence",
            Words("List sealed evidence, print its head, hand it over.", "証跡の一覧・末尾の値・引き渡し"),
        ),
        "countersign": Lazy(
            "cloudaudit.cli.countersign:countersign",
            Words("Add a second signature beside sealed evidence.", "封印された証跡に副署を追加"),
        ),
        "keys": Lazy(
            "cloudaudit.cli.keys:keys",
            Words("Make and show the key that signs evidence.", "証跡の署名鍵を作成・表示"),
        ),
        "permissions": Lazy(
            "cloudaudit.cli.permissions:permissions",
            Words("Print the least-privilege role for a scan.", "スキャンに必要な最小権限ロールを出力"),
        ),
        "completion": Lazy(
            "cloudaudit.cli.completion:completion",
            Words("Print the completion for a shell.", "シェルの補完スクリプトを出力"),
        ),
    },
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version)
def cli() -> None:
    """Hold the commands."""
