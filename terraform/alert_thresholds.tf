# What a person must act on: when, and how much it matters.

locals {
  # No shorter: a metric of logs may be ten minutes late. And two polls, where they
  # come seldom.
  poll_window = 60 * max(10, 2 * var.poll_minutes)

  # What is held says so again with the first poll after its hold, which is ten minutes at
  # most by default. Three windows must be less than the day that a condition may look at.
  hold_window = min(28200, 60 * max(15, ceil(var.times.hold_max_seconds / 60) + 2 * var.poll_minutes))

  # Nothing for three polls, one of which took as long as it may, and those ten minutes.
  no_tick = local.poll_timeout_seconds + 60 * (3 * var.poll_minutes + 10)

  # Nothing for two looks at the inbox, one of which took as long as it may, and
  # those ten minutes.
  no_look = local.poll_timeout_seconds + 60 * (2 * var.backstop_minutes + 10)

  # What is asked for by its absence: the metric, and for how long.
  absences = {
    tick_missing   = { metric = "tick", title = "no tick", seconds = local.no_tick }
    backstop_fails = { metric = "backstop", title = "no look at the inbox", seconds = local.no_look }
  }

  # What a threshold is, where it says nothing else: any line at all, in ten minutes.
  threshold_defaults = {
    denominator = null
    below       = false
    value       = 0
    window      = 600
    lasting     = 0
    align       = "ALIGN_DELTA"
    reduce      = "REDUCE_SUM"
    by          = null
  }

  # Where any line of an event is enough.
  any_line = {
    event_lost    = { severity = "WARNING", metrics = ["backstop_claimed"] }
    event_refused = { severity = "WARNING", metrics = ["event_refused"] }
    set_aside     = { severity = "ERROR", metrics = ["set_aside"] }
    stray_job     = { severity = "ERROR", metrics = ["stray_job"] }
    twin_job      = { severity = "ERROR", metrics = ["twin_cancelled", "twin_ended", "twin_not_cancelled"] }
  }

  alerts = merge(
    {
      for alert, it in local.any_line : alert => {
        severity   = it.severity
        thresholds = [for metric in it.metrics : { title = metric, filter = local.metric_filters[metric] }]
      }
    },
    {
      tick_missing = {
        severity = "CRITICAL"
        thresholds = [{
          title  = "less than one tick"
          filter = local.metric_filters["tick"]
          below  = true
          value  = 1
          window = local.no_tick
        }]
      }
      tick_fails = {
        severity = "ERROR"
        thresholds = [
          # A drop that fails is tried again as late as one that is held.
          for metric, window in {
            drive_failed = local.hold_window
            list_failed  = local.poll_window
            bad_marker   = local.poll_window
          } :
          # A single one passes.
          { title = metric, filter = local.metric_filters[metric], window = window, lasting = 2 * window }
        ]
      }
      backstop_fails = {
        severity = "ERROR"
        thresholds = [
          {
            title  = "less than one look at the inbox"
            filter = local.metric_filters["backstop"]
            below  = true
            value  = 1
            window = local.no_look
          },
          {
            title  = "backstop_failed"
            filter = local.metric_filters["backstop_failed"]
            # A single one passes with the next look.
            window  = 60 * (var.backstop_minutes + 10)
            lasting = 60 * (var.backstop_minutes + 10)
          },
        ]
      }
      submit_fails = {
        severity = "CRITICAL"
        thresholds = [
          {
            title       = "most calls fail"
            filter      = "${local.calls_filter} AND metric.label.response_code_class = \"5xx\""
            denominator = local.calls_filter
            value       = 0.5
            # Eventarc waits ten minutes at most between two tries.
            window  = 900
            lasting = 2700
          },
          {
            title  = "an event waits for an hour"
            filter = local.event_queue_filter
            value  = 3600
            window = 300
            align  = "ALIGN_MAX"
            reduce = "REDUCE_MAX"
          },
        ]
      }
      job_missing = {
        severity = "ERROR"
        thresholds = [
          {
            title  = "missing for a while"
            filter = "${local.metric_filters["open_drops/count"]} AND metric.label.state = \"missing\""
            reduce = "REDUCE_MEAN"
            # A single 404 passes, which is why the event itself alerts nobody.
            window  = local.poll_window
            lasting = local.poll_window
          },
          {
            title  = "job_lost"
            filter = "${local.metric_filters["ended"]} AND metric.label.reason = \"job_lost\""
          },
        ]
      }
      late = {
        severity = "WARNING"
        thresholds = [{
          title = "late"
          # What is set aside has an alert of its own.
          filter = "${local.metric_filters["late"]} AND metric.label.reason != \"set_aside\""
          by     = ["metric.label.reason"]
        }]
      }
      create_refused = {
        severity = "ERROR"
        thresholds = [{
          title  = "create_refused"
          filter = "${local.metric_filters["ended"]} AND metric.label.reason = \"create_refused\""
        }]
      }
      create_forbidden = {
        severity = "ERROR"
        thresholds = [{
          title = "held, 403 or 401"
          filter = join(" AND ", [
            local.metric_filters["held"],
            "metric.label.code = one_of(\"PERMISSION_DENIED\", \"UNAUTHENTICATED\")",
          ])
          # A grant may be minutes late.
          window  = local.hold_window
          lasting = 2 * local.hold_window
        }]
      }
      held_for_long = {
        severity = "WARNING"
        thresholds = [{
          title  = "held for 12 hours"
          filter = "${local.metric_filters["open_drops/oldest_seconds"]} AND metric.label.state = \"held\""
          reduce = "REDUCE_MEAN"
          # 60 jobs a minute, which Vertex AI admits, are 43,000 in twelve hours.
          value = 12 * 3600
        }]
      }
      open_for_long = {
        severity = "ERROR"
        thresholds = [
          {
            title = "open for 96 hours"
            # What is published has ended, and waits for late twins of its job alone.
            filter = "${local.metric_filters["open_drops/oldest_seconds"]} AND metric.label.state != \"published\""
            reduce = "REDUCE_MEAN"
            by     = ["metric.label.state"]
            # 72 hours in Vertex AI's queue and 24 at work. What is set aside is still open.
            value = 96 * 3600
          },
          {
            title   = "a job is paused"
            filter  = "${local.metric_filters["still_waits"]} AND metric.label.state = one_of(\"paused\", \"unknown\")"
            window  = local.poll_window
            lasting = local.poll_window
          },
        ]
      }
    },
    length(var.subscriptions) == 0 ? {} : {
      dead_letters = {
        severity = "WARNING"
        thresholds = [{
          title  = "a dead letter waits"
          filter = local.dead_letters_filter
          window = 300
          align  = "ALIGN_MAX"
          by     = ["resource.label.subscription_id"]
        }]
      }
    },
  )
}
