variable "name" {
  description = "Table name, complete with prefix and environment."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9_.-]{3,255}$", var.name))
    error_message = "The table name must have 3 to 255 characters out of a-z, A-Z, 0-9, underscore, full stop and hyphen."
  }
}

# --- keys and indexes ---------------------------------------------------------

variable "hash_key" {
  description = "Attribute that is the table's partition key."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.hash_key) > 0
    error_message = "The partition key must name an attribute."
  }
}

variable "range_key" {
  description = "Attribute that is the table's sort key; null for a table without one."
  type        = string
  default     = null
}

variable "key_types" {
  description = "Types (S, N or B) of the key attributes of the table and its indexes, by attribute name. A key attribute that is not listed is a string."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for type in values(var.key_types) : contains(["S", "N", "B"], type)])
    error_message = "A key attribute is a string (S), a number (N) or binary (B)."
  }
}

variable "global_secondary_indexes" {
  description = "Global secondary indexes by index name. The capacities apply to PROVISIONED tables only."
  type = map(object({
    hash_key           = string
    range_key          = optional(string)
    projection_type    = optional(string, "ALL")
    non_key_attributes = optional(set(string))
    read_capacity      = optional(number)
    write_capacity     = optional(number)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = length(var.global_secondary_indexes) <= 20
    error_message = "A table has at most 20 global secondary indexes."
  }

  validation {
    condition     = alltrue([for name in keys(var.global_secondary_indexes) : can(regex("^[a-zA-Z0-9_.-]{3,255}$", name))])
    error_message = "An index name must have 3 to 255 characters out of a-z, A-Z, 0-9, underscore, full stop and hyphen."
  }

  validation {
    condition     = alltrue([for index in values(var.global_secondary_indexes) : index.hash_key != index.range_key])
    error_message = "The partition key and the sort key of an index must be two attributes."
  }

  validation {
    condition     = alltrue([for index in values(var.global_secondary_indexes) : contains(["ALL", "KEYS_ONLY", "INCLUDE"], index.projection_type)])
    error_message = "The projection type must be ALL, KEYS_ONLY or INCLUDE."
  }

  validation {
    condition     = alltrue([for index in values(var.global_secondary_indexes) : (index.projection_type == "INCLUDE") == (try(length(index.non_key_attributes), 0) > 0)])
    error_message = "INCLUDE needs non_key_attributes, and no other projection type accepts them."
  }
}

variable "local_secondary_indexes" {
  description = "Local secondary indexes by index name; the partition key is the table's. They can only be set when the table is created."
  type = map(object({
    range_key          = string
    projection_type    = optional(string, "ALL")
    non_key_attributes = optional(list(string))
  }))
  default  = {}
  nullable = false

  validation {
    condition     = length(var.local_secondary_indexes) <= 5
    error_message = "A table has at most 5 local secondary indexes."
  }

  validation {
    condition     = alltrue([for name in keys(var.local_secondary_indexes) : can(regex("^[a-zA-Z0-9_.-]{3,255}$", name))])
    error_message = "An index name must have 3 to 255 characters out of a-z, A-Z, 0-9, underscore, full stop and hyphen."
  }

  validation {
    condition     = alltrue([for index in values(var.local_secondary_indexes) : contains(["ALL", "KEYS_ONLY", "INCLUDE"], index.projection_type)])
    error_message = "The projection type must be ALL, KEYS_ONLY or INCLUDE."
  }

  validation {
    condition     = alltrue([for index in values(var.local_secondary_indexes) : (index.projection_type == "INCLUDE") == (try(length(index.non_key_attributes), 0) > 0)])
    error_message = "INCLUDE needs non_key_attributes, and no other projection type accepts them."
  }
}

# --- billing ------------------------------------------------------------------

variable "billing_mode" {
  description = "PAY_PER_REQUEST (on demand) or PROVISIONED."
  type        = string
  default     = "PAY_PER_REQUEST"
  nullable    = false

  validation {
    condition     = contains(["PAY_PER_REQUEST", "PROVISIONED"], var.billing_mode)
    error_message = "The billing mode must be PAY_PER_REQUEST or PROVISIONED."
  }
}

variable "read_capacity" {
  description = "Read capacity units of a PROVISIONED table."
  type        = number
  default     = null
}

variable "write_capacity" {
  description = "Write capacity units of a PROVISIONED table."
  type        = number
  default     = null
}

variable "table_class" {
  description = "STANDARD or STANDARD_INFREQUENT_ACCESS."
  type        = string
  default     = "STANDARD"
  nullable    = false

  validation {
    condition     = contains(["STANDARD", "STANDARD_INFREQUENT_ACCESS"], var.table_class)
    error_message = "The table class must be STANDARD or STANDARD_INFREQUENT_ACCESS."
  }
}

# --- item lifetime and change data capture ------------------------------------

variable "ttl_enabled" {
  description = "Whether items expire at the time that the TTL attribute holds."
  type        = bool
  default     = false
  nullable    = false
}

variable "ttl_attribute_name" {
  description = "Attribute that holds the expiry time in epoch seconds; needed when ttl_enabled is true."
  type        = string
  default     = null
}

variable "stream_enabled" {
  description = "Whether the table has a stream."
  type        = bool
  default     = false
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

# --- durability and encryption ------------------------------------------------

variable "point_in_time_recovery_enabled" {
  description = "Whether the table can be restored to any second of the recovery period."
  type        = bool
  default     = true
  nullable    = false
}

variable "recovery_period_in_days" {
  description = "Length of the recovery period; used when point_in_time_recovery_enabled is true."
  type        = number
  default     = 35
  nullable    = false

  validation {
    condition     = var.recovery_period_in_days >= 1 && var.recovery_period_in_days <= 35
    error_message = "The recovery period must be 1 to 35 days."
  }
}

variable "deletion_protection_enabled" {
  description = "Whether DynamoDB refuses to delete the table."
  type        = bool
  default     = true
  nullable    = false
}

variable "encryption" {
  description = "Who owns the key that encrypts the table: AWS_OWNED, AWS_MANAGED (aws/dynamodb) or CUSTOMER_MANAGED (kms_key_arn)."
  type        = string
  default     = "AWS_MANAGED"
  nullable    = false

  validation {
    condition     = contains(["AWS_OWNED", "AWS_MANAGED", "CUSTOMER_MANAGED"], var.encryption)
    error_message = "Encryption must be AWS_OWNED, AWS_MANAGED or CUSTOMER_MANAGED."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key of a table with CUSTOMER_MANAGED encryption. May be unknown until apply."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a KMS key; key ids and alias names are not accepted."
  }
}

variable "replicas" {
  description = "Replicas of a global table by Region name. kms_key_arn is a key of the replica's own Region and is needed with CUSTOMER_MANAGED encryption."
  type = map(object({
    kms_key_arn            = optional(string)
    point_in_time_recovery = optional(bool, true)
    propagate_tags         = optional(bool, true)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for region in keys(var.replicas) : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]+$", region))])
    error_message = "The keys of replicas must be AWS Region names."
  }
}

# --- tags ---------------------------------------------------------------------

variable "tags" {
  description = "Tags of the table; the tag Name is added by the module."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for key in keys(var.tags) : !startswith(lower(key), "aws:")])
    error_message = "Tag keys that start with aws: are reserved."
  }
}
