variable "environment" {
  description = "Deployment environment: dev, sit or prod."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["dev", "sit", "prod"], var.environment)
    error_message = "The environment must be dev, sit or prod."
  }
}

variable "name_prefix" {
  description = "First part of every resource name."
  type        = string
  default     = "jobwork-planner"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}$", var.name_prefix))
    error_message = "The name prefix must have 2 to 31 lower-case letters, digits and hyphens, and start with a letter."
  }
}

variable "destroy_allowed" {
  description = "Whether the tables may be deleted. Only the environment dev may allow it; without it DynamoDB refuses to delete or replace them."
  type        = bool
  default     = false
  nullable    = false
}

variable "point_in_time_recovery_enabled" {
  description = "Whether both tables have point-in-time recovery."
  type        = bool
  default     = true
  nullable    = false
}

variable "encryption" {
  description = "Who owns the key that encrypts the tables: AWS_OWNED, AWS_MANAGED or CUSTOMER_MANAGED."
  type        = string
  default     = "AWS_MANAGED"
  nullable    = false

  validation {
    condition     = contains(["AWS_OWNED", "AWS_MANAGED", "CUSTOMER_MANAGED"], var.encryption)
    error_message = "Encryption must be AWS_OWNED, AWS_MANAGED or CUSTOMER_MANAGED."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key of both tables; needed with CUSTOMER_MANAGED encryption."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of every resource, beside those that the module sets."
  type        = map(string)
  default     = {}
  nullable    = false
}
