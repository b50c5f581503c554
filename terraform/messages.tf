resource "google_pubsub_topic" "messages" {
  # checkov:skip=CKV_GCP_83:kms_key_name sets a key; Google's own is no fault
  project      = var.project_id
  name         = var.name
  kms_key_name = local.key
  labels       = local.labels

  depends_on = [time_sleep.apis, time_sleep.key]
}

resource "google_pubsub_subscription" "messages" {
  for_each = var.subscriptions

  project = var.project_id
  name    = "${var.name}-${each.key}"
  topic   = google_pubsub_topic.messages.id
  labels  = local.labels

  ack_deadline_seconds       = 60
  message_retention_duration = "604800s"

  # By default it would be gone after a month without a subscriber.
  expiration_policy {
    ttl = ""
  }

  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }

  dead_letter_policy {
    dead_letter_topic     = google_pubsub_topic.dead_letters[each.key].id
    max_delivery_attempts = 10
  }
}

resource "google_pubsub_topic" "dead_letters" {
  # checkov:skip=CKV_GCP_83:kms_key_name sets a key; Google's own is no fault
  for_each = var.subscriptions

  project      = var.project_id
  name         = "${var.name}-${each.key}-dead-letters"
  kms_key_name = local.key
  labels       = local.labels

  depends_on = [time_sleep.apis, time_sleep.key]
}

# Without it, what the topic gets would be lost.
resource "google_pubsub_subscription" "dead_letters" {
  for_each = var.subscriptions

  project = var.project_id
  name    = "${var.name}-${each.key}-dead-letters"
  topic   = google_pubsub_topic.dead_letters[each.key].id
  labels  = local.labels

  ack_deadline_seconds       = 60
  message_retention_duration = "2678400s"

  expiration_policy {
    ttl = ""
  }
}
