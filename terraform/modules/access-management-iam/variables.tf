variable "environment" {
  description = "Deployment environment: dev, sit or prod."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["dev", "sit", "prod"], var.environment)
    error_message = "The environment must be dev, sit or prod."
  }
}

variable "project_name" {
  description = "First part of every resource name."
  type        = string
  default     = "bbws-access"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,19}$", var.project_name))
    error_message = "The project name must have 2 to 20 lower-case letters, digits and hyphens, and start with a letter."
  }
}

variable "region" {
  description = "AWS Region of the services and the audit bucket."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]+$", var.region))
    error_message = "The region must be an AWS Region name."
  }
}

variable "table_arn" {
  description = "ARN of the access management table in this Region."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:dynamodb:", var.table_arn))
    error_message = "table_arn must be an ARN of the service dynamodb."
  }
}

variable "gsi_arns" {
  description = "ARNs of the table's five indexes, by gsi1 to gsi5."
  type        = map(string)
  nullable    = false

  validation {
    condition     = length(setsubtract(["gsi1", "gsi2", "gsi3", "gsi4", "gsi5"], keys(var.gsi_arns))) == 0
    error_message = "gsi_arns must have the keys gsi1 to gsi5."
  }
}

variable "log_group_arns" {
  description = "ARNs of the functions' log groups, by service, without the trailing :*."
  type        = map(string)
  nullable    = false

  validation {
    condition     = length(setsubtract(["permission", "invitation", "team", "role", "authorizer", "audit"], keys(var.log_group_arns))) == 0
    error_message = "log_group_arns must have a key for each of permission, invitation, team, role, authorizer and audit."
  }
}

variable "audit_bucket_arn" {
  description = "ARN of the bucket that archives audit events."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:s3:", var.audit_bucket_arn))
    error_message = "audit_bucket_arn must be an ARN of the service s3."
  }
}

variable "audit_kms_key_arn" {
  description = "ARN of the KMS key that encrypts the bucket."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:kms:", var.audit_kms_key_arn))
    error_message = "audit_kms_key_arn must be an ARN of the service kms."
  }
}

variable "permissions_boundary_arn" {
  description = "ARN of the permissions boundary of all roles, or null."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary_arn == null || can(regex("^arn:[a-z-]+:iam::", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn must be the ARN of an IAM policy."
  }
}

variable "tags" {
  description = "Tags of every resource, beside those that the module sets."
  type        = map(string)
  default     = {}
  nullable    = false
}
