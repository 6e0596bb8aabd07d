"""The sites and drives of the estate, and what is shared in them."""

from cloudaudit.demo.m365.graph import Drive, Estate, Json
from cloudaudit.demo.m365.names import (
    ACCOUNTANT,
    ARCHIVE_SITE,
    DESIGNER,
    SALES_DRIVE,
    SALES_SITE,
    SATO,
    SATO_DRIVE,
    SATO_SITE,
    TANAKA,
    TANAKA_DRIVE,
    address,
)
from cloudaudit.demo.m365.writing import SHARED, Calendar, folder, grant, item, link, root, uid

HOST = "https://sample-shoji.sharepoint.example"


def make_drives(estate: Estate, dates: Calendar) -> None:
    """Add sites, drives, items and permissions."""
    estate.lists["/sites/getAllSites"] = [
        {"id": SALES_SITE, "displayName": "営業部", "webUrl": f"{HOST}/sites/sales", "isPersonalSite": False},
        {
            "id": ARCHIVE_SITE,
            "displayName": "旧プロジェクト",
            "webUrl": f"{HOST}/sites/old",
            "isPersonalSite": False,
        },
        {
            "id": SATO_SITE,
            "displayName": "佐藤 花子",
            "webUrl": f"{HOST}/personal/sato",
            "isPersonalSite": True,
        },
    ]
    estate.refusals[f"/sites/{ARCHIVE_SITE}/drives"] = (423, "resourceLocked", "The site is archived.")
    estate.lists[f"/sites/{SALES_SITE}/drives"] = [
        {
            "id": SALES_DRIVE,
            "name": "ドキュメント",
            "driveType": "documentLibrary",
            "webUrl": f"{HOST}/sites/sales/docs",
        }
    ]
    estate.lists[f"/sites/{SATO_SITE}/drives"] = [_onedrive(SATO_DRIVE, SATO, "佐藤 花子", "hanako.sato")]
    # No site leads to this one: it is found by asking for its owner's drive.
    estate.objects[f"/users/{uid(TANAKA)}/drive"] = _onedrive(
        TANAKA_DRIVE, TANAKA, "田中 一郎", "ichiro.tanaka"
    )
    _make_sales(estate, dates)
    _make_sato(estate, dates)
    _share(
        estate,
        TANAKA_DRIVE,
        [(root(dates), [grant("r1", "owner", TANAKA, "田中 一郎", address("ichiro.tanaka"))])],
    )


def _onedrive(drive: str, number: int, name: str, local: str) -> Json:
    owner = {"user": {"id": uid(number), "displayName": name, "email": address(local)}}
    return {
        "id": drive,
        "name": "OneDrive",
        "driveType": "business",
        "webUrl": f"{HOST}/personal/{local}",
        "owner": owner,
    }


def _make_sales(estate: Estate, dates: Calendar) -> None:
    sato = grant("g0", "owner", SATO, "佐藤 花子", address("hanako.sato"))
    accountant = grant("g1", "write", ACCOUNTANT, "上田 税理士", "ueda@zeirishi.example")
    inherited = {**accountant, "inheritedFrom": {"id": "s3"}}
    _share(
        estate,
        SALES_DRIVE,
        [
            (root(dates), [sato]),
            (
                item("s1", "新商品カタログ.pdf", dates, shared=SHARED),
                [link("l1", "anonymous", "view", dates.ago(-20))],
            ),
            (item("s2", "顧客名簿_2026.xlsx", dates, shared=SHARED), [link("l2", "anonymous", "edit"), sato]),
            (folder("s3", "決算資料", dates, shared=SHARED), [accountant]),
            (item("s4", "試算表.xlsx", dates, shared=SHARED, parentReference={"id": "s3"}), [inherited]),
            (item("s5", "社内報.docx", dates, shared=SHARED), [link("l5", "organization")]),
            (item("s6", "議事録.docx", dates), []),
        ],
    )


def _make_sato(estate: Estate, dates: Calendar) -> None:
    designer = grant("g2", "read", DESIGNER, "森 デザイン", "mori@design.example")
    old = {"lastModifiedDateTime": dates.ago(500)}
    _share(
        estate,
        SATO_DRIVE,
        [
            (root(dates), [grant("r2", "owner", SATO, "佐藤 花子", address("hanako.sato"))]),
            (item("p1", '=HYPERLINK("x")\u202e見積書.xlsx', dates, shared=SHARED, **old), [designer]),
            (item("p2", "打合せメモ 📝.docx", dates, shared=SHARED), [link("l7", "users", "edit")]),
        ],
    )


def _share(estate: Estate, drive: str, items: list[tuple[Json, list[Json]]]) -> None:
    estate.drives[drive] = Drive([each for each, _ in items])
    for each, permissions in items:
        estate.lists[f"/drives/{drive}/items/{each['id']}/permissions"] = permissions
