resource "google_cloudfunctions2_function" "submit_job" {
  project     = var.project_id
  location    = var.region
  name        = "${var.name}-submit-job"
  description = "Checks a dropped file and creates its batch prediction job."
  labels      = local.labels

  build_config {
    runtime         = local.runtime
    entry_point     = "submit_job"
    service_account = google_service_account.account["build"].id

    source {
      storage_source {
        bucket = google_storage_bucket.bucket["source"].name
        object = google_storage_bucket_object.source.name
      }
    }
  }

  service_config {
    service_account_email = google_service_account.account["submit_job"].email
    environment_variables = local.settings
    ingress_settings      = "ALLOW_INTERNAL_ONLY"

    # The longest that an event-driven function may have; 1 GB is checked in about 90 s.
    timeout_seconds = 540

    # A whole CPU, since a check is nothing but that; the check of any legal file
    # stays under 256 MiB, and half of the instance is the system's.
    available_cpu    = "1"
    available_memory = "512Mi"

    # One file at a time in each instance, so that memory holds. Twenty submit more
    # than the 60 jobs a minute that Vertex AI admits; what they can't take,
    # Eventarc brings again.
    max_instance_request_concurrency = 1
    max_instance_count               = 20
    all_traffic_on_latest_revision   = true
  }

  # The only thing that fires is a new generation in the inbox, and nothing of ours
  # may write there: grants.json gives nobody the right.
  event_trigger {
    # Where the inbox is: events come from nowhere else. (The bucket's own location
    # reads US-CENTRAL1 in capitals.)
    trigger_region        = var.region
    event_type            = "google.cloud.storage.object.v1.finalized"
    service_account_email = google_service_account.account["trigger"].email

    # Off by default, and then a failure is an event that is lost. On: 24 hours.
    retry_policy = "RETRY_POLICY_RETRY"

    event_filters {
      attribute = "bucket"
      value     = google_storage_bucket.bucket["inbox"].name
    }
  }

  depends_on = [time_sleep.grants]
}
