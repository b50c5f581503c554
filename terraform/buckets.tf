locals {
  bucket_names = {
    for role in ["inbox", "state", "work", "results", "media", "source"] :
    role => "${coalesce(var.bucket_prefix, var.project_id)}-${role}"
  }

  # Soft delete, in days, where something could not be made again. Google advises
  # against it for what batch jobs write, which costs a week of their incremental
  # copies; answers are paid for, and a mistaken delete must not be the end of them.
  soft_delete_days = {
    inbox   = 7
    state   = 7
    work    = 0 # a copy of what the inbox has
    results = 7
    media   = 7
    source  = 0 # built from this repository
  }

  # An overwritten file may still have to be staged: events come up to a week late.
  noncurrent_days = 14

  deletes = {
    inbox = [
      { age = var.retention.inbox_days, with_state = "LIVE" },
      { days_since_noncurrent_time = local.noncurrent_days, with_state = "ARCHIVED" },
    ]
    # Records alone: a marker is an open drop, however old.
    state   = [{ age = var.retention.records_days, matches_prefix = ["rec/"] }]
    work    = [{ age = var.retention.work_days }]
    results = [for days in [var.retention.results_days] : { age = days } if days > 0]
    media   = []
    source  = []
  }
}

resource "google_storage_bucket" "bucket" {
  # checkov:skip=CKV_GCP_62:access logs of buckets are data access audit logs, which are the project's to switch on
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
    retention_duration_seconds = local.soft_delete_days[each.key] * 86400
  }

  dynamic "lifecycle_rule" {
    for_each = local.deletes[each.key]

    content {
      action {
        type = "Delete"
      }
      condition {
        age                        = try(lifecycle_rule.value.age, null)
        days_since_noncurrent_time = try(lifecycle_rule.value.days_since_noncurrent_time, null)
        matches_prefix             = try(lifecycle_rule.value.matches_prefix, null)
        with_state                 = try(lifecycle_rule.value.with_state, "ANY")
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
    for_each = var.kms_key_name == "" ? [] : [var.kms_key_name]

    content {
      default_kms_key_name = encryption.value
    }
  }

  depends_on = [google_project_service.storage, time_sleep.key]
}
