"""What S3 charges for requests about objects, as data with a date; nobody is asked for it."""

from cloudaudit.inventory.cost import PriceList, Prices
from cloudaudit.text import Text

VIRGINIA = Prices(listing=0.005, reading=0.0004, out=0.09)
TOKYO = Prices(listing=0.0047, reading=0.00037, out=0.114)
SAO_PAULO = Prices(listing=0.007, reading=0.00056, out=0.15)
"""The dearest region, which stands for those that are not named."""

PRICES = PriceList(
    as_of="2025-06-01",
    source="https://aws.amazon.com/s3/pricing/",
    regions={
        "us-east-1": VIRGINIA,
        "us-east-2": VIRGINIA,
        "us-west-2": VIRGINIA,
        "ap-northeast-1": TOKYO,
        "ap-northeast-3": TOKYO,
        "*": SAO_PAULO,
    },
    besides=Text(
        en="Written down then and not checked since. Heads of objects in infrequent-access and archive classes cost up to "
        "25 times as much; regions that are not in the list count as the dearest.",
        ja="同日以降は確認していません。低頻度アクセスやアーカイブのストレージクラスでは HeadObject の単価が最大 25 倍に"
        "なります。一覧にないリージョンは最も高い単価で計算しています。",
    ),
)
