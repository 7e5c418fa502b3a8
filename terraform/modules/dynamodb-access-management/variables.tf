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
    condition     = can(regex("^[a-z0-9-]+$", var.project_name))
    error_message = "The project name must consist of lower-case letters, digits and hyphens."
  }
}

variable "enable_pitr" {
  description = "Whether the table and its replicas have point-in-time recovery."
  type        = bool
  default     = true
  nullable    = false
}

variable "enable_server_side_encryption" {
  description = "Whether the table is encrypted under the AWS managed key aws/dynamodb instead of a key that AWS owns."
  type        = bool
  default     = true
  nullable    = false
}

variable "enable_deletion_protection" {
  description = "Whether DynamoDB refuses to delete the table."
  type        = bool
  default     = true
  nullable    = false
}

variable "enable_global_tables" {
  description = "Whether the table is replicated to replica_regions."
  type        = bool
  default     = false
  nullable    = false
}

variable "replica_regions" {
  description = "Regions that hold a replica; used when enable_global_tables is true."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for region in var.replica_regions : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]+$", region))])
    error_message = "The replica regions must be AWS Region names."
  }
}

variable "stream_enabled" {
  description = "Whether the table has a stream; audit archiving and replication need one."
  type        = bool
  default     = true
  nullable    = false
}

variable "stream_view_type" {
  description = "What a stream record holds; used when stream_enabled is true."
  type        = string
  default     = "NEW_AND_OLD_IMAGES"
  nullable    = false

  validation {
    condition     = contains(["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"], var.stream_view_type)
    error_message = "The stream view type must be KEYS_ONLY, NEW_IMAGE, OLD_IMAGE or NEW_AND_OLD_IMAGES."
  }
}

variable "allow_scan" {
  description = "Whether the Lambda policy also allows Scan on the table and its indexes."
  type        = bool
  default     = false
  nullable    = false
}

variable "tags" {
  description = "Tags of every resource, beside those that the module sets."
  type        = map(string)
  default     = {}
  nullable    = false
}
