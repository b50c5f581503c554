# What a person must act on, and runbook/ says how: a file for each policy, whose first
# line is the policy's name. docs/runbook.md is made from the same files.

locals {
  # No shorter: a metric of logs may be ten minutes late. And two polls, where they
  # come seldom.
  two_ticks = 60 * max(10, 2 * var.poll_minutes)

  # Nothing for three polls, one of which took as long as it may, and those ten minutes.
  no_tick = local.poll_timeout_seconds + 60 * (3 * var.poll_minutes + 10)

  # By what it is that is watched. Where nothing else is said: any at all, in ten minutes.
  log_alerts = {
    tick_fails = {
      severity = "ERROR"
      watch = [
        for metric in ["drive_failed", "list_failed", "bad_marker"] :
        # A single one passes with the next poll.
        { metric = metric, window = local.two_ticks, lasting = 2 * local.two_ticks }
      ]
    }
    event_refused = {
      severity = "WARNING"
      watch    = [{ metric = "event_refused" }]
    }
    twin_job = {
      severity = "ERROR"
      watch    = [{ metric = "twin_cancelled" }, { metric = "twin_not_cancelled" }]
    }
    job_missing = {
      severity = "ERROR"
      watch = [
        # A single 404 passes, which is why the event itself alerts nobody.
        { title = "missing for a while", metric = "open_drops/count", where = "metric.label.state = \"missing\"", window = local.two_ticks, lasting = local.two_ticks },
        { title = "job_lost", metric = "ended", where = "metric.label.reason = \"job_lost\"" },
      ]
    }
    create_refused = {
      severity = "ERROR"
      watch    = [{ title = "create_refused", metric = "ended", where = "metric.label.reason = \"create_refused\"" }]
    }
    create_forbidden = {
      severity = "ERROR"
      watch = [
        # A grant may be minutes late. What is held is tried every ten minutes at most.
        { title = "held, 403 or 401", metric = "held", where = "metric.label.code = one_of(\"PERMISSION_DENIED\", \"UNAUTHENTICATED\")", window = 900, lasting = 1800 },
      ]
    }
    held_for_long = {
      severity = "WARNING"
      watch = [
        # 60 jobs a minute, which Vertex AI admits, are 43,000 in twelve hours.
        { title = "held for 12 hours", metric = "open_drops/oldest_seconds", where = "metric.label.state = \"held\"", above = 12 * 3600 },
      ]
    }
    open_for_long = {
      severity = "ERROR"
      watch = [
        # 72 hours in Vertex AI's queue and 24 at work. What is published has ended, and
        # waits for late twins of its job alone.
        { title = "open for 96 hours", metric = "open_drops/oldest_seconds", where = "metric.label.state != \"published\"", above = 96 * 3600, by = ["metric.label.state"] },
        { title = "a job is paused", metric = "still_waits", where = "metric.label.state = one_of(\"paused\", \"unknown\")", window = local.two_ticks, lasting = local.two_ticks },
      ]
    }
  }

  of_us        = "resource.type = \"cloud_run_revision\" AND resource.label.service_name = one_of(\"${var.name}-submit-job\", \"${var.name}-poll-jobs\")"
  of_a_metric  = { for metric, _ in local.metrics : metric => "${local.of_us} AND metric.type = \"logging.googleapis.com/user/${var.name}/${metric}\"" }
  calls        = "resource.type = \"cloud_run_revision\" AND resource.label.service_name = \"${var.name}-submit-job\" AND metric.type = \"run.googleapis.com/request_count\""
  of_letters   = "resource.type = \"pubsub_subscription\" AND resource.label.subscription_id = one_of(${join(", ", [for s in var.subscriptions : "\"${var.name}-${s}-dead-letters\""])}) AND metric.type = \"pubsub.googleapis.com/subscription/num_undelivered_messages\""
  of_the_queue = "resource.type = \"pubsub_subscription\" AND resource.label.subscription_id = starts_with(\"eventarc-${var.region}-${var.name}-submit-job-\") AND metric.type = \"pubsub.googleapis.com/subscription/oldest_unacked_message_age\""

  alerts = merge(
    {
      for alert, it in local.log_alerts : alert => {
        severity = it.severity
        absent   = []
        thresholds = [
          for each in it.watch : {
            title   = try(each.title, each.metric)
            filter  = join(" AND ", compact([local.of_a_metric[each.metric], try(each.where, "")]))
            among   = ""
            below   = false
            value   = try(each.above, 0)
            window  = try(each.window, 600)
            lasting = try(each.lasting, 0)
            align   = "ALIGN_DELTA"
            reduce  = local.metrics[each.metric].field == "" ? "REDUCE_SUM" : "REDUCE_MEAN"
            by      = try(each.by, [])
          }
        ]
      }
    },
    {
      tick_missing = {
        severity = "CRITICAL"
        # A counter may be written on as 0 for a while, which is not absent.
        absent     = [local.of_a_metric["tick"]]
        thresholds = [{ title = "less than one tick", filter = local.of_a_metric["tick"], among = "", below = true, value = 1, window = local.no_tick, lasting = 0, align = "ALIGN_DELTA", reduce = "REDUCE_SUM", by = [] }]
      }
      submit_fails = {
        severity = "CRITICAL"
        absent   = []
        thresholds = [
          # Eventarc waits ten minutes at most between two tries.
          { title = "most calls fail", filter = "${local.calls} AND metric.label.response_code_class = \"5xx\"", among = local.calls, below = false, value = 0.5, window = 900, lasting = 2700, align = "ALIGN_DELTA", reduce = "REDUCE_SUM", by = [] },
          { title = "an event waits for an hour", filter = local.of_the_queue, among = "", below = false, value = 3600, window = 300, lasting = 0, align = "ALIGN_MAX", reduce = "REDUCE_MAX", by = [] },
        ]
      }
    },
    {
      for alert in ["dead_letters"] : alert => {
        severity   = "WARNING"
        absent     = []
        thresholds = [{ title = "a dead letter waits", filter = local.of_letters, among = "", below = false, value = 0, window = 300, lasting = 0, align = "ALIGN_MAX", reduce = "REDUCE_SUM", by = ["resource.label.subscription_id"] }]
      } if length(var.subscriptions) > 0
    },
  )

  runbook = {
    for alert, _ in local.alerts : alert => templatefile("${path.module}/runbook/${alert}.md", {
      name          = var.name
      project       = var.project_id
      region        = var.region
      bucket_prefix = coalesce(var.bucket_prefix, var.project_id)
    })
  }
}

