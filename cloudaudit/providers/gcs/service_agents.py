"""The service agents of Google Cloud, by the hosts of their addresses.

A customer may name a project nearly anything, and its accounts then have addresses at ``<project>.iam.gserviceaccount.com``;
that nobody but Google can have a project whose name begins with ``gcp-sa-`` is documented nowhere. So only hosts that
Google lists are its own: https://cloud.google.com/iam/docs/service-agents (as of 2026-04-10; Google may add to it).
"""

import re

HOST_END = ".iam.gserviceaccount.com"
LOOKS_LIKE_AGENT = re.compile(r"gcp-(?:sa|ri)-[a-z0-9-]+\.iam\.gserviceaccount\.com", re.ASCII)
"""How Google names the projects of its agents now; one that is not listed may be a new agent, or somebody's project."""

_LISTED = """
gcp-gae-service gcp-ri-aiplatform gcp-ri-contactcenterinsights gcp-ri-identitypool
bigquery-encryption cloud-filer cloud-memcache-sa cloud-ml cloud-ml.google.com cloud-redis cloud-tpu
cloudcomposer-accounts compute-system container-analysis container-engine-robot containerregistry
dataflow-service-producer-prod dataproc-accounts dlp-api firebase-rules gae-api-prod gae-api-prod.google.com
gcf-admin-robot gs-project-accounts remotebuildexecution security-center-api serverless-robot-prod
service-consumer-management service-networking storage-transfer-service
"""

_GCP_SA = """
accessapproval adsdatahub agentgateway aiplatform aiplatform-cc aiplatform-ft aiplatform-is aiplatform-pie aiplatform-re
aiplatform-vm alloydb anthos anthosaudit anthosconfigmanagement anthosidentityservice anthospolicycontroller anthossupport
apigateway apigateway-mgmt apigee apigeeregistry apihub apikeys apim appdevexperience apphub appoptimize artifactregistry
asm-hpsa assuredoss assuredworkloads audit-manager autoannotate automl backupdr backupdr-pr backupdr-run
biglakerestcatalog bigquery-condel bigquery-consp bigqueryconnection bigquerydatatransfer bigqueryri bigqueryspark
bigquerytardis bigtable binaryauthorization bms bne bqms bundles ccai-cmek ccaip ccinsights-cmek certificatemanager ces
chronicle chronicle-soar cloud-cw cloud-cw-cmek cloud-ekg cloud-sql cloud-trace cloudaicompanion cloudasset cloudbatch
cloudbuild cloudcontrolspartner clouddeploy cloudkms cloudoptim cloudresourcemanager cloudscheduler cloudtasks
compute-usage config configdelivery connectedsheets connectors contactcenterinsights containerscanning containersec
crashlytics csc-hpsa dataconnectors dataform datafusion datalabeling datamigration datapipelines dataplex dataplex-cmek
dataprocrmnode datastream datastudio datastudio-cmek dep designcenter devconnect diagon dialogflow dialogflow-cmek
discoveryengine dns edgecontainer edgecontainercluster edgecontainergcr effectivepolicy ekms endpoints eventarc firebase
firebaseappcheck firebaseapphosting firebasedatabase firebasedataconnect firebaseml firebasemods firebasestorage
firebasevertexai firestore firewallinsights fs-spanner geminicodeassistmp geminidataanalytics generativelanguage
gkebackup gkedataplanev2 gkehub gkemulticloud gkemulticloudcontainer gkemulticloudcpmachine gkemulticloudnpmachine
gkenode gkeonprem global-spanner gsuiteaddons healthcare hypercomputecluster iap identitytoolkit integrations ivs
krmapihosting krmapihosting-dataplane ktd-control ktd-hpsa livestream logging looker lustre managedflink managedkafka
mcmetering mcsd memorystore meshconfig meshcontrolplane meshdataplane metastore mi migcenter modelarmor monitoring
monitoring-notification multiclusteringress netapp networkactions networkconnectivity networkmanagement networksecurity
notebooks notebooks-vm notebooksecurityscanner ns-authz nss-hpsa observability oci ondemandscanning osconfig
osconfig-rollout othercloudcfg pam parallelstore playbooks pm privateca prod-bigqueryomni prod-dai-core progrollout
pubsub pubsublite rbe recommendationengine remotebuild retail riskmanager rma routeoptim runapps saasservicemgmt
scc-bulk-export scc-notification scc-vmtd sccspanner secretmanager securewebproxy securitycenter servicedirectory
servicemesh sourcemanager spanner spectrumsas speech storage-search storageinsights stream tpu transcoder
transferappliance translation v1-remediator vectorsearch vertex-agent vertex-bp vertex-es vertex-eval vertex-ex
vertex-ex-cc vertex-logging vertex-mm vertex-moss-ft vertex-nb vertex-op vertex-rag vertex-sandbox vertex-shtune
vertex-telemetry vertex-tune vertex-vtc visionai vmmigration vmwareengine vpcaccess vs-cmek websecurityscanner workflows
workloadmanager workstations workstationsvm
"""

AGENT_HOSTS: frozenset[str] = frozenset(
    (
        *(f"{name}{HOST_END}" for name in _LISTED.split()),
        *(f"gcp-sa-{name}{HOST_END}" for name in _GCP_SA.split()),
        "cloudservices.gserviceaccount.com",
    )
)
