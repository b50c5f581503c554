# A policy for each alert, and runbook/ says what to do: a file for each policy, whose
# first line is the policy's name. docs/runbook.md is made from the same files.

locals {
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
    # A counter may be written on as 0 for a while, which is not absent: the threshold is
    # for that.
    for_each = [for alert, absence in local.absences : absence if alert == each.key]
    content {
      display_name = conditions.value.title

      condition_absent {
        filter   = local.metric_filters[conditions.value.metric]
        duration = "${conditions.value.seconds}s"

        aggregations {
          alignment_period     = "60s"
          per_series_aligner   = "ALIGN_DELTA"
          cross_series_reducer = "REDUCE_SUM"
        }
      }
    }
  }

  dynamic "conditions" {
    for_each = [for threshold in each.value.thresholds : merge(local.threshold_defaults, threshold)]
    content {
      display_name = conditions.value.title

      condition_threshold {
        filter             = conditions.value.filter
        comparison         = conditions.value.below ? "COMPARISON_LT" : "COMPARISON_GT"
        threshold_value    = conditions.value.value
        duration           = "${conditions.value.lasting}s"
        denominator_filter = conditions.value.denominator

        # What has to last is over when it stops being written.
        evaluation_missing_data = conditions.value.lasting == 0 ? null : "EVALUATION_MISSING_DATA_INACTIVE"

        aggregations {
          alignment_period     = "${conditions.value.window}s"
          per_series_aligner   = conditions.value.align
          cross_series_reducer = conditions.value.reduce
          group_by_fields      = conditions.value.by
        }

        dynamic "denominator_aggregations" {
          for_each = conditions.value.denominator[*]
          content {
            alignment_period     = "${conditions.value.window}s"
            per_series_aligner   = conditions.value.align
            cross_series_reducer = conditions.value.reduce
          }
        }
      }
    }
  }

  alert_strategy {
    # After this long without data an incident closes by itself. Events happen once, and
    # a day of them is one incident; what is missing has no data by its nature.
    auto_close = contains(keys(local.absences), each.key) ? "604800s" : "86400s"
  }

  documentation {
    content   = local.runbook[each.key]
    mime_type = "text/markdown"
  }

  depends_on = [time_sleep.metrics]
}
