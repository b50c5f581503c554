variable "project_id" {
  type        = string
  nullable    = false
  description = "The id of the Google Cloud project to deploy into."

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id ${jsonencode(var.project_id)} is no project id: 6 to 30 of a-z, 0-9 and '-', a letter first. It is neither the project's name nor its number."
  }
}

variable "region" {
  type        = string
  nullable    = false
  description = "The deployment's one region: its buckets, functions and schedule, and the jobs of routes that don't say 'global'."

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]{1,2}$", var.region))
    error_message = "region ${jsonencode(var.region)} is no region such as \"us-central1\": multi-regions, zones and 'global' have no functions. A route's location may be 'global'."
  }
}

variable "name" {
  type        = string
  nullable    = false
  default     = "dropbatch"
  description = "The deployment's name: its resources' names begin with it, its jobs carry it in a label, its messages in their source."

  validation {
    # Service accounts have ids of 30 characters, and the longest of ours adds 11.
    condition     = can(regex("^[a-z][a-z0-9-]{1,17}[a-z0-9]$", var.name))
    error_message = "name ${jsonencode(var.name)}: use 3 to 19 of a-z, 0-9 and '-', a letter first and no '-' last, since ids of service accounts begin with it."
  }
}

variable "bucket_prefix" {
  type        = string
  nullable    = false
  default     = ""
  description = "What the names of the six buckets begin with; the project's id if empty. A second deployment in the same project needs its own."

  validation {
    condition     = var.bucket_prefix == "" || can(regex("^[a-z0-9][a-z0-9-]{1,53}[a-z0-9]$", var.bucket_prefix))
    error_message = "bucket_prefix ${jsonencode(var.bucket_prefix)}: use 3 to 55 of a-z, 0-9 and '-', no '-' at either end, since bucket names have 63 at most."
  }

  validation {
    condition     = !startswith(var.bucket_prefix, "goog") && !strcontains(var.bucket_prefix, "google")
    error_message = "bucket_prefix ${jsonencode(var.bucket_prefix)}: no bucket's name may begin with \"goog\" or contain \"google\"."
  }
}

variable "routes" {
  type = list(object({
    prefix         = string
    model          = string
    location       = optional(string, "")
    results_prefix = optional(string, "")
    labels         = optional(map(string), {})
    display_name   = optional(string, "dropbatch")
    media_prefixes = optional(list(string), [])
    limits = optional(object({
      rows  = optional(number, 200000)
      bytes = optional(number, 1000000000)
    }), {})
    enabled = optional(bool, true)
  }))
  nullable = false
  default = [
    { prefix = "demo/", model = "gemini-2.5-flash" },
    { prefix = "global/", model = "gemini-2.5-pro", location = "global" },
  ]
  description = "What is done with files by the beginning of their name, the longest that fits: the model, and optionally location (the region, if empty), results_prefix (the prefix, if empty), labels, display_name, media_prefixes (the media bucket, if empty), limits and enabled."
}

variable "suffixes" {
  type        = list(string)
  nullable    = false
  default     = [".jsonl"]
  description = "Endings that make an object a drop; others are ignored."
}

variable "poll_minutes" {
  type        = number
  nullable    = false
  default     = 1
  description = "Every how many minutes open drops are looked at."

  validation {
    condition     = contains([1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30], var.poll_minutes)
    error_message = "poll_minutes ${var.poll_minutes}: use one of 1, 2, 3, 4, 5, 6, 10, 12, 15, 20 and 30, which divide an hour evenly."
  }
}

variable "times" {
  type = object({
    claim_lease_seconds     = optional(number, 120)
    claim_renew_seconds     = optional(number, 30)
    create_timeout_seconds  = optional(number, 45)
    create_deadline_seconds = optional(number, 60)
    settle_seconds          = optional(number, 600)
    call_timeout_seconds    = optional(number, 30)
    hold_min_seconds        = optional(number, 30)
    hold_max_seconds        = optional(number, 600)
    publish_timeout_seconds = optional(number, 45)
    publish_lease_seconds   = optional(number, 60)
    job_lost_seconds        = optional(number, 3600)
    sweep_seconds           = optional(number, 3600)
    poll_budget_seconds     = optional(number, 150)
  })
  nullable    = false
  default     = {}
  description = "The protocol's times, as the README's table of settings has them."
}

variable "retention" {
  type = object({
    inbox_days   = optional(number, 30)
    work_days    = optional(number, 30)
    results_days = optional(number, 0)
    records_days = optional(number, 400)
  })
  nullable    = false
  default     = {}
  description = "After how many days files, staged copies, results and records are deleted; 0 keeps results for ever."
}

variable "subscriptions" {
  type        = set(string)
  nullable    = false
  default     = ["messages"]
  description = "Pull subscriptions to the messages, each with a dead-letter topic and a subscription on that; their names follow the deployment's."
}

variable "notification_channels" {
  type        = list(string)
  nullable    = false
  default     = []
  description = "Where alerts go: names of notification channels, 'projects/P/notificationChannels/N'. Without any, alerts are seen in the console alone."
}

variable "kms_key_name" {
  type        = string
  nullable    = false
  default     = ""
  description = "A key for buckets and topics, 'projects/P/locations/REGION/keyRings/R/cryptoKeys/K'; Google's own if empty. Gemini batch prediction itself does not support such keys: what Vertex AI keeps while a job runs is under Google's."
}

variable "labels" {
  type        = map(string)
  nullable    = false
  default     = {}
  description = "Labels of every resource that can have any; for the jobs' labels see routes."
}
