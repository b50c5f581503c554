# How often polls come, and what they may do.

variable "limits" {
  type = object({
    jobs = optional(number)
  })
  nullable    = false
  default     = {}
  description = "What all routes together may have: jobs at a time, counted once a poll and so a few more (twice as many in an outage of one location, at worst); no cap if left out."

  validation {
    condition = alltrue([
      for jobs in [coalesce(var.limits.jobs, 1)] : jobs >= 1 && jobs <= 100000 && floor(jobs) == jobs
    ])
    error_message = "limits: jobs = ${coalesce(var.limits.jobs, 1)}: use a whole number from 1 to 100000, or leave it out for no cap."
  }
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

variable "backstop_minutes" {
  type        = number
  nullable    = false
  default     = 60
  description = "Every how many minutes the inbox is looked at for files whose event was lost."

  validation {
    condition     = contains([5, 10, 15, 20, 30, 60, 120, 180, 240, 360], var.backstop_minutes)
    error_message = "backstop_minutes ${var.backstop_minutes}: use one of 5, 10, 15, 20, 30, 60, 120, 180, 240 and 360, which divide a day evenly."
  }
}

variable "set_aside_tries" {
  type        = number
  nullable    = false
  default     = 10
  description = "After this many failed tries a drop is set aside until somebody puts it back; errors that may pass by themselves do not count."

  validation {
    condition     = var.set_aside_tries >= 1 && var.set_aside_tries < 100000000 && floor(var.set_aside_tries) == var.set_aside_tries
    error_message = "set_aside_tries ${var.set_aside_tries}: use a whole number, from 1 to 99999999."
  }
}
