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

variable "service" {
  description = "Name of the service, such as contract-service."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]+(-[a-z]+)*-service$", var.service))
    error_message = "A service's name is lower-case words joined by hyphens, the last of them service."
  }
}

variable "purpose" {
  description = "What the bucket holds, such as contract-pdfs; part of its name."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]+(-[a-z]+)*$", var.purpose)) && length(var.purpose) <= 20
    error_message = "The purpose has at most 20 characters: lower-case words joined by hyphens."
  }
}

variable "noncurrent_version_days" {
  description = "Days for which an overwritten or deleted object can be brought back."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.noncurrent_version_days >= 1
    error_message = "Old versions are kept for at least one day."
  }
}

variable "force_destroy" {
  description = "Whether the bucket may be destroyed with objects in it."
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
