locals {
  topic  = "projects/${var.project_id}/topics/${var.name}"
  labels = merge(var.labels, { dropbatch = var.name })

  # Null is Google's own.
  key = var.kms_key_name == "" ? null : var.kms_key_name

  # The Python that is tested (pyproject.toml).
  runtime = "python311"

  # Routes with nothing left to guess.
  routes = [
    for route in var.routes : merge(route, {
      location       = coalesce(route.location, var.region)
      results_prefix = coalesce(route.results_prefix, trim(route.prefix, "/"), "results")
      media_prefixes = coalescelist(route.media_prefixes, ["gs://${local.bucket_names.media}/"])
      limits         = { for limit, most in route.limits : limit => most if most != null }
    })
  ]

  # How long records are kept, so that nothing older is claimed; shorter is as safe, and
  # times have eight digits.
  records_kept_seconds = min(var.retention.records_days * 86400, 99999999)
}

# Apart from the block above, since it names resources: what has none can be tried
# without providers, as tests do.
locals {
  # With when each began, which only an apply knows.
  dated_routes = [
    for route in local.routes : merge(route, { began = time_static.route_began[route.prefix].rfc3339 })
  ]

  # The environment of both functions. shared/settings.py has the same names.
  settings = merge(
    {
      DROPBATCH_BEGAN                = time_static.began.rfc3339
      DROPBATCH_RECORDS_KEPT_SECONDS = tostring(local.records_kept_seconds)
      DROPBATCH_PROJECT              = var.project_id
      DROPBATCH_REGION               = var.region
      DROPBATCH_DEPLOYMENT           = var.name
      DROPBATCH_INBOX_BUCKET         = local.bucket_names.inbox
      DROPBATCH_STATE_BUCKET         = local.bucket_names.state
      DROPBATCH_WORK_BUCKET          = local.bucket_names.work
      DROPBATCH_RESULTS_BUCKET       = local.bucket_names.results
      DROPBATCH_MEDIA_BUCKET         = local.bucket_names.media
      DROPBATCH_TOPIC                = local.topic
      DROPBATCH_ROUTES               = jsonencode(local.dated_routes)
      DROPBATCH_SUFFIXES             = join(",", var.suffixes)
      DROPBATCH_SET_ASIDE_TRIES      = tostring(var.set_aside_tries)
    },
    # Empty is no cap.
    { for limit, most in var.limits : "DROPBATCH_${upper(limit)}" => most == null ? "" : tostring(most) },
    { for time, seconds in var.times : "DROPBATCH_${upper(time)}" => tostring(seconds) },
  )
}
