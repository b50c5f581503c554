# What is refused at plan time, a variable a run. tests/terraform/refused.py has every
# case with its message.

mock_provider "google" {}
mock_provider "google-beta" {}
mock_provider "time" {}

variables {
  project_id = "dropbatch-local"
  region     = "us-central1"
}

run "project_id" {
  command         = plan
  expect_failures = [var.project_id]

  variables {
    project_id = "Project One"
  }
}

run "region" {
  command         = plan
  expect_failures = [var.region]

  variables {
    region = "us"
    routes = [{ prefix = "demo/", model = "gemini-2.5-flash" }]
  }
}

run "name" {
  command         = plan
  expect_failures = [var.name]

  variables {
    name = "Batches"
  }
}

run "bucket_prefix" {
  command         = plan
  expect_failures = [var.bucket_prefix]

  variables {
    bucket_prefix = "google-batches"
  }
}

run "routes" {
  command         = plan
  expect_failures = [var.routes]

  variables {
    routes = [{ prefix = "demo/", model = "gemini-2.5-flash", location = "europe-west4" }]
  }
}

run "limits" {
  command         = plan
  expect_failures = [var.limits]

  variables {
    limits = { jobs = 0 }
  }
}

run "suffixes" {
  command         = plan
  expect_failures = [var.suffixes]

  variables {
    suffixes = ["jsonl"]
  }
}

run "poll_minutes" {
  command         = plan
  expect_failures = [var.poll_minutes]

  variables {
    poll_minutes = 7
  }
}

run "backstop_minutes" {
  command         = plan
  expect_failures = [var.backstop_minutes]

  variables {
    backstop_minutes = 45
  }
}

run "times" {
  command         = plan
  expect_failures = [var.times]

  variables {
    times = { settle_seconds = 30 }
  }
}

run "set_aside_tries" {
  command         = plan
  expect_failures = [var.set_aside_tries]

  variables {
    set_aside_tries = 0
  }
}

run "retention" {
  command         = plan
  expect_failures = [var.retention]

  variables {
    retention = { inbox_days = 1 }
  }
}

run "subscriptions" {
  command         = plan
  expect_failures = [var.subscriptions]

  variables {
    subscriptions = ["All Messages"]
  }
}

run "notification_channels" {
  command         = plan
  expect_failures = [var.notification_channels]

  variables {
    notification_channels = ["me@example.com"]
  }
}

run "kms_key_name" {
  command         = plan
  expect_failures = [var.kms_key_name]

  variables {
    kms_key_name = "projects/p/locations/global/keyRings/r/cryptoKeys/k"
  }
}

run "labels" {
  command         = plan
  expect_failures = [var.labels]

  variables {
    labels = { Team = "one" }
  }
}
