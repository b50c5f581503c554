# What is planned, with each option on and off. Nothing here asks for credentials:
# Google's providers are mocked. Needs Terraform 1.11, for override_during.

mock_provider "google" {
  override_during = plan

  # What Google would say of itself: enough to see who is meant where.
  override_resource {
    target = google_service_account.account["submit_job"]
    values = {
      id    = "projects/dropbatch-local/serviceAccounts/submit_job"
      email = "submit_job@example.com"
    }
  }
  override_resource {
    target = google_service_account.account["poll_jobs"]
    values = {
      id    = "projects/dropbatch-local/serviceAccounts/poll_jobs"
      email = "poll_jobs@example.com"
    }
  }
  override_resource {
    target = google_service_account.account["trigger"]
    values = {
      id    = "projects/dropbatch-local/serviceAccounts/trigger"
      email = "trigger@example.com"
    }
  }
  override_resource {
    target = google_service_account.account["scheduler"]
    values = {
      id    = "projects/dropbatch-local/serviceAccounts/scheduler"
      email = "scheduler@example.com"
    }
  }
  override_resource {
    target = google_service_account.account["build"]
    values = {
      id    = "projects/dropbatch-local/serviceAccounts/build"
      email = "build@example.com"
    }
  }
  override_resource {
    target = google_pubsub_topic.messages
    values = { id = "projects/dropbatch-local/topics/dropbatch" }
  }
  override_resource {
    target = google_pubsub_topic.dead_letters["messages"]
    values = { id = "projects/dropbatch-local/topics/dropbatch-messages-dead-letters" }
  }
}

mock_provider "google-beta" {
  override_during = plan

  override_resource {
    target = google_project_service_identity.agent["aiplatform"]
    values = { email = "service-1@gcp-sa-aiplatform.iam.gserviceaccount.com" }
  }
  override_resource {
    target = google_project_service_identity.agent["eventarc"]
    values = { email = "service-1@gcp-sa-eventarc.iam.gserviceaccount.com" }
  }
  override_resource {
    target = google_project_service_identity.agent["pubsub"]
    values = { email = "service-1@gcp-sa-pubsub.iam.gserviceaccount.com" }
  }
}

mock_provider "time" {
  override_during = plan

  mock_resource "time_static" {
    defaults = { rfc3339 = "2026-11-26T09:00:00Z" }
  }
}

variables {
  project_id = "dropbatch-local"
  region     = "us-central1"
}

run "defaults" {
  command = plan

  assert {
    condition     = length(google_pubsub_subscription.messages) == 1 && length(google_pubsub_subscription.dead_letters) == 1
    error_message = "A default deployment has one subscription, and one on its dead letters."
  }
  assert {
    condition     = length(google_kms_crypto_key_iam_member.grant) == 0
    error_message = "Without a key nobody is granted one."
  }
}

run "no_subscription" {
  command = plan

  variables {
    subscriptions = []
  }

  assert {
    condition     = length(google_pubsub_subscription.messages) == 0 && length(google_pubsub_topic.dead_letters) == 0
    error_message = "Without subscriptions there are no dead letters."
  }
}

run "key" {
  command = plan

  variables {
    kms_key_name = "projects/keys/locations/us-central1/keyRings/ring/cryptoKeys/key"
  }

  assert {
    condition = alltrue([
      for bucket in google_storage_bucket.bucket : bucket.encryption[0].default_kms_key_name == var.kms_key_name
    ])
    error_message = "A key is every bucket's."
  }
  assert {
    condition     = google_pubsub_topic.messages.kms_key_name == var.kms_key_name && google_pubsub_topic.dead_letters["messages"].kms_key_name == var.kms_key_name
    error_message = "A key is every topic's."
  }
}

run "everything" {
  command = plan

  variables {
    name          = "second"
    bucket_prefix = "acme-second"
    region        = "europe-west4"
    routes = [
      # The first is in an output, which is a command for a shell.
      { prefix = "it's $HOME/", model = "gemini-2.5-flash", results_prefix = "its" },
      { prefix = "", model = "gemini-2.5-flash-lite", results_prefix = "rest" },
      {
        prefix         = "team/"
        model          = "projects/p/locations/europe-west4/models/123@2"
        results_prefix = "teams/one"
        labels         = { team = "one" }
        display_name   = "one's"
        media_prefixes = ["gs://their-media/", "https://example.com/media/"]
        limits = {
          rows             = 1000
          bytes            = 1000000
          jobs             = 20
          rows_per_day     = 100000
          deadline_seconds = 172800
        }
        enabled = false
      },
      { prefix = "team/world/", model = "publishers/google/models/gemini-2.5-pro", location = "global" },
    ]
    suffixes              = [".jsonl", ".ndjson"]
    limits                = { jobs = 500 }
    poll_minutes          = 5
    backstop_minutes      = 120
    set_aside_tries       = 5
    times                 = { settle_seconds = 900, sweep_seconds = 7200 }
    retention             = { inbox_days = 60, work_days = 20, results_days = 90, records_days = 800 }
    subscriptions         = ["billing", "search"]
    notification_channels = ["projects/p/notificationChannels/12"]
    kms_key_name          = "projects/keys/locations/europe-west4/keyRings/ring/cryptoKeys/key"
    labels                = { cost = "batch" }
  }

  assert {
    condition     = google_storage_bucket.bucket["inbox"].labels == tomap({ cost = "batch", dropbatch = "second" })
    error_message = "Labels are every bucket's."
  }
  assert {
    condition     = toset(keys(google_pubsub_topic.dead_letters)) == toset(["billing", "search"])
    error_message = "Each subscription has dead letters of its own."
  }
  assert {
    condition = anytrue([
      for rule in google_storage_bucket.bucket["results"].lifecycle_rule : anytrue([for when in rule.condition : when.age == 90])
    ])
    error_message = "Results are deleted after as many days as are set."
  }
  assert {
    condition     = google_cloud_scheduler_job.poll_jobs.schedule == "*/5 * * * *" && google_cloud_scheduler_job.backstop.schedule == "30 */2 * * *"
    error_message = "The schedule is as many minutes as are set."
  }
}
