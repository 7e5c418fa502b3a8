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

variable "account_id" {
  description = "AWS account of the alarms and topics."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id has twelve digits."
  }
}

variable "region" {
  description = "AWS Region of the alarms and of what they watch."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]+$", var.region))
    error_message = "The region must be an AWS Region name."
  }
}

variable "function_names" {
  description = "Names of the Lambda functions, by service."
  type        = map(string)
  nullable    = false

  validation {
    condition     = contains(keys(var.function_names), "audit")
    error_message = "function_names must have the key audit, whose function archives audit events."
  }
}

variable "api_name" {
  description = "Name of the REST API."
  type        = string
  nullable    = false
}

variable "api_stage_name" {
  description = "Name of the API's stage."
  type        = string
  nullable    = false
}

variable "table_name" {
  description = "Name of the access management table."
  type        = string
  nullable    = false
}

variable "gsi_names" {
  description = "Names of the table's indexes, by gsi1 to gsi5."
  type        = map(string)
  nullable    = false
}

variable "table_operations" {
  description = "Operations that the services perform on the table, as the dimension Operation names them."
  type        = set(string)
  default     = ["GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "TransactGetItems", "TransactWriteItems"]
  nullable    = false

  validation {
    condition = length(setsubtract(var.table_operations, [
      "GetItem", "BatchGetItem", "Query", "Scan", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem",
      "TransactGetItems", "TransactWriteItems",
    ])) == 0
    error_message = "table_operations must be names of item operations, such as GetItem or TransactWriteItems."
  }
}

variable "replica_regions" {
  description = "Regions with a replica of the table."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "audit_replication" {
  description = "Buckets and rule of the replication of the audit bucket; null without replication."
  type = object({
    source_bucket      = string
    destination_bucket = string
    rule_id            = string
  })
  default = null
}

variable "alert_email_addresses" {
  description = "Who is told, by severity (critical, warning); each address has to confirm its subscription."
  type        = map(set(string))
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.alert_email_addresses), ["critical", "warning"])) == 0
    error_message = "The keys of alert_email_addresses must be critical and warning."
  }

  validation {
    condition     = alltrue([for address in flatten([for addresses in values(var.alert_email_addresses) : tolist(addresses)]) : can(regex("^[^@ ]+@[^@ ]+$", address))])
    error_message = "alert_email_addresses must hold e-mail addresses."
  }
}

variable "thresholds" {
  description = "When the alarms go off. Counts are per five minutes; api_client_error_share is a share of all requests, 0 to 1."
  type = object({
    function_errors                           = optional(number, 1)
    function_throttles                        = optional(number, 1)
    function_duration_p95_in_milliseconds     = optional(number, 3000)
    archive_lag_in_milliseconds               = optional(number, 3600000)
    api_server_errors                         = optional(number, 5)
    api_client_error_share                    = optional(number, 0.25)
    api_latency_p95_in_milliseconds           = optional(number, 3000)
    table_throttled_requests                  = optional(number, 1)
    table_system_errors                       = optional(number, 1)
    table_replication_latency_in_milliseconds = optional(number, 60000)
    account_user_errors                       = optional(number, 50)
    audit_replication_latency_in_seconds      = optional(number, 900)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for threshold in values(var.thresholds) : threshold > 0])
    error_message = "Every threshold must be above 0, or its alarm would always be on."
  }

  validation {
    condition     = var.thresholds.api_client_error_share < 1
    error_message = "api_client_error_share must be below 1: a share cannot exceed 1."
  }

  validation {
    condition     = var.thresholds.archive_lag_in_milliseconds < 86400000
    error_message = "archive_lag_in_milliseconds must be below 24 hours: the stream keeps nothing older."
  }
}

variable "log_retention_in_days" {
  description = "Days for which logs are kept."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_in_days)
    error_message = "log_retention_in_days must be one of the periods that CloudWatch Logs accepts."
  }
}

variable "tags" {
  description = "Tags of every resource, beside those that the module sets."
  type        = map(string)
  default     = {}
  nullable    = false
}