resource "google_monitoring_alert_policy" "alert" {
  for_each = local.alerts

  project               = var.project_id
  display_name          = "${var.name}: ${trimprefix(split("\n", local.runbook[each.key])[0], "# ")}"
  combiner              = "OR"
  severity              = each.value.severity
  notification_channels = var.notification_channels
  user_labels           = local.labels

  dynamic "conditions" {
    for_each = each.value.absent
    content {
      display_name = "no tick"

      condition_absent {
        filter   = conditions.value
        duration = "${local.no_tick}s"

        aggregations {
          alignment_period     = "60s"
          per_series_aligner   = "ALIGN_DELTA"
          cross_series_reducer = "REDUCE_SUM"
        }
      }
    }
  }

  dynamic "conditions" {
    for_each = each.value.thresholds
    content {
      display_name = conditions.value.title

      condition_threshold {
        filter             = conditions.value.filter
        comparison         = conditions.value.below ? "COMPARISON_LT" : "COMPARISON_GT"
        threshold_value    = conditions.value.value
        duration           = "${conditions.value.lasting}s"
        denominator_filter = conditions.value.among == "" ? null : conditions.value.among

        # What has to last is over when it stops being written.
        evaluation_missing_data = conditions.value.lasting == 0 ? null : "EVALUATION_MISSING_DATA_INACTIVE"

        aggregations {
          alignment_period     = "${conditions.value.window}s"
          per_series_aligner   = conditions.value.align
          cross_series_reducer = conditions.value.reduce
          group_by_fields      = length(conditions.value.by) > 0 ? conditions.value.by : null
        }

        dynamic "denominator_aggregations" {
          for_each = conditions.value.among == "" ? [] : [conditions.value.window]
          content {
            alignment_period     = "${denominator_aggregations.value}s"
            per_series_aligner   = conditions.value.align
            cross_series_reducer = conditions.value.reduce
          }
        }
      }
    }
  }

  alert_strategy {
    # After this long without data an incident closes by itself. Events happen once, and
    # a day of them is one incident; a tick that is missing has no data by its nature.
    auto_close = each.key == "tick_missing" ? "604800s" : "86400s"
  }

  documentation {
    content   = local.runbook[each.key]
    mime_type = "text/markdown"
  }

  depends_on = [time_sleep.metrics]
}
