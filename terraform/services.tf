# What the project must have before anything of ours can be made.

resource "google_project_service" "api" {
  for_each = toset([
    "aiplatform.googleapis.com",
    "artifactregistry.googleapis.com",
    "cloudbuild.googleapis.com",
    "cloudfunctions.googleapis.com",
    "cloudscheduler.googleapis.com",
    "eventarc.googleapis.com",
    "iam.googleapis.com",
    "logging.googleapis.com",
    "monitoring.googleapis.com",
    "pubsub.googleapis.com",
    "run.googleapis.com",
  ])

  project = var.project_id
  service = each.key

  # Others in the project may use it too.
  disable_on_destroy = false
}

# Apart from the others: a change of their list must not have Cloud Storage's agent,
# and with it the right to publish the inbox's events, looked up anew.
resource "google_project_service" "storage" {
  project            = var.project_id
  service            = "storage.googleapis.com"
  disable_on_destroy = false
}

# An API that was enabled a moment ago answers 403 for a while.
resource "time_sleep" "apis" {
  create_duration = "60s"

  # A version that needs another waits again.
  triggers = {
    apis = join(" ", keys(google_project_service.api))
  }

  depends_on = [google_project_service.api, google_project_service.storage]
}

# Agents are otherwise made with the first use, too late for it: rows of the first
# jobs fail, the first trigger can't be made, the first dead letter is not forwarded.
resource "google_project_service_identity" "agent" {
  provider = google-beta
  for_each = {
    aiplatform = "aiplatform.googleapis.com"
    eventarc   = "eventarc.googleapis.com"
    pubsub     = "pubsub.googleapis.com"
  }

  project = var.project_id
  service = each.value

  depends_on = [time_sleep.apis]
}

# Asking for Cloud Storage's agent makes it.
data "google_storage_project_service_account" "agent" {
  project = var.project_id

  depends_on = [google_project_service.storage]
}

# Buckets and topics are made with the key at once.
resource "time_sleep" "key" {
  create_duration = local.key == null ? "0s" : "120s"

  # A key that comes later is waited for as well.
  triggers = { key = var.kms_key_name }

  depends_on = [google_kms_crypto_key_iam_member.grant]
}

# A grant reaches the services within two minutes, most often
# (https://cloud.google.com/iam/docs/access-change-propagation). The first trigger
# would fail without Eventarc's, the first job without Vertex AI's.
resource "time_sleep" "grants" {
  create_duration = "120s"

  triggers = {
    grants = join(", ", [for grant in local.grants.grants : "${grant.to} ${grant.role} ${grant.on}"])
  }

  depends_on = [
    google_project_iam_member.grant,
    google_pubsub_topic_iam_member.grant,
    google_storage_bucket_iam_member.grant,
  ]
}
