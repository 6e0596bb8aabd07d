"""``python -m cloudaudit.demo``: scan a sample estate on this machine, as ``cloudaudit scan`` would."""

import json
import signal
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from types import FrameType

import click

from cloudaudit.cli import options
from cloudaudit.cli.bilingual import Command, Language, Words, language_of, option
from cloudaudit.cli.root import cli
from cloudaudit.cli.streams import make_writable
from cloudaudit.demo.aws.cloud import AWS
from cloudaudit.demo.cloud import Cloud
from cloudaudit.demo.gcs.cloud import GCS
from cloudaudit.demo.m365.cloud import M365

CLOUDS = (AWS, GCS, M365)
ROOT = Path("demo-out")


@click.command(
    cls=Command,
    words=Words(
        "Scan a sample estate that runs inside this process. Emulators stand in for the clouds.",
        "本プロセス内で動作するサンプル環境をスキャンします(実際のクラウドではなく、模擬の応答を使用します)。",
    ),
)
@option(
    "--cloud",
    "names",
    type=click.Choice([cloud.name for cloud in CLOUDS]),
    multiple=True,
    words=Words("Only this cloud, may be repeated.", "対象クラウド(複数指定可)"),
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
    words=Words(
        "Port to serve on, the next clouds on the next ones; free ones by default.",
        "待ち受けポート(2 つ目以降のクラウドは続き番号。既定は空きポート)",
    ),
)
@options.lang
@click.pass_context
def demo(
    ctx: click.Context,
    /,
    *,
    names: tuple[str, ...],
    out: Path | None,
    serve: bool,
    port: int,
) -> None:
    """Serve the estate, and unless only that is wanted, scan it and compare the exit codes with the planned ones."""
    language = language_of(ctx)
    clouds = [cloud for cloud in CLOUDS if not names or cloud.name in names]
    if serve:
        _serve(clouds, port, language)
        return
    folder = out or _fresh()
    # Each is scanned even where another did not end as planned.
    as_planned = [
        _scanned(cloud, port and port + number, folder, language) for number, cloud in enumerate(clouds)
    ]
    if not all(as_planned):
        ctx.exit(1)


def _scanned(cloud: Cloud, port: int, folder: Path, language: Language) -> bool:
    """Scan one cloud of the estate; return whether it ended as planned, and say so."""
    click.echo(cloud.stand_in.in_(language), err=True)
    with cloud.serve(port) as url:
        code = scan(cloud, url, folder / cloud.name, language)
    if code != max(cloud.planned) or _reasons(folder / cloud.name) != list(cloud.planned):
        unplanned = Words(
            f"The demo did not end as planned: exit code {code}; see its messages above.",
            f"デモが想定どおりに終了しませんでした(終了コード {code})。上記のメッセージを確認してください。",
        )
        click.echo(unplanned.in_(language), err=True)
        return False
    planned = Words(
        f"The scan's exit code {code} is the planned one: the estate has findings and refuses some reads.",
        f"スキャンの終了コード {code} は想定どおりです"
        "(サンプル環境には不適合があり、一部の読み取りを意図的に拒否しているため)。",
    )
    click.echo(planned.in_(language))
    return True


def scan(cloud: Cloud, url: str, out: Path, language: Language) -> int:
    """Run ``cloudaudit scan`` in this process against the served cloud; return its exit code."""
    out.mkdir(parents=True, exist_ok=True)
    policy = out / "policy.toml"
    policy.write_text(cloud.policy, encoding="utf-8")
    arguments = ["scan", cloud.name, *cloud.arguments(url), "--out", str(out)]
    other = "en" if language == "ja" else "ja"
    arguments += [
        "--policy",
        str(policy),
        "--lang",
        f"{language},{other}",
        "--format",
        "json,markdown,html,sharing",
    ]
    return int(cli.main(arguments, prog_name="cloudaudit", standalone_mode=False) or 0)


def _reasons(folder: Path) -> list[int]:
    """Return the codes of every reason in the result; none where there is no result."""
    file = folder / "result.json"
    return [reason["code"] for reason in json.loads(file.read_bytes())["exit"]] if file.is_file() else []


def _fresh() -> Path:
    return ROOT / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"


def _serve(clouds: list[Cloud], port: int, language: Language) -> None:
    with ExitStack() as served:
        for number, cloud in enumerate(clouds):
            click.echo(cloud.stand_in.in_(language), err=True)
            url = served.enter_context(cloud.serve(port and port + number))
            ready = Words(
                f"It is served at {url}; end it with Ctrl-C. In another shell:",
                f"{url} で提供しています(終了は Ctrl-C)。別のシェルで次を実行してください:",
            )
            click.echo(ready.in_(language))
            for name, given in cloud.exports(url).items():
                click.echo(f"export {name}={given}")
            click.echo(" ".join(("cloudaudit scan", cloud.name, *cloud.arguments(url))))
        _until_ended()


def _until_ended() -> None:
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
