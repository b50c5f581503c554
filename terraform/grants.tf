# Every grant is made from grants.json, which says who, what, where and why; the local
# cloud enforces the same file.

locals {
  grants = jsondecode(file("${path.module}/grants.json"))

  agents = merge(
    { for agent, identity in google_project_service_identity.agent : agent => identity.email },
    { storage = data.google_storage_project_service_account.agent.email_address },
  )
  members = merge(
    {
      for role, account in google_service_account.account :
      role => "serviceAccount:${account.account_id}@${var.project_id}.iam.gserviceaccount.com"
    },
    { for agent, email in local.agents : agent => "serviceAccount:${email}" },
  )
  roles = merge(
    { for role in keys(local.grants.roles) : role => role if startswith(role, "roles/") },
    {
      for role, custom in google_project_iam_custom_role.role :
      role => "projects/${var.project_id}/roles/${custom.role_id}"
    },
  )

  # By where they are, under names that a plan shows.
  grants_on = {
    for place in distinct(local.grants.grants[*].on) : place => {
      for grant in local.grants.grants : "${grant.to} ${grant.role}" => grant if grant.on == place
    }
  }

  # What every subscription of the deployment has once.
  grants_by_subscription = {
    for place in ["dead_letter_topics", "subscriptions"] : place => merge([
      for subscription in var.subscriptions : {
        for key, grant in local.grants_on[place] :
        "${key} ${subscription}" => merge(grant, { subscription = subscription })
      }
    ]...)
  }
}

resource "google_service_account" "account" {
  for_each = local.grants.accounts

  project      = var.project_id
  account_id   = "${var.name}-${replace(each.key, "_", "-")}"
  display_name = "${var.name}: ${each.value}"

  depends_on = [time_sleep.apis]
}

resource "google_project_iam_custom_role" "role" {
  for_each = { for role, custom in local.grants.roles : role => custom if !startswith(role, "roles/") }

  project     = var.project_id
  role_id     = "${replace(var.name, "-", "_")}_${each.key}"
  title       = "${var.name}: ${each.value.title}"
  description = "Ours, since ${each.value.why}."
  permissions = each.value.permissions

  depends_on = [time_sleep.apis]
}

resource "google_project_iam_member" "grant" {
  # checkov:skip=CKV_GCP_49:only roles of Google's own agents open service accounts, and those they have by default
  for_each = merge(local.grants_on.project, local.grants_on.function_sources)

  project = var.project_id
  role    = local.roles[each.value.role]
  member  = local.members[each.value.to]

  # Cloud Functions makes the bucket of sources itself, with the first deployment.
  dynamic "condition" {
    for_each = each.value.on == "function_sources" ? [each.value.on] : []

    content {
      title       = "sources of functions"
      description = "Nothing else in the project's buckets."
      expression  = "resource.name.startsWith(\"projects/_/buckets/gcf-v2-sources-\")"
    }
  }

  depends_on = [time_sleep.apis]
}

resource "google_storage_bucket_iam_member" "grant" {
  for_each = merge([
    for role in ["inbox", "state", "work", "results"] : {
      for key, grant in local.grants_on[role] : "${key} ${role}" => grant
    }
  ]...)

  bucket = google_storage_bucket.bucket[each.value.on].name
  role   = local.roles[each.value.role]
  member = local.members[each.value.to]
}

resource "google_pubsub_topic_iam_member" "grant" {
  for_each = merge(local.grants_on.topic, local.grants_by_subscription.dead_letter_topics)

  project = var.project_id
  topic = (
    each.value.on == "topic"
    ? google_pubsub_topic.messages.name
    : google_pubsub_topic.dead_letters[each.value.subscription].name
  )
  role   = local.roles[each.value.role]
  member = local.members[each.value.to]
}

resource "google_pubsub_subscription_iam_member" "grant" {
  for_each = local.grants_by_subscription.subscriptions

  project      = var.project_id
  subscription = google_pubsub_subscription.messages[each.value.subscription].name
  role         = local.roles[each.value.role]
  member       = local.members[each.value.to]
}

resource "google_cloud_run_v2_service_iam_member" "grant" {
  for_each = merge(local.grants_on.submit_job_service, local.grants_on.poll_jobs_service)

  project  = var.project_id
  location = var.region
  name = (
    each.value.on == "submit_job_service"
    ? google_cloudfunctions2_function.submit_job.name
    : google_cloudfunctions2_function.poll_jobs.name
  )
  role   = local.roles[each.value.role]
  member = local.members[each.value.to]

  # A function that is made anew has a service without a policy, of the same name.
  lifecycle {
    replace_triggered_by = [
      google_cloudfunctions2_function.submit_job.id,
      google_cloudfunctions2_function.poll_jobs.id,
    ]
  }
}

resource "google_kms_crypto_key_iam_member" "grant" {
  for_each = { for key, grant in local.grants_on.kms_key : key => grant if local.key != null }

  crypto_key_id = var.kms_key_name
  role          = local.roles[each.value.role]
  member        = local.members[each.value.to]
}
