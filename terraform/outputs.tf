output "drop_a_file" {
  description = "Drops a file on the first route."

  # A prefix may have a quote in it.
  value = join("", [
    "gcloud storage cp my${var.suffixes[0]} ",
    "'gs://${local.bucket_names.inbox}/${replace(var.routes[0].prefix, "'", "'\\''")}my${var.suffixes[0]}'",
  ])
}

output "watch_it" {
  description = "What became of it, step by step, newest first."
  value = join(" ", [
    "gcloud logging read",
    "'resource.type=\"cloud_run_revision\"",
    "resource.labels.service_name=~\"^${var.name}-(submit-job|poll-jobs)$\" jsonPayload.drop_id:*'",
    "--project=${var.project_id} --freshness=1d --limit=20",
    "--format='table(timestamp,jsonPayload.event,jsonPayload.drop_id)'",
  ])
}

output "pull_a_message" {
  description = "Takes one message from each subscription."
  value = {
    for name, subscription in google_pubsub_subscription.messages :
    name => join(" ", [
      "gcloud pubsub subscriptions pull ${subscription.name}",
      "--project=${var.project_id} --auto-ack --limit=1 --format=json",
    ])
  }
}

output "requeue" {
  description = "Lets polls go on with a drop that was set aside, once DROP_ID is replaced by its id."
  value       = ".venv/bin/dropbatch requeue DROP_ID --state-bucket ${local.bucket_names.state}"
}

output "buckets" {
  description = "The buckets' names by what they are for."
  value       = { for role, bucket in google_storage_bucket.bucket : role => bucket.name }
}

output "topic" {
  description = "The topic of the messages, for subscriptions of your own."
  value       = google_pubsub_topic.messages.id
}

output "service_accounts" {
  description = "The deployment's accounts by what they are for, and Google's agents that work for it."
  value       = merge({ for role, account in google_service_account.account : role => account.email }, local.agents)
}

output "dashboard" {
  description = "Where to look at all of it."
  value = join("", [
    "https://console.cloud.google.com/monitoring/dashboards/builder/",
    "${basename(google_monitoring_dashboard.dashboard.id)}?project=${var.project_id}",
  ])
}
