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

  validation {
    condition     = !startswith(var.name, "goog")
    error_message = "name ${jsonencode(var.name)}: no topic's name may begin with \"goog\"."
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

variable "suffixes" {
  type        = list(string)
  nullable    = false
  default     = [".jsonl"]
  description = "Endings that make an object a drop; others are ignored."

  validation {
    condition     = length(var.suffixes) > 0
    error_message = "suffixes is empty, so that no object would be a drop: use [\".jsonl\"]."
  }

  validation {
    condition = alltrue([for suffix in var.suffixes : can(regex(local.formats.suffix, suffix))])
    error_message = "suffixes: ${join(", ", [
      for suffix in var.suffixes : jsonencode(suffix) if !can(regex(local.formats.suffix, suffix))
    ])}: use \".\" and then letters, digits, \".\", \"_\" or \"-\", such as \".jsonl\"."
  }
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
  description = "After how many days files, staged copies and results are deleted, and records once their drops have ended; 0 keeps results for ever."

  validation {
    condition = alltrue([for name, days in var.retention : floor(days) == days && days < 36500])
    error_message = "retention: ${join(", ", [
      for name, days in var.retention : "${name} = ${days}" if !(floor(days) == days && days < 36500)
    ])}: use whole days, fewer than 36500."
  }

  validation {
    # Eventarc delivers for a day, and a bucket's notification for up to seven; and lost
    # events are looked for as long.
    condition     = var.retention.inbox_days >= 7
    error_message = "retention: inbox_days = ${var.retention.inbox_days}: use 7 or more, since a file's event may come a week late and the file must still be there."
  }

  validation {
    condition     = var.retention.work_days >= 14
    error_message = "retention: work_days = ${var.retention.work_days}: use 14 or more, since a job reads its copy after up to 72 hours in the queue and for 24 hours then, and it may have been held before."
  }

  validation {
    condition     = var.retention.results_days == 0 || var.retention.results_days >= 1
    error_message = "retention: results_days = ${var.retention.results_days}: use 0, which keeps results for ever, or 1 and more."
  }

  validation {
    condition     = var.retention.records_days >= 30 && var.retention.records_days > var.retention.inbox_days
    error_message = "retention: records_days = ${var.retention.records_days}: use 30 or more, and more than inbox_days = ${var.retention.inbox_days}: a file that outlives its record could be billed again."
  }
}

variable "subscriptions" {
  type        = set(string)
  nullable    = false
  default     = ["messages"]
  description = "Pull subscriptions to the messages, each with a dead-letter topic and a subscription on that; their names follow the deployment's."

  validation {
    condition = alltrue([
      for word in var.subscriptions :
      can(regex("^[a-z]([a-z0-9-]*[a-z0-9])?$", word))
      && can(regex("^.{3,255}$", "${var.name}-${word}-dead-letters"))
    ])
    error_message = "subscriptions: ${join(", ", [
      for word in var.subscriptions : jsonencode(word)
      if !(
        can(regex("^[a-z]([a-z0-9-]*[a-z0-9])?$", word))
        && can(regex("^.{3,255}$", "${var.name}-${word}-dead-letters"))
      )
    ])}: use a-z, 0-9 and \"-\", a letter first and no \"-\" last; with the deployment's name and \"-dead-letters\" it has 255 characters at most."
  }

  validation {
    # An alert names all of them in its filter, which has 2,048 characters at most.
    condition     = length(join("", [for word in var.subscriptions : "\"${var.name}-${word}-dead-letters\", "])) <= 1800
    error_message = "subscriptions: ${length(var.subscriptions)} of them are too many for one alert: use fewer or shorter names, 1,800 characters in all with what is added to each, and make the others on the output \"topic\"."
  }

  validation {
    condition = alltrue([for word in var.subscriptions : !can(regex("(^|-)dead-letters$", word))])
    error_message = "subscriptions: ${join(", ", [
      for word in var.subscriptions : jsonencode(word) if can(regex("(^|-)dead-letters$", word))
    ])}: \"dead-letters\" ends the names of the subscriptions that are made beside these. Take another word."
  }
}

variable "notification_channels" {
  type        = list(string)
  nullable    = false
  default     = []
  description = "Where alerts go: names of notification channels, 'projects/P/notificationChannels/N'. Without any, alerts are seen in the console alone."

  validation {
    condition     = length(var.notification_channels) <= 16
    error_message = "notification_channels: ${length(var.notification_channels)} are too many: use 16 at most, since an alert has no more."
  }

  validation {
    condition = alltrue([
      for channel in var.notification_channels : can(regex("^projects/[^/]+/notificationChannels/[^/]+$", channel))
    ])
    error_message = "notification_channels: ${join(", ", [
      for channel in var.notification_channels : jsonencode(channel)
      if !can(regex("^projects/[^/]+/notificationChannels/[^/]+$", channel))
    ])}: use the channel's whole name, \"projects/P/notificationChannels/N\", as 'gcloud beta monitoring channels list' shows it."
  }
}

variable "kms_key_name" {
  type        = string
  nullable    = false
  default     = ""
  description = "A key for buckets and topics, 'projects/P/locations/REGION/keyRings/R/cryptoKeys/K'; Google's own if empty. Gemini batch prediction itself does not support such keys: what Vertex AI keeps while a job runs is under Google's. Read docs/deploy.md before you change it."

  validation {
    condition     = var.kms_key_name == "" || can(regex(local.formats.key, var.kms_key_name))
    error_message = "kms_key_name ${jsonencode(var.kms_key_name)}: use a key's whole name, \"projects/P/locations/${var.region}/keyRings/R/cryptoKeys/K\", without a version."
  }

  validation {
    # A bucket's key must be where the bucket is.
    condition = try(
      regex("^projects/[^/]+/locations/([^/]+)/keyRings/", var.kms_key_name)[0] == var.region,
      true,
    )
    error_message = "kms_key_name ${jsonencode(var.kms_key_name)}: the key must be in the deployment's region, ${jsonencode(var.region)}."
  }
}

variable "labels" {
  type        = map(string)
  nullable    = false
  default     = {}
  description = "Labels of every resource that can have any; for the jobs' labels see routes."

  validation {
    condition     = length(var.labels) <= 60
    error_message = "labels: ${length(var.labels)} are too many: use 60 at most, since a resource has 64 and some are ours."
  }

  validation {
    condition = alltrue([
      for key, value in var.labels : can(regex(local.formats.label_key, key)) && !startswith(key, "dropbatch")
    ])
    error_message = "labels: key ${join(", ", [
      for key, value in var.labels : jsonencode(key)
      if !can(regex(local.formats.label_key, key)) || startswith(key, "dropbatch")
    ])}: use a-z, 0-9, \"_\", \"-\", at most 63 characters, a letter first and not \"dropbatch\" at the beginning, which is ours."
  }

  validation {
    condition = alltrue([for value in values(var.labels) : can(regex(local.formats.label_value, value))])
    error_message = "labels: value ${join(", ", [
      for value in values(var.labels) : jsonencode(value) if !can(regex(local.formats.label_value, value))
    ])}: use a-z, 0-9, \"_\" and \"-\", at most 63 characters."
  }
}
