locals {
  bucket_names = {
    for role in ["inbox", "state", "work", "results", "media", "source"] :
    role => "${coalesce(var.bucket_prefix, var.project_id)}-${role}"
  }

  # An overwritten file may still have to be staged: events come up to a week late.
  noncurrent_days = 14

  # Soft delete where something could not be made again. Google advises against it for
  # what batch jobs write, which costs a week of their incremental copies; answers are
  # paid for, and a mistaken delete must not be the end of them.
  buckets = {
    inbox = {
      soft_delete_days = 7
      deletes = [
        { age = var.retention.inbox_days, with_state = "LIVE" },
        { days_since_noncurrent_time = local.noncurrent_days, with_state = "ARCHIVED" },
      ]
    }
    state = {
      soft_delete_days = 7
      # Records of drops that have ended, which have a custom time since then: an open
      # drop keeps its record and its marker, however old it is.
      deletes = [{ days_since_custom_time = var.retention.records_days, matches_prefix = ["rec/"] }]
    }
    work = {
      soft_delete_days = 0 # a copy of what the inbox has
      deletes          = [{ age = var.retention.work_days }]
    }
    results = {
      soft_delete_days = 7
      deletes          = var.retention.results_days == 0 ? [] : [{ age = var.retention.results_days }]
    }
    media = {
      soft_delete_days = 7
      deletes          = []
    }
    source = {
      soft_delete_days = 0 # built from this repository
      deletes          = []
    }
  }

  # What a rule is, where it says nothing else.
  rule_defaults = {
    age                        = null
    days_since_custom_time     = null
    days_since_noncurrent_time = null
    matches_prefix             = null
    with_state                 = "ANY"
  }
}

resource "google_storage_bucket" "bucket" {
  # checkov:skip=CKV_GCP_62:access logs of buckets are data access audit logs, which are the project's to switch on
  # checkov:skip=CKV_GCP_63:there are no access logs, so none of itself; a plan shows that as an empty list
  # checkov:skip=CKV_GCP_78:only the inbox is overwritten by others; elsewhere versions would keep what was deleted on purpose
  for_each = local.bucket_names

  project       = var.project_id
  name          = each.value
  location      = var.region
  storage_class = "STANDARD"
  labels        = local.labels

  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  # A destroy stops here while there is anything in it.
  force_destroy = false

  versioning {
    enabled = each.key == "inbox"
  }

  soft_delete_policy {
    retention_duration_seconds = local.buckets[each.key].soft_delete_days * 86400
  }

  dynamic "lifecycle_rule" {
    for_each = [for rule in local.buckets[each.key].deletes : merge(local.rule_defaults, rule)]

    content {
      action {
        type = "Delete"
      }
      condition {
        age                        = lifecycle_rule.value.age
        days_since_custom_time     = lifecycle_rule.value.days_since_custom_time
        days_since_noncurrent_time = lifecycle_rule.value.days_since_noncurrent_time
        matches_prefix             = lifecycle_rule.value.matches_prefix
        with_state                 = lifecycle_rule.value.with_state
      }
    }
  }

  lifecycle_rule {
    action {
      type = "AbortIncompleteMultipartUpload"
    }
    condition {
      age = 7
    }
  }

  dynamic "encryption" {
    for_each = local.key[*]

    content {
      default_kms_key_name = encryption.value
    }
  }

  depends_on = [google_project_service.storage, time_sleep.key]
}
