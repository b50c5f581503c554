locals {
  # A tick begins nothing new after its budget (var.times), and what it has begun may
  # be the check of a whole file, which submit_job has 540 s for.
  poll_timeout_seconds = 900

  # Not at the full hour, when everybody's schedules come.
  backstop_schedule = (
    var.backstop_minutes < 60 ? "*/${var.backstop_minutes} * * * *"
    : var.backstop_minutes == 60 ? "30 * * * *"
    : "30 */${var.backstop_minutes / 60} * * *"
  )
}

resource "google_cloudfunctions2_function" "poll_jobs" {
  project     = var.project_id
  location    = var.region
  name        = "${var.name}-poll-jobs"
  description = "Follows every open drop and announces what has ended."
  labels      = local.labels

  build_config {
    runtime         = local.runtime
    entry_point     = "poll_jobs"
    service_account = google_service_account.account["build"].id

    source {
      storage_source {
        bucket = google_storage_bucket.bucket["source"].name
        object = google_storage_bucket_object.source.name
      }
    }
  }

  service_config {
    service_account_email = google_service_account.account["poll_jobs"].email
    environment_variables = local.settings
    ingress_settings      = "ALLOW_INTERNAL_ONLY"
    timeout_seconds       = local.poll_timeout_seconds

    # As submit_job's, whose work it carries on.
    available_cpu    = "1"
    available_memory = "512Mi"

    # One tick at a time saves work, and a look at the inbox goes on beside it; two of
    # either at once would do no harm.
    max_instance_request_concurrency = 1
    max_instance_count               = 2
    all_traffic_on_latest_revision   = true
  }

  depends_on = [time_sleep.grants]
}

resource "google_cloud_scheduler_job" "poll_jobs" {
  project     = var.project_id
  region      = var.region
  name        = "${var.name}-poll-jobs"
  description = "Has every open drop looked at."
  schedule    = var.poll_minutes == 1 ? "* * * * *" : "*/${var.poll_minutes} * * * *"
  time_zone   = "Etc/UTC"

  # No retries: the next tick is one.
  attempt_deadline = "${local.poll_timeout_seconds}s"

  http_target {
    http_method = "POST"
    uri         = google_cloudfunctions2_function.poll_jobs.service_config[0].uri

    oidc_token {
      service_account_email = google_service_account.account["scheduler"].email
      audience              = google_cloudfunctions2_function.poll_jobs.service_config[0].uri
    }
  }
}

# A look at the inbox: asked for apart, since a tick with nothing to do is one list.
resource "google_cloud_scheduler_job" "backstop" {
  project     = var.project_id
  region      = var.region
  name        = "${var.name}-backstop"
  description = "Has the inbox looked at for files whose event was lost."
  schedule    = local.backstop_schedule
  time_zone   = "Etc/UTC"

  # No retries: the next one goes on where it stopped.
  attempt_deadline = "${local.poll_timeout_seconds}s"

  http_target {
    http_method = "POST"
    uri         = "${google_cloudfunctions2_function.poll_jobs.service_config[0].uri}/backstop"

    oidc_token {
      service_account_email = google_service_account.account["scheduler"].email
      audience              = google_cloudfunctions2_function.poll_jobs.service_config[0].uri
    }
  }
}
