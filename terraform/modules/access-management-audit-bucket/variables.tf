variable "environment" {
  description = "Deployment environment: dev, sit or prod."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["dev", "sit", "prod"], var.environment)
    error_message = "The environment must be dev, sit or prod."
  }
}

variable "name" {
  description = "Name of the bucket, unique in all of S3."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.name))
    error_message = "A bucket name must have 3 to 63 lower-case letters, digits and hyphens, and neither begin nor end with a hyphen."
  }
}

variable "account_id" {
  description = "AWS account of the bucket."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id has twelve digits."
  }
}

variable "tiers" {
  description = "Days after which objects move to the warm tier (STANDARD_IA) and to the cold tier (GLACIER); the hot tier is STANDARD."
  type = object({
    warm_after_days = number
    cold_after_days = number
  })
  default = {
    warm_after_days = 30
    cold_after_days = 90
  }
  nullable = false

  validation {
    condition     = var.tiers.warm_after_days >= 30
    error_message = "S3 moves no object to STANDARD_IA before it is 30 days old."
  }

  validation {
    condition     = var.tiers.cold_after_days >= var.tiers.warm_after_days + 30
    error_message = "cold_after_days must be at least 30 days past warm_after_days: an object stays that long in STANDARD_IA."
  }
}

variable "retention_in_days" {
  description = "Days after which objects are deleted; null keeps them for ever."
  type        = number
  default     = null
}

variable "noncurrent_retention_in_days" {
  description = "Days after which versions that were replaced or deleted are removed for good; null keeps them for ever."
  type        = number
  default     = 365
}

variable "abort_incomplete_uploads_after_days" {
  description = "Days after which the parts of an unfinished multipart upload are removed."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = var.abort_incomplete_uploads_after_days >= 1
    error_message = "abort_incomplete_uploads_after_days must be at least 1."
  }
}

variable "transition_default_minimum_object_size" {
  description = "Which small objects change tier: none below 128 KB (all_storage_classes_128K), or all of them on the way to GLACIER (varies_by_storage_class)."
  type        = string
  default     = "all_storage_classes_128K"
  nullable    = false

  validation {
    condition     = contains(["all_storage_classes_128K", "varies_by_storage_class"], var.transition_default_minimum_object_size)
    error_message = "transition_default_minimum_object_size must be all_storage_classes_128K or varies_by_storage_class."
  }
}

variable "tags" {
  description = "Tags of every resource, beside those that the module sets."
  type        = map(string)
  default     = {}
  nullable    = false
}
