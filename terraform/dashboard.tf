# One page: what is open, what has ended, what Vertex AI is asked for, what goes wrong.
# What the functions don't log yet is not drawn: tokens and costs.

locals {
  # What a chart and its plots are, where they say nothing else. A plot counts an event's
  # lines.
  chart_defaults = {
    type   = "LINE"
    period = "300s"
    quota  = null
  }
  plot_defaults = {
    filter = null
    align  = "ALIGN_DELTA"
    reduce = "REDUCE_SUM"
    by     = null
    promql = null
    legend = null
  }

  charts = [
    {
      title = "Open drops by state"
      type  = "STACKED_AREA"
      unit  = "drops"
      plots = [{
        filter = local.metric_filters["open_drops/count"]
        reduce = "REDUCE_MEAN"
        by     = ["metric.label.state"]
      }]
    },
    {
      title = "Age of the oldest open drop by state"
      unit  = "seconds"
      plots = [{
        filter = local.metric_filters["open_drops/oldest_seconds"]
        reduce = "REDUCE_MEAN"
        by     = ["metric.label.state"]
      }]
    },
    {
      title = "Time from drop to message"
      unit  = "seconds"
      plots = [
        for reduce, legend in local.percentiles :
        { filter = local.metric_filters["announced/seconds"], reduce = reduce, legend = legend }
      ]
    },
    {
      title = "Drops ended by outcome"
      type  = "STACKED_BAR"
      unit  = "drops"
      plots = [{ filter = local.metric_filters["ended"], by = ["metric.label.outcome"] }]
    },
    {
      title = "Drops told of as late, by reason"
      type  = "STACKED_BAR"
      unit  = "drops"
      plots = [{ filter = local.metric_filters["late"], by = ["metric.label.reason"] }]
    },
    {
      title = "Rows by outcome"
      type  = "STACKED_BAR"
      unit  = "rows"
      plots = [
        for outcome in ["succeeded", "failed", "missing"] :
        { promql = local.sums["ended/${outcome}"], legend = outcome }
      ]
    },
    {
      title  = "Creates asked for in a minute, by location"
      type   = "STACKED_BAR"
      unit   = "creates"
      period = "60s"
      # 60 a minute and region, unless it was raised.
      quota = 60
      plots = [{ filter = local.metric_filters["create_asked"], by = ["metric.label.location"] }]
    },
    {
      title = "Creates not made by code, and creates of unknown outcome"
      type  = "STACKED_BAR"
      unit  = "creates"
      plots = [
        { filter = local.metric_filters["held"], by = ["metric.label.code"] },
        { filter = local.metric_filters["create_unknown"], legend = "unknown" },
      ]
    },
    {
      title = "Time of a poll"
      unit  = "seconds"
      plots = [
        for reduce, legend in local.percentiles :
        { filter = local.metric_filters["tick/seconds"], reduce = reduce, legend = legend }
      ]
    },
    {
      title = "Objects ignored by reason"
      type  = "STACKED_BAR"
      unit  = "objects"
      plots = [{ filter = local.metric_filters["ignored"], by = ["metric.label.reason"] }]
    },
    {
      title = "What went wrong"
      type  = "STACKED_BAR"
      unit  = "lines"
      plots = [
        for name, metric in local.metrics : { filter = local.metric_filters[name], legend = name }
        if local.events[metric.event].severity == "ERROR"
      ]
    },
    {
      title = "Dead letters by subscription"
      unit  = "messages"
      plots = [
        for word in var.subscriptions : {
          filter = join(" AND ", [
            "resource.type = \"pubsub_subscription\"",
            "resource.label.subscription_id = \"${var.name}-${word}-dead-letters\"",
            "metric.type = \"pubsub.googleapis.com/subscription/num_undelivered_messages\"",
          ])
          align  = "ALIGN_MAX"
          reduce = null
          legend = word
        }
      ]
    },
  ]

  percentiles = {
    REDUCE_PERCENTILE_50 = "half of them"
    REDUCE_PERCENTILE_95 = "95 of 100"
  }

  # Of a distribution's values no reducer gives the sum, PromQL does. There, all that is
  # no letter and no digit in a metric's name is an underscore.
  sums = {
    for metric, _ in local.metrics : metric => join("", [
      "sum(increase(logging_googleapis_com:user_${replace("${var.name}/${metric}", "/[^a-zA-Z0-9]/", "_")}_sum",
      "{monitored_resource=\"cloud_run_revision\",service_name=~\"${var.name}-(submit-job|poll-jobs)\"}",
      "[$${__interval}]))",
    ])
  }

  # A chart without plots, of subscriptions that there are not, is not drawn.
  drawn = [
    for chart in local.charts : merge(local.chart_defaults, chart, {
      plots = [for plot in chart.plots : merge(local.plot_defaults, plot)]
    }) if length(chart.plots) > 0
  ]

  # As the service has them, and with a null for what it leaves out.
  xy_charts = [
    for chart in local.drawn : {
      chartOptions = { mode = "COLOR" }
      yAxis        = { label = chart.unit, scale = "LINEAR" }
      thresholds   = chart.quota == null ? null : [{ label = "quota", value = chart.quota, targetAxis = "Y1" }]
      dataSets = [
        for plot in chart.plots : {
          plotType           = chart.type
          targetAxis         = "Y1"
          minAlignmentPeriod = chart.period
          legendTemplate     = plot.legend
          timeSeriesQuery = {
            prometheusQuery = plot.promql
            timeSeriesFilter = plot.filter == null ? null : {
              filter = plot.filter
              aggregation = {
                alignmentPeriod    = chart.period
                perSeriesAligner   = plot.align
                crossSeriesReducer = plot.reduce
                groupByFields      = plot.by
              }
            }
          }
        }
      ]
    }
  ]

  # Two charts side by side on 48 columns. The service leaves out a place of zero.
  tiles = [
    for number, chart in local.drawn : {
      xPos   = number % 2 == 0 ? null : 24
      yPos   = number < 2 ? null : 16 * floor(number / 2)
      width  = 24
      height = 16
      widget = { title = chart.title, xyChart = local.xy_charts[number] }
    }
  ]

  # What the service leaves out is not written either: it would be a change in every
  # plan. (Inside a string, a quote has a backslash before it.)
  dashboard_json = replace(
    jsonencode({
      displayName  = var.name
      mosaicLayout = { columns = 48, tiles = local.tiles }
    }),
    "/,\"\\w+\":null|\"\\w+\":null,?/", "",
  )
}

resource "google_monitoring_dashboard" "dashboard" {
  project        = var.project_id
  dashboard_json = local.dashboard_json

  depends_on = [time_sleep.metrics]
}
