"""VERIFY.txt: how to verify a bundle, with this tool and without, in both languages."""

from cloudaudit.evidence.trust import PublicKey

_JA = """\
証跡ファイルの検証方法
======================

1. cloudaudit による検証(ネットワーク接続は不要です)

   cloudaudit verify <このファイルを取り出した zip> --key <公開鍵> {options}

   公開鍵は、この zip の中のものではなく、実施者から別の経路で受け取ったものを使用してください。
   中の public-key.pem は参考であり、本人性の証明にはなりません。

2. cloudaudit を使わない検証(zip を展開したフォルダーで実行)

   sha256sum -c {sums}                 # macOS: shasum -a 256 -c {sums}
{openssl_ja}
   OpenSSL は 3.0 以降を使用してください(macOS 標準の LibreSSL では検証できないことがあります)。
   Windows には sha256sum がないため、PowerShell で次を実行します(一致しないファイル名だけが表示されます)。

   {powershell}

   1 ファイルだけであれば、certutil -hashfile <ファイル名> SHA256 でも確認できます。

   manifest.pae には、各ファイルの SHA-256 と、対象範囲・除外・判定不能・スコア・前回の証跡のハッシュ値が記載されて
   います。{sums} の値がその内容と一致することを確認してください。

3. この証跡では検出できないこと

   スキャン時点で設定や応答が偽装されていた場合と、鍵を使用できる者(タイムスタンプがある場合は、さらに時刻認証局を
   不正に操作できる者)が証跡全体を作り直した場合は検出できません。requests.tsv がある場合は、記載された要求 ID を
   クラウド事業者側のログと照合してください。
"""
_EN = """\
How to verify this evidence
===========================

1. With cloudaudit (needs no network)

   cloudaudit verify <the zip that this file is in> --key <public key> {options}

   Take the public key from whoever made the scan, by another way than this zip. The public-key.pem inside is there
   for convenience and proves nobody's identity.

2. Without cloudaudit (in the folder that the zip was unpacked to)

   sha256sum -c {sums}                 # macOS: shasum -a 256 -c {sums}
{openssl_en}
   Use OpenSSL 3.0 or newer (the LibreSSL that comes with macOS may not do). Windows has no sha256sum: run this in
   PowerShell, which prints nothing but the names of files that differ.

   {powershell}

   For a single file: certutil -hashfile <file> SHA256

   manifest.pae holds the SHA-256 of every file, the scope, what was left out, what could not be read, the score, and
   the digest of the evidence before this. See to it that {sums} says the same.

3. What this evidence cannot tell

   A scan that was deceived before anything was hashed, or all of it made anew by someone who has the key and, where
   there is a timestamp, can make its authority lie. Compare the request ids in requests.tsv, where it is there, with
   the provider's own logs.
"""
_POWERSHELL = (
    "Get-Content {sums} -Encoding UTF8 | ForEach-Object {{ $hash, $name = $_ -split '  ', 2; "
    "if ((Get-FileHash -LiteralPath $name -Algorithm SHA256).Hash -ne $hash) {{ $name }} }}"
)
_ED25519 = "   openssl pkeyutl -verify -pubin -inkey {key} -rawin -in manifest.pae -sigfile manifest.sig\n"
_ECDSA = "   openssl dgst -sha256 -verify {key} -signature manifest.sig manifest.pae\n"
_TOKEN = "   openssl ts -verify -data manifest.dsse.json -in manifest.tsr -CAfile {ca}\n"  # noqa: S105 - a command
_OPTIONS_JA = "[--chain <過去の証跡のフォルダー>] [--head <控えておいたハッシュ値>]"
_OPTIONS_EN = "[--chain <folder of earlier evidence>] [--head <digest that you kept>]"
_TSA_JA = "[--tsa-ca <時刻認証局の証明書>]"
_TSA_EN = "[--tsa-ca <authority's certificate>]"
_UNSIGNED_JA = "   電子署名はありません(未署名)。作成者の確認はできません。\n"
_UNSIGNED_EN = "   There is no signature (unsigned): who made this cannot be verified.\n"


def instructions(key: PublicKey | None, *, timestamp: bool, sums: str) -> bytes:
    """Return the text for a bundle that is signed with a key, or with none."""
    commands = {"ja": _UNSIGNED_JA, "en": _UNSIGNED_EN}
    if key is not None:
        template = (_ED25519 if key.algorithm == "ed25519" else _ECDSA) + (_TOKEN if timestamp else "")
        commands = {
            "ja": template.format(key="<公開鍵>.pem", ca="<時刻認証局の証明書>.pem"),
            "en": template.format(key="<public key>.pem", ca="<authority's certificate>.pem"),
        }
    options = {"ja": _OPTIONS_JA, "en": _OPTIONS_EN}
    if timestamp:
        options = {"ja": f"{_OPTIONS_JA} {_TSA_JA}", "en": f"{_OPTIONS_EN} {_TSA_EN}"}
    shell = _POWERSHELL.format(sums=sums)
    ja = _JA.format(sums=sums, openssl_ja=commands["ja"], options=options["ja"], powershell=shell)
    en = _EN.format(sums=sums, openssl_en=commands["en"], options=options["en"], powershell=shell)
    return f"{ja}\n\n{en}".encode()
