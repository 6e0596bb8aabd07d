"""``[reports]`` and ``[log]``: what is written, and how it is said."""

from typing import Annotated, Literal

from pydantic import Field

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
    pack: Annotated[
        Literal["pmark"] | None,
        Setting("forms for an assessment to write", "審査用の様式集の出力", "pmark", "pack", WRITING),
    ] = None
    pmark_expires: Annotated[
        str | None,
        Field(pattern=r"^\d{4}-\d\d-\d\d$"),
        Setting(
            "last day of the PrivacyMark certificate, for the pack",
            "Pマークの有効期間の満了日(様式集に使用)",
            "2027-06-30",
            "pmark_expires",
            WRITING,
        ),
    ] = None
    pmark_performer: Annotated[
        str | None,
        Setting(
            "who runs the check, for the pack",
            "点検の実施者(様式集に記載)",
            "山田 太郎",
            "pmark_performer",
            WRITING,
        ),
    ] = None
    pmark_auditor: Annotated[
        str | None,
        Setting("who audits, for the pack", "監査員(様式集に記載)", "佐藤 花子", "pmark_auditor", WRITING),
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
