"""``python -m cloudaudit.demo``: scan a sample estate on this machine, as ``cloudaudit scan aws`` would."""

import json
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from types import FrameType

import click

from cloudaudit.cli import options
from cloudaudit.cli.bilingual import Command, Language, Words, language_of, option
from cloudaudit.cli.root import cli
from cloudaudit.cli.streams import make_writable
from cloudaudit.demo.estate import POLICY, exports, running
from cloudaudit.errors import Exit

PLANNED = [Exit.INCOMPLETE, Exit.FINDINGS]
"""The reasons to expect: the estate refuses some reads, and it has findings. A crash would be one more."""
STARTING = Words(
    "Starting the sample estate: moto with own handlers in front of it, not AWS ...",
    "サンプル環境を起動しています(AWS ではなく、moto に独自の応答を加えたものです)…",
)
ROOT = Path("demo-out")


@click.command(
    cls=Command,
    words=Words(
        "Scan a sample estate that runs inside this process. It is moto with own handlers in front, not AWS.",
        "本プロセス内で動作するサンプル環境をスキャンします"
        "(AWS ではなく、moto に独自の応答を加えたものです)。",
    ),
)
@option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    words=Words("Folder for the files; demo-out/<time> by default.", "出力フォルダー(既定は demo-out 以下)"),
)
@option(
    "--serve",
    is_flag=True,
    words=Words("Only serve the estate, until interrupted.", "スキャンせず、中断するまで環境を提供"),
)
@option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    metavar="N",
    words=Words("Port to serve on; a free one by default.", "待ち受けポート(既定は空きポート)"),
)
@options.lang
@click.pass_context
def demo(ctx: click.Context, /, out: Path | None, serve: bool, port: int) -> None:  # noqa: FBT001 - click passes options by name
    """Serve the estate, and unless only that is wanted, scan it and compare the exit code with the planned one."""
    language = language_of(ctx)
    click.echo(STARTING.in_(language), err=True)
    with running(port) as estate:
        if serve:
            _serve(estate.url, language)
            return
        folder = out or _fresh()
        code = scan(folder, language)
    if code != max(PLANNED) or _reasons(folder) != PLANNED:
        unplanned = Words(
            f"The demo did not end as planned: exit code {code}; see its messages above.",
            f"デモが想定どおりに終了しませんでした(終了コード {code})。上記のメッセージを確認してください。",
        )
        click.echo(unplanned.in_(language), err=True)
        ctx.exit(1)
    planned = Words(
        f"The scan's exit code {code} is the planned one: the estate has findings and refuses some reads.",
        f"スキャンの終了コード {code} は想定どおりです"
        "(サンプル環境には不適合があり、一部の読み取りを意図的に拒否しているため)。",
    )
    click.echo(planned.in_(language))


def scan(out: Path, language: Language) -> int:
    """Run ``cloudaudit scan aws`` in this process against the environment's endpoint; return its exit code."""
    out.mkdir(parents=True, exist_ok=True)
    policy = out / "policy.toml"
    policy.write_text(POLICY, encoding="utf-8")
    arguments = ["scan", "aws", "--out", str(out), "--policy", str(policy), "--lang", language]
    return int(cli.main(arguments, prog_name="cloudaudit", standalone_mode=False) or 0)


def _reasons(folder: Path) -> list[int]:
    """Return the codes of every reason in the result; none where there is no result."""
    file = folder / "result.json"
    return [reason["code"] for reason in json.loads(file.read_bytes())["exit"]] if file.is_file() else []


def _fresh() -> Path:
    return ROOT / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"


def _serve(url: str, language: Language) -> None:
    ready = Words(
        f"The sample estate is served at {url}; end it with Ctrl-C. In another shell:",
        f"サンプル環境を {url} で提供しています(終了は Ctrl-C)。別のシェルで次を実行してください:",
    )
    click.echo(ready.in_(language))
    for name, given in exports(url).items():
        click.echo(f"export {name}={given}")
    click.echo("cloudaudit scan aws")
    ended = Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    while not ended.wait(1):
        pass


def main() -> None:
    """Run the demo and leave with its exit code."""
    make_writable(sys.stdout)
    make_writable(sys.stderr)
    demo.main(prog_name="python -m cloudaudit.demo")


if __name__ == "__main__":
    main()
