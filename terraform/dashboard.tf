# One page: what is open, what has ended, what Vertex AI is asked for, what goes wrong.
# What the functions don't log yet is not drawn: tokens and costs, late drops, drops set
# aside.

locals {
  # A plot counts an event's lines, if it doesn't say how else several series become one.
  charts = concat(
    [
      {
        title = "Open drops by state", type = "STACKED_AREA", unit = "drops"
        plots = [{ metric = "open_drops/count", reduce = "REDUCE_MEAN", by = ["state"] }]
      },
      {
        title = "Age of the oldest open drop by state", unit = "seconds"
        plots = [{ metric = "open_drops/oldest_seconds", reduce = "REDUCE_MEAN", by = ["state"] }]
      },
      {
        title = "Time from drop to message", unit = "seconds"
        plots = [
          { metric = "announced/seconds", reduce = "REDUCE_PERCENTILE_50", legend = "half of them" },
          { metric = "announced/seconds", reduce = "REDUCE_PERCENTILE_95", legend = "95 of 100" },
        ]
      },
      {
        title = "Drops ended by outcome", type = "STACKED_BAR", unit = "drops"
        plots = [{ metric = "ended", by = ["outcome"] }]
      },
      {
        title = "Rows by outcome", type = "STACKED_BAR", unit = "rows"
        plots = [for rows in ["succeeded", "failed", "missing"] : { sum = "ended/${rows}", legend = rows }]
      },
      {
        # The quota is 60 a minute and region, unless it was raised.
        title = "Creates asked for in a minute, by location", type = "STACKED_BAR", unit = "creates", period = "60s", quota = 60
        plots = [{ metric = "create_asked", by = ["location"] }]
      },
      {
        title = "Creates not made by code, and creates of unknown outcome", type = "STACKED_BAR", unit = "creates"
        plots = [{ metric = "held", by = ["code"] }, { metric = "create_unknown", legend = "unknown" }]
      },
      {
        title = "Time of a poll", unit = "seconds"
        plots = [
          { metric = "tick/seconds", reduce = "REDUCE_PERCENTILE_50", legend = "half of them" },
          { metric = "tick/seconds", reduce = "REDUCE_PERCENTILE_95", legend = "95 of 100" },
        ]
      },
      {
        title = "Objects ignored by reason", type = "STACKED_BAR", unit = "objects"
        plots = [{ metric = "ignored", by = ["reason"] }]
      },
      {
        title = "What went wrong", type = "STACKED_BAR", unit = "lines"
        plots = [for metric, it in local.metrics : { metric = metric, legend = metric } if local.events[it.event].severity == "ERROR"]
      },
    ],
    [
      for title in ["Dead letters by subscription"] : {
        title = title, unit = "messages"
        plots = [for subscription in var.subscriptions : { letters = "${var.name}-${subscription}-dead-letters", legend = subscription }]
      } if length(var.subscriptions) > 0
    ],
  )

  data_sets = [
    for chart in local.charts : [
      for plot in chart.plots : merge(
        { plotType = try(chart.type, "LINE"), targetAxis = "Y1", minAlignmentPeriod = try(chart.period, "300s") },
        { for legend in try([plot.legend], []) : "legendTemplate" => legend },
        {
          timeSeriesQuery = merge(
            {
              for metric in try([plot.metric], []) : "timeSeriesFilter" => {
                filter = local.of_a_metric[metric]
                aggregation = merge(
                  { alignmentPeriod = try(chart.period, "300s"), perSeriesAligner = "ALIGN_DELTA", crossSeriesReducer = try(plot.reduce, "REDUCE_SUM") },
                  { for by in try([plot.by], []) : "groupByFields" => [for label in by : "metric.label.${label}"] },
                )
              }
            },
            {
              for subscription in try([plot.letters], []) : "timeSeriesFilter" => {
                filter      = "resource.type = \"pubsub_subscription\" AND resource.label.subscription_id = \"${subscription}\" AND metric.type = \"pubsub.googleapis.com/subscription/num_undelivered_messages\""
                aggregation = { alignmentPeriod = "300s", perSeriesAligner = "ALIGN_MAX" }
              }
            },
            # Of a distribution's values no reducer gives the sum, PromQL does. There, all
            # that is no letter and no digit in a metric's name is an underscore.
            {
              for metric in try([plot.sum], []) : "prometheusQuery" => join("", [
                "sum(increase(logging_googleapis_com:user_${replace("${var.name}/${metric}", "/[^a-zA-Z0-9]/", "_")}_sum",
                "{monitored_resource=\"cloud_run_revision\",service_name=~\"${var.name}-(submit-job|poll-jobs)\"}[$${__interval}]))",
              ])
            },
          )
        },
      )
    ]
  ]

  # Two charts side by side on 48 columns. The service leaves out what is zero or empty,
  # and what it leaves out is not written here either: it would be a change in every plan.
  tiles = [
    for number, chart in local.charts : merge(
      { for place, value in { xPos = 24 * (number % 2), yPos = 16 * floor(number / 2) } : place => value if value > 0 },
      {
        width  = 24
        height = 16
        widget = {
          title = chart.title
          xyChart = merge(
            {
              chartOptions = { mode = "COLOR" }
              dataSets     = local.data_sets[number]
              yAxis        = { label = chart.unit, scale = "LINEAR" }
            },
            { for quota in try([chart.quota], []) : "thresholds" => [{ label = "quota", value = quota, targetAxis = "Y1" }] },
          )
        }
      },
    )
  ]
}

resource "google_monitoring_dashboard" "dashboard" {
  project = var.project_id
  dashboard_json = jsonencode({
    displayName  = var.name
    mosaicLayout = { columns = 48, tiles = local.tiles }
  })

  depends_on = [time_sleep.metrics]
}
