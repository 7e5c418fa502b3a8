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

variable "region" {
  description = "AWS Region that everything is in."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]+$", var.region))
    error_message = "The region must be an AWS Region name."
  }
}

variable "service" {
  description = "Name of the service, such as contract-service."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]+(-[a-z]+)*-service$", var.service))
    error_message = "A service's name is lower-case words joined by hyphens, the last of them service."
  }
}

variable "tables" {
  description = "The tables that the service owns, and the ARNs of their indexes; it reaches no others."
  type = map(object({
    arn        = string
    index_arns = list(string)
  }))
  nullable = false

  validation {
    condition     = length(var.tables) > 0
    error_message = "A service owns at least one table."
  }
}

variable "kms_key_arn" {
  description = "ARN of the key that encrypts the tables."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:kms:", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a KMS key."
  }
}

variable "bucket_arns" {
  description = "ARNs of the buckets that the service keeps its objects in."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "parameter_arns" {
  description = "ARNs of the parameters that the service reads: its tables' and buckets' names, and what is shared."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.parameter_arns) > 0
    error_message = "A service reads at least the parameter with its table's name."
  }
}

variable "allow_scan" {
  description = "Whether the service may also Scan its tables and their indexes."
  type        = bool
  default     = false
  nullable    = false
}

variable "tags" {
  description = "Tags of every resource, beside those that the provider and the module set."
  type        = map(string)
  default     = {}
  nullable    = false
}
