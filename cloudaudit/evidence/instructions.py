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
   manifest.pae には、各ファイルの SHA-256 と、範囲・除外・判定不能・スコア・前回の証跡の値が記載されています。
   {sums} の値がその内容と一致することを確認してください。

3. この証跡からは分からないこと

   スキャンの前に設定や応答が偽装されていた場合や、鍵と時刻認証局の双方を不正に操作できる者による作り直しは
   検出できません。requests.tsv の要求 ID を、クラウド事業者側のログと照合してください。
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
   manifest.pae holds the SHA-256 of every file, the scope, what was left out, what could not be read, the score, and
   the digest of the evidence before this. See to it that {sums} says the same.

3. What this evidence cannot tell

   A scan that was deceived before anything was hashed, or all of it made anew by someone who has the key and can
   make the timestamp authority lie. Compare the request ids in requests.tsv with the provider's own logs.
"""
_ED25519 = "   openssl pkeyutl -verify -pubin -inkey {key} -rawin -in manifest.pae -sigfile manifest.sig\n"
_ECDSA = "   openssl dgst -sha256 -verify {key} -signature manifest.sig manifest.pae\n"
_TOKEN = "   openssl ts -verify -data manifest.dsse.json -in manifest.tsr -CAfile {ca}\n"  # noqa: S105 - a command
_OPTIONS_JA = "[--chain <過去の証跡のフォルダー>] [--head <控えておいた値>]"
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
    ja = _JA.format(sums=sums, openssl_ja=commands["ja"], options=options["ja"])
    en = _EN.format(sums=sums, openssl_en=commands["en"], options=options["en"])
    return f"{ja}\n\n{en}".encode()
