"""``[reports]`` and ``[log]``: what is written, and how it is said."""

from typing import Annotated, Literal

from cloudaudit.config.fields import JUDGING, WRITING, FilePath, Section, Setting

Names = tuple[str, ...]
FrameworkName = Literal[
    "pmark",
    "jis-q-15001",
    "ppc",
    "appi",
    "cis-aws",
    "cis-gcp",
    "cis-m365",
    "iso27001",
    "iso27017",
    "nist-csf",
]


class Reports(Section):
    """``[reports]``."""

    formats: Annotated[
        Names | None,
        Setting(
            "reports that scan and judge write",
            "scan・judge で出力するレポートの形式",
            ["json", "markdown", "sharing", "html"],
            "reports",
            JUDGING,
        ),
    ] = None
    languages: Annotated[
        tuple[Literal["ja", "en"], ...] | None,
        Setting("languages, the first one's first", "出力する言語(先頭を優先)", ["ja", "en"], "lang", ("*",)),
    ] = None
    out: Annotated[
        FilePath | None,
        Setting("folder for the files", "出力フォルダー", "out", "out", JUDGING),
    ] = None
    baseline: Annotated[
        FilePath | None,
        Setting(
            "an earlier result of the same target to compare with",
            "比較する以前の結果(同じ対象)",
            "yesterday/result.json",
            "baseline",
            WRITING,
        ),
    ] = None
    actions: Annotated[
        FilePath | None,
        Setting(
            "owners, due dates and notes to carry",
            "引き継ぐ是正処置のファイル",
            "actions.json",
            "actions",
            WRITING,
        ),
    ] = None
    frameworks: Annotated[
        tuple[FrameworkName, ...] | None,
        Setting(
            "frameworks whose controls the reports show",
            "項番別の証跡を掲載するフレームワーク",
            ["pmark", "ppc", "iso27001"],
            "frameworks",
            WRITING,
        ),
    ] = None
    mask: Annotated[
        bool | None,
        Setting(
            "pseudonyms instead of names",
            "名称を仮名に置き換えて出力",
            example=True,
            option="mask",
            commands=WRITING,
        ),
    ] = None
    mask_key: Annotated[
        FilePath | None,
        Setting("file with the key of the pseudonyms", "仮名化の鍵ファイル", "mask.key", "mask_key", WRITING),
    ] = None
    plain: Annotated[
        bool | None,
        Setting(
            "no colour and no bars",
            "装飾なしで表示",
            example=True,
            option="plain",
            commands=(*JUDGING, "checks", "checks list"),
        ),
    ] = None
    quiet: Annotated[
        bool | None,
        Setting(
            "print nothing but errors",
            "エラー以外は表示しない",
            example=True,
            option="quiet",
            commands=WRITING,
        ),
    ] = None


class Log(Section):
    """``[log]``."""

    format: Annotated[
        Literal["text", "json"] | None,
        Setting(
            "what is told on standard error: sentences, or JSON Lines",
            "標準エラー出力の形式(文章または JSON Lines)",
            "json",
            "log_format",
            JUDGING,
        ),
    ] = None
