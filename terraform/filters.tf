# Which series an alert or a chart looks at, in Cloud Monitoring's language of filters.

locals {
  functions_filter = join(" AND ", [
    "resource.type = \"cloud_run_revision\"",
    "resource.label.service_name = one_of(\"${var.name}-submit-job\", \"${var.name}-poll-jobs\")",
  ])
  metric_filters = {
    for metric, _ in local.metrics :
    metric => "${local.functions_filter} AND metric.type = \"logging.googleapis.com/user/${var.name}/${metric}\""
  }
  calls_filter = join(" AND ", [
    "resource.type = \"cloud_run_revision\"",
    "resource.label.service_name = \"${var.name}-submit-job\"",
    "metric.type = \"run.googleapis.com/request_count\"",
  ])
  event_queue_filter = join(" AND ", [
    "resource.type = \"pubsub_subscription\"",
    "resource.label.subscription_id = starts_with(\"eventarc-${var.region}-${var.name}-submit-job-\")",
    "metric.type = \"pubsub.googleapis.com/subscription/oldest_unacked_message_age\"",
  ])
  dead_letters_filter = join(" AND ", [
    "resource.type = \"pubsub_subscription\"",
    "resource.label.subscription_id = one_of(${join(", ", [
      for word in var.subscriptions : "\"${var.name}-${word}-dead-letters\""
    ])})",
    "metric.type = \"pubsub.googleapis.com/subscription/num_undelivered_messages\"",
  ])
}
