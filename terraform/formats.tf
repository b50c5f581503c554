# What names must look like. shared/given_routes.py and shared/settings.py have the same
# rules for what reaches the functions; a test gives both the same values.
locals {
  formats = {
    # A length in Terraform counts what a reader sees as one character; this doesn't.
    display_name = "(?s)^.{1,80}$"

    folder      = "^[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*$"
    key         = "^projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+$"
    label_key   = "^[a-z][a-z0-9_-]{0,62}$"
    label_value = "^[a-z0-9_-]{0,63}$"
    media       = "^(gs://[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]|https://([a-z0-9][a-z0-9-]*\\.)+[a-z]{2,})/.*$"
    model       = "^(publishers/[a-z0-9-]+/models/)?[A-Za-z0-9._@-]+$"
    suffix      = "^\\.[A-Za-z0-9._-]+$"
    tuned_model = "^projects/[^/]+/locations/([^/]+)/models/[A-Za-z0-9_-]+(?:@[A-Za-z0-9_-]+)?$"

    # Names inside somebody's network, metadata servers among them, and ways out of a
    # folder.
    not_media = "^https://[^/]*\\.(internal|local)/|/\\.\\.(/|$)"
  }

  # Where media would open other people's drops.
  buckets_of_drops = "^gs://(${join("|", [
    for role in ["inbox", "state", "work", "results"] : local.bucket_names[role]
  ])})/"

  # The most that each limit of a route may be, and what else there is to know of it.
  limits_of_a_route = {
    rows             = { most = 200000, hint = ", which is what one job of Vertex AI takes" }
    bytes            = { most = 1000000000, hint = " (1 GB), which is what one job of Vertex AI takes" }
    jobs             = { most = 100000, hint = local.no_cap }
    rows_per_day     = { most = 1000000000, hint = local.no_cap }
    queue_seconds    = { most = 99999999, hint = "" }
    run_seconds      = { most = 99999999, hint = "" }
    deadline_seconds = { most = 99999999, hint = "" }
  }
  no_cap = ", or leave it out for no cap; to stop a route, set enabled = false"

  # Each pair: the first must be less than the second, or the protocol is unsafe or
  # never moves (docs/decisions/003).
  ordered_times = [
    ["claim_renew_seconds", "claim_lease_seconds"],
    ["create_timeout_seconds", "create_deadline_seconds"],
    ["create_timeout_seconds", "settle_seconds"],
    ["settle_seconds", "sweep_seconds"],
    ["hold_min_seconds", "hold_max_seconds"],
    ["publish_timeout_seconds", "publish_lease_seconds"],
    ["backstop_grace_seconds", "backstop_window_seconds"],
  ]
}
