variable "environment" {
  description = "Deployment environment: dev, sit or prod."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["dev", "sit", "prod"], var.environment)
    error_message = "The environment must be dev, sit or prod."
  }
}

variable "region" {
  description = "AWS Region of the table."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]+$", var.region))
    error_message = "The region must be an AWS Region name."
  }
}

variable "pitr_enabled" {
  description = "Whether the table and its replica have point-in-time recovery."
  type        = bool
  nullable    = false
}

variable "deletion_protection_enabled" {
  description = "Whether DynamoDB refuses to delete the table."
  type        = bool
  nullable    = false
}

variable "cross_region_replication" {
  description = "Whether the table has a replica in failover_region."
  type        = bool
  nullable    = false
}

variable "failover_region" {
  description = "AWS Region of the replica; null without replication."
  type        = string
  default     = null

  validation {
    condition     = var.failover_region == null || can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]+$", var.failover_region))
    error_message = "The failover region must be an AWS Region name."
  }
}

variable "tags" {
  description = "Tags of every resource, beside those that the provider and the module set."
  type        = map(string)
  nullable    = false
}

variable "project_name" {
  description = "First part of every resource name."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,19}$", var.project_name))
    error_message = "The project name must have 2 to 20 lower-case letters, digits and hyphens, and start with a letter."
  }
}

variable "account_id" {
  description = "AWS account of this environment. Every environment has one of its own."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id has twelve digits."
  }
}

variable "mfa_configuration" {
  description = "Whether users need a second factor: OFF, OPTIONAL or ON."
  type        = string
  nullable    = false
}

variable "log_retention_in_days" {
  description = "Days for which the logs of the functions and the API are kept."
  type        = number
  nullable    = false
}

variable "audit_tiers" {
  description = "Days after which audit objects move to the warm and to the cold tier."
  type = object({
    warm_after_days = number
    cold_after_days = number
  })
  nullable = false
}

variable "audit_retention_in_days" {
  description = "Days after which audit objects are deleted; null keeps them for ever."
  type        = number
  default     = null
}

variable "api_throttling" {
  description = "Requests per second that the API takes, and how many at once on top."
  type = object({
    rate_limit  = number
    burst_limit = number
  })
  nullable = false
}

variable "manage_account_logging_role" {
  description = "Whether this root owns the role with which API Gateway writes logs in this account and Region."
  type        = bool
  nullable    = false
}

variable "functions_deployed" {
  description = "Whether the services' functions exist; false for the first apply, which comes before them."
  type        = bool
  default     = true
  nullable    = false
}

variable "permissions_boundary_arn" {
  description = "ARN of the permissions boundary of the services' roles, or null."
  type        = string
  default     = null
}

variable "alert_email_addresses" {
  description = "Who is told of alarms, by severity (critical, warning)."
  type        = map(set(string))
  default     = {}
  nullable    = false
}
