variable "environment" {
  description = "Deployment environment: dev, staging or prod."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "The environment must be dev, staging or prod."
  }
}

variable "name_prefix" {
  description = "First part of every resource name, the tables' own excepted."
  type        = string
  default     = "mindlinks"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,15}$", var.name_prefix))
    error_message = "The name prefix must have 2 to 16 lower-case letters, digits and hyphens, and start with a letter."
  }
}

variable "account_id" {
  description = "Id of the AWS account that everything is in."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id has twelve digits."
  }
}

variable "tables" {
  description = "The tables by their name without the environment: the service that owns each, its keys, global secondary indexes and TTL attribute, and whether it may have a stream."
  type = map(object({
    service   = string
    hash_key  = string
    range_key = optional(string)
    key_types = optional(map(string), {})
    global_secondary_indexes = optional(map(object({
      hash_key           = string
      range_key          = optional(string)
      projection_type    = optional(string, "ALL")
      non_key_attributes = optional(set(string))
    })), {})
    ttl_attribute_name = optional(string)
    stream             = optional(bool, false)
  }))
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.tables) : can(regex("^[a-z]+(-[a-z]+)+$", name))])
    error_message = "A table's name is lower-case words joined by hyphens, the first of them its service or backend."
  }

  validation {
    condition     = alltrue([for table in values(var.tables) : endswith(table.service, "-service")])
    error_message = "The service that owns a table is named in full, such as auth-service."
  }
}

variable "streams_enabled" {
  description = "Whether the tables that may have a stream have one."
  type        = bool
  default     = false
  nullable    = false
}

variable "recovery_period_in_days" {
  description = "How far back every table can be restored to any second."
  type        = number
  default     = 35
  nullable    = false

  validation {
    condition     = var.recovery_period_in_days >= 1 && var.recovery_period_in_days <= 35
    error_message = "The recovery period must be 1 to 35 days."
  }
}

variable "deletion_protection_enabled" {
  description = "Whether DynamoDB refuses to delete the tables."
  type        = bool
  default     = true
  nullable    = false
}

variable "key_rotation_period_in_days" {
  description = "Days between two rotations of the key material."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition     = var.key_rotation_period_in_days >= 90 && var.key_rotation_period_in_days <= 2560
    error_message = "KMS rotates a key every 90 to 2560 days."
  }
}

variable "key_deletion_window_in_days" {
  description = "Days for which a key that is to be deleted can still be rescued."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.key_deletion_window_in_days >= 7 && var.key_deletion_window_in_days <= 30
    error_message = "KMS deletes a key after 7 to 30 days."
  }
}

variable "shared_service" {
  description = "Value of the tag Service on what belongs to no single service."
  type        = string
  default     = "shared"
  nullable    = false
}

variable "tags" {
  description = "Tags of every resource, beside those that the provider and the module set."
  type        = map(string)
  default     = {}
  nullable    = false
}
