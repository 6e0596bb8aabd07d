"""Words that may stay in masked evidence: cloudaudit's own, and those that providers use for states and rights."""

_WORDS = """
a about access account accounts acl action active added address admin administer administrator administrators
aes aes128 aes256 all allow allowed allows always an analyzers and anonymous any anyone archived as at attach
authenticated automatic aws azure batch bucket buckets by cannot change changed check cloud cluster complete
completed compliance condition conditions configuration control count counted create created creating critical
current custom customer d daily date day days default delete deleted deletion denied deny describe destination
destinations device devices disabled document domain domains drive drives edit email enabled encryption enforced
error everyone everything exempt expired expires external failed false federated fido file files finished folder
frankfurt from full gcs get given global google governance grant granted grants group groups guest guests has
head high hour hours html id identity ignored image in inactive index inherited inline instance instances
internal internet invited ireland is it its jp key keys kms last left legacy level library link links list
listed log logging login london lookup low m365 made managed manager mandatory medium member members method
methods mfa microsoft minute minutes mode modern month monthly months must name names native network never
newest no none northern not null object objects of off ohio on one only open or oregon organisation organization
origin osaka other outside own owned owner owners page paris password paused pending people permission phone
plan plans policies policy preferred primary principal private project provider public pull put read reader
readers ready region request requester required resource retention rhs256 right rights role root rotate rotation
rule rules s3 sample scan scanned scheduled search secret seed select self service services session set settings
sha1 sha256 share shared sharing signed since singapore site sites size small sms software some sse standard
started state statement status storage store succeeded success suspended sydney target team tenant the their
this through time tls tls1 to token tokyo totp true trust trusted type uniform unknown unlimited until unused
update updated use used user users v1 v2 v3 v4 vault vaults version versioning versions via view viewer virginia
virtual vpc was website week weekly weeks when with without write writer writers year years yes zone
"""

WORDS: frozenset[str] = frozenset(_WORDS.split())
