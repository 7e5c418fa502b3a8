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

variable "tables" {
  description = "The tables to watch: name, owning service and names of the global secondary indexes."
  type = map(object({
    name        = string
    service     = string
    index_names = list(string)
  }))
  nullable = false

  validation {
    condition     = alltrue([for table in values(var.tables) : length(table.index_names) <= 9])
    error_message = "An alarm has at most ten metrics: those of the table and of nine indexes."
  }
}

variable "operations" {
  description = "Operations whose throttled requests and system errors are counted: those that the services use. CloudWatch charges for each, on every table."
  type        = set(string)
  nullable    = false

  default = [
    "BatchGetItem",
    "BatchWriteItem",
    "DeleteItem",
    "GetItem",
    "PutItem",
    "Query",
    "TransactWriteItems",
    "UpdateItem",
  ]

  validation {
    condition     = length(var.operations) >= 1 && length(var.operations) <= 10
    error_message = "An alarm has at most ten metrics, and needs one."
  }

  validation {
    condition     = alltrue([for operation in var.operations : can(regex("^[A-Z][A-Za-z]+$", operation))])
    error_message = "An operation is the name of a DynamoDB API action, such as GetItem."
  }
}

variable "throttling_threshold" {
  description = "Throttled requests, or events, in one period above which a period counts as bad."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.throttling_threshold >= 0
    error_message = "A threshold cannot be negative."
  }
}

variable "system_errors_threshold" {
  description = "System errors in one period above which a period counts as bad."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.system_errors_threshold >= 0
    error_message = "A threshold cannot be negative."
  }
}

variable "period" {
  description = "Length of a period in seconds."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = var.period >= 60 && var.period % 60 == 0
    error_message = "DynamoDB publishes these metrics once a minute: the period is a multiple of 60 seconds."
  }
}

variable "evaluation_periods" {
  description = "Bad periods in a row after which an alarm goes off."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = var.evaluation_periods >= 1
    error_message = "An alarm evaluates at least one period."
  }
}

variable "alert_emails" {
  description = "E-mail addresses that alarms are sent to; each has to confirm its subscription."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for address in var.alert_emails : can(regex("^[^@ ]+@[^@ ]+$", address))])
    error_message = "An e-mail address has one @ and no spaces."
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
