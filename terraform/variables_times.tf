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
    backstop_window_seconds = optional(number, 604800)
    backstop_grace_seconds  = optional(number, 600)
  })
  nullable    = false
  default     = {}
  description = "The protocol's times, as the README's table of settings has them."

  validation {
    condition = alltrue([for name, time in var.times : time > 0 && time < 100000000 && floor(time) == time])
    error_message = "times: ${join(", ", [
      for name, time in var.times : "${name} = ${time}" if !(time > 0 && time < 100000000 && floor(time) == time)
    ])}: use whole seconds, from 1 to 99999999."
  }

  validation {
    condition = alltrue([for pair in local.ordered_times : var.times[pair[0]] < var.times[pair[1]]])
    error_message = "times: ${join(", ", [
      for pair in local.ordered_times :
      "${pair[0]} = ${var.times[pair[0]]} must be less than ${pair[1]} = ${var.times[pair[1]]}"
      if var.times[pair[0]] >= var.times[pair[1]]
    ])}: the protocol is unsafe, or never moves, in any other order."
  }

  validation {
    # What is looked for must be known if it has ever been claimed.
    condition     = var.times.backstop_window_seconds < local.records_kept_seconds
    error_message = "times: backstop_window_seconds = ${var.times.backstop_window_seconds} must be less than records_kept_seconds = ${local.records_kept_seconds}, which retention.records_days makes: a file could be billed again once its record is deleted."
  }

  validation {
    # Two lists may take 120 s, the check of a whole file 540, and the steps of a tick
    # have a share of the budget each: four thirds in all.
    condition     = var.times.poll_budget_seconds <= 180
    error_message = "times: poll_budget_seconds = ${var.times.poll_budget_seconds}: use 180 at most, since a tick is cut off after ${local.poll_timeout_seconds} seconds, and beside four thirds of its budget it may take 660."
  }
}
