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
    })
  ]

  # The environment of both functions. shared/settings.py has the same names.
  settings = merge(
    {
      DROPBATCH_PROJECT        = var.project_id
      DROPBATCH_REGION         = var.region
      DROPBATCH_DEPLOYMENT     = var.name
      DROPBATCH_INBOX_BUCKET   = local.bucket_names.inbox
      DROPBATCH_STATE_BUCKET   = local.bucket_names.state
      DROPBATCH_WORK_BUCKET    = local.bucket_names.work
      DROPBATCH_RESULTS_BUCKET = local.bucket_names.results
      DROPBATCH_MEDIA_BUCKET   = local.bucket_names.media
      DROPBATCH_TOPIC          = local.topic
      DROPBATCH_ROUTES         = jsonencode(local.routes)
      DROPBATCH_SUFFIXES       = join(",", var.suffixes)

      DROPBATCH_SET_ASIDE_TRIES = tostring(var.set_aside_tries)
    },
    { for time, seconds in var.times : "DROPBATCH_${upper(time)}" => tostring(seconds) },
  )
}
