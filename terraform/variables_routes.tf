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
      rows             = optional(number, 200000)
      bytes            = optional(number, 1000000000)
      jobs             = optional(number)
      rows_per_day     = optional(number)
      queue_seconds    = optional(number, 259200)
      run_seconds      = optional(number, 86400)
      deadline_seconds = optional(number)
    }), {})
    enabled = optional(bool, true)
  }))
  nullable = false
  # Gemini 3 runs in batch on 'global' alone, so far.
  default     = [{ prefix = "demo/", model = "gemini-3.5-flash-lite", location = "global" }]
  description = "What is done with files by the beginning of their name, the longest that fits: the model, and optionally location (the region, if empty), results_prefix (the prefix, if empty), labels, display_name, media_prefixes (the media bucket, if empty), limits (of a file: rows and bytes; of the route: jobs at a time and rows_per_day, no cap if left out) and enabled. A drop is late when no job of it runs for queue_seconds, when one runs for run_seconds, or when it has not ended deadline_seconds after it came (without deadline_seconds: when both others are over, and its end can't be written). To stop a route, switch it off and leave it in: what is held of a route that is taken out goes on at once, without its caps. Terraform drops a field that it does not know without a word, and a cap with a typo is none: DROPBATCH_ROUTES in the plan shows what is in force."

  validation {
    condition     = length(var.routes) > 0
    error_message = "routes is empty: give at least one, such as { prefix = \"demo/\", model = \"gemini-3.5-flash-lite\", location = \"global\" }."
  }

  validation {
    condition     = length(distinct(var.routes[*].prefix)) == length(var.routes)
    error_message = "routes: a prefix is given twice in ${jsonencode(var.routes[*].prefix)}: a file can take one route only."
  }

  validation {
    # Most prefixes end with "/" and are compared with no other: it is slow in Terraform.
    condition = alltrue(flatten([
      for a in var.routes[*].prefix : [
        for b in var.routes[*].prefix : a == b || !startswith(b, a)
      ] if a != "" && !endswith(a, "/")
    ]))
    error_message = "routes: ${join(", ", flatten([
      for a in var.routes[*].prefix : [
        for b in var.routes[*].prefix : "prefix ${jsonencode(a)} also begins ${jsonencode(b)}"
        if a != b && startswith(b, a)
      ] if a != "" && !endswith(a, "/")
    ]))}: end the shorter with \"/\", or take another name."
  }

  validation {
    # In a URL each byte is a character or "%" and two digits.
    condition = alltrue([
      for route in var.routes : length(regexall("%..|.", urlencode(route.prefix))) <= 256
    ])
    error_message = "routes: a prefix is longer than 256 bytes: ${join(", ", [
      for route in var.routes : "${jsonencode(substr(route.prefix, 0, 40))}..."
      if length(regexall("%..|.", urlencode(route.prefix))) > 256
    ])}. Shorten it: an object's whole name has 1024 at most."
  }

  validation {
    condition = alltrue([
      for route in var.routes :
      can(regex(local.formats.model, route.model)) || can(regex(local.formats.tuned_model, route.model))
    ])
    error_message = "routes: ${join(", ", [
      for route in var.routes : "model ${jsonencode(route.model)}"
      if !can(regex(local.formats.model, route.model)) && !can(regex(local.formats.tuned_model, route.model))
    ])}: use a model's name such as \"gemini-3.5-flash-lite\", or \"projects/P/locations/L/models/ID\" for a tuned one."
  }

  validation {
    condition = alltrue([for route in var.routes : contains(["", "global", var.region], route.location)])
    error_message = "routes: ${join(", ", [
      for route in var.routes : "location ${jsonencode(route.location)}"
      if !contains(["", "global", var.region], route.location)
    ])}: use the deployment's region ${jsonencode(var.region)} or \"global\". Another region needs a deployment of its own."
  }

  validation {
    condition = alltrue([
      for route in var.routes : !(route.location == "global" && can(regex(local.formats.tuned_model, route.model)))
    ])
    error_message = "routes: ${join(", ", [
      for route in var.routes : "model ${jsonencode(route.model)}"
      if route.location == "global" && can(regex(local.formats.tuned_model, route.model))
    ])}: a tuned model can't run on \"global\". Leave out the location."
  }

  validation {
    condition = alltrue([
      for route in var.routes :
      route.location == "global"
      || try(regex(local.formats.tuned_model, route.model)[0] == coalesce(route.location, var.region), true)
    ])
    error_message = "routes: ${join(", ", [
      for route in var.routes : "model ${jsonencode(route.model)}"
      if !(
        route.location == "global"
        || try(regex(local.formats.tuned_model, route.model)[0] == coalesce(route.location, var.region), true)
      )
    ])}: a tuned model runs where it is, and the deployment's region is ${jsonencode(var.region)}."
  }

  validation {
    condition = alltrue([
      for folder in [for route in var.routes : coalesce(route.results_prefix, trim(route.prefix, "/"), "results")] :
      can(regex(local.formats.folder, folder)) && length(folder) <= 200 && !startswith("${folder}/", "by-name/")
    ])
    error_message = "routes: ${join(", ", [
      for folder in [for route in var.routes : coalesce(route.results_prefix, trim(route.prefix, "/"), "results")] :
      "results_prefix ${jsonencode(folder)}"
      if !(can(regex(local.formats.folder, folder)) && length(folder) <= 200 && !startswith("${folder}/", "by-name/"))
    ])} is no folder's name: use letters, digits, \".\", \"_\", \"-\" and single \"/\", at most 200, not \"by-name\". Where it isn't set, it is the prefix."
  }

  validation {
    condition = alltrue([
      for route in var.routes : can(regex(local.formats.display_name, route.display_name))
    ])
    error_message = "routes: ${join(", ", [
      for route in var.routes : "display_name ${jsonencode(route.display_name)}"
      if !can(regex(local.formats.display_name, route.display_name))
    ])}: use 1 to 80 characters."
  }

  validation {
    condition     = alltrue([for route in var.routes : length(route.labels) <= 60])
    error_message = "routes: route ${join(", ", [for route in var.routes : jsonencode(route.prefix) if length(route.labels) > 60])} has more than 60 labels: a job has 64 at most, and some are ours."
  }

  validation {
    condition = alltrue(flatten([
      for route in var.routes : [
        for key, value in route.labels : can(regex(local.formats.label_key, key)) && !startswith(key, "dropbatch")
      ]
    ]))
    error_message = "routes: label key ${join(", ", flatten([
      for route in var.routes : [
        for key, value in route.labels : jsonencode(key)
        if !can(regex(local.formats.label_key, key)) || startswith(key, "dropbatch")
      ]
    ]))}: use a-z, 0-9, \"_\", \"-\", at most 63 characters, a letter first and not \"dropbatch\" at the beginning, which is ours."
  }

  validation {
    condition = alltrue(flatten([
      for route in var.routes : [for key, value in route.labels : can(regex(local.formats.label_value, value))]
    ]))
    error_message = "routes: label value ${join(", ", flatten([
      for route in var.routes : [
        for key, value in route.labels : jsonencode(value) if !can(regex(local.formats.label_value, value))
      ]
    ]))}: use a-z, 0-9, \"_\" and \"-\", at most 63 characters."
  }

  validation {
    condition = alltrue([
      for media in flatten(var.routes[*].media_prefixes) :
      can(regex(local.formats.media, media)) && !can(regex(local.formats.not_media, media))
    ])
    error_message = "routes: media prefix ${join(", ", [
      for media in flatten(var.routes[*].media_prefixes) : jsonencode(media)
      if !(can(regex(local.formats.media, media)) && !can(regex(local.formats.not_media, media)))
    ])}: use \"gs://bucket/folder/\", or \"https://host/folder/\" with a public host's name, and no \"..\"."
  }

  validation {
    condition = alltrue([
      for media in flatten(var.routes[*].media_prefixes) : !can(regex(local.buckets_of_drops, media))
    ])
    error_message = "routes: media prefix ${join(", ", [
      for media in flatten(var.routes[*].media_prefixes) : jsonencode(media)
      if can(regex(local.buckets_of_drops, media))
    ])} opens a bucket that holds other people's drops: put media into gs://${local.bucket_names.media}/ or a bucket of their own."
  }

  validation {
    # A whole number between the bounds stays what it is, and what is left out has none.
    condition = alltrue(flatten([
      for route in var.routes : [
        for limit, bound in local.limits_of_a_route :
        max(1, min(bound.most, floor(coalesce(route.limits[limit], 1)))) == coalesce(route.limits[limit], 1)
      ]
    ]))
    error_message = "routes: ${join("; ", flatten([
      for route in var.routes : [
        for limit, bound in local.limits_of_a_route :
        "limits.${limit} ${route.limits[limit]}: use a whole number from 1 to ${bound.most}${bound.hint}"
        if max(1, min(bound.most, floor(coalesce(route.limits[limit], 1)))) != coalesce(route.limits[limit], 1)
      ]
    ]))}."
  }

  validation {
    # As in local.dated_routes, which can't be named here; Base64 has four bytes for three.
    condition = 32768 * 4 / 3 >= length(base64encode(jsonencode([
      for route in var.routes : merge(route, {
        location       = coalesce(route.location, var.region)
        results_prefix = coalesce(route.results_prefix, trim(route.prefix, "/"), "results")
        media_prefixes = coalescelist(route.media_prefixes, ["gs://${local.bucket_names.media}/"])
        limits         = { for limit, most in route.limits : limit => most if most != null }
        began          = "2026-11-26T00:00:00Z"
      })
    ])))
    error_message = "routes: ${length(var.routes)} of them are more than the 32 KiB that a variable of the functions' environment holds: use fewer or shorter ones, or a second deployment."
  }
}
