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
