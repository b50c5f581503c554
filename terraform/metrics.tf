# What the functions log, as numbers: events.json says which events there are. A metric
# counts an event's lines, or keeps the values of one of its fields.

locals {
  events = jsondecode(file("${path.module}/events.json"))

  metrics = merge(
    {
      for name, event in local.events : name => {
        event   = name
        field   = ""
        labels  = event.count_by
        unit    = "1"
        title   = name
        meaning = event.meaning
      } if can(event.count_by)
    },
    merge([
      for name, event in local.events : {
        for field, number in try(event.numbers, {}) : "${name}/${field}" => {
          event   = name
          field   = field
          labels  = number.by
          unit    = number.unit
          title   = number.meaning
          meaning = event.meaning
        }
      }
    ]...),
  )
}

resource "google_logging_metric" "metric" {
  for_each = local.metrics

  project     = var.project_id
  name        = "${var.name}/${each.key}"
  description = each.value.meaning

  # The event and nothing more: whose line it is, a chart or an alert asks by the
  # service's name, so that two deployments in a project tell themselves apart.
  filter           = "jsonPayload.event=\"${each.value.event}\""
  label_extractors = { for label in each.value.labels : label => "EXTRACT(jsonPayload.${label})" }
  value_extractor  = each.value.field == "" ? null : "EXTRACT(jsonPayload.${each.value.field})"

  metric_descriptor {
    metric_kind  = "DELTA"
    value_type   = each.value.field == "" ? "INT64" : "DISTRIBUTION"
    unit         = each.value.unit
    display_name = "${var.name}: ${each.value.title}"

    dynamic "labels" {
      for_each = each.value.labels
      content {
        key        = labels.value
        value_type = "STRING"
      }
    }
  }

  # Sums and means are exact; for percentiles a value is known to a fifth of itself,
  # up to months, and to 200,000 rows and far beyond.
  dynamic "bucket_options" {
    for_each = each.value.field == "" ? [] : [each.value.unit]
    content {
      exponential_buckets {
        scale              = bucket_options.value == "s" ? 0.01 : 1
        growth_factor      = 1.4
        num_finite_buckets = 64
      }
    }
  }

  depends_on = [time_sleep.apis]
}

# Cloud Monitoring learns of a new metric a while after Cloud Logging; a policy on one
# that it does not know is refused with a 404 ("could take up to 10 minutes"), which the
# provider does not retry (hashicorp/terraform-provider-google, issue 11102). The ten
# minutes cost three or so: the grants' wait and the functions' build take as long
# meanwhile. A change of the metrics or of their labels makes it wait again.
resource "time_sleep" "metrics" {
  create_duration = "600s"

  triggers = {
    metrics = jsonencode({ for key, metric in google_logging_metric.metric : metric.name => local.metrics[key].labels })
  }
}
