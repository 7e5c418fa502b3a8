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
  description = "AWS Region of the user pool; it is part of the issuer."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]+$", var.region))
    error_message = "The region must be an AWS Region name."
  }
}

variable "deletion_protection_enabled" {
  description = "Whether Cognito refuses to delete the user pool."
  type        = bool
  default     = true
  nullable    = false
}

variable "self_sign_up_enabled" {
  description = "Whether people may register themselves; otherwise the invitation service creates the users."
  type        = bool
  default     = false
  nullable    = false
}

variable "mfa_configuration" {
  description = "Whether users need a second factor, an authenticator app: OFF, OPTIONAL or ON."
  type        = string
  default     = "ON"
  nullable    = false

  validation {
    condition     = contains(["OFF", "OPTIONAL", "ON"], var.mfa_configuration)
    error_message = "The MFA configuration must be OFF, OPTIONAL or ON."
  }
}

variable "password_minimum_length" {
  description = "Least number of characters of a password."
  type        = number
  default     = 12
  nullable    = false

  validation {
    condition     = var.password_minimum_length >= 8 && var.password_minimum_length <= 99
    error_message = "The minimum length of passwords must be 8 to 99."
  }
}

variable "access_token_validity_in_minutes" {
  description = "Minutes for which an access token and an identity token hold."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = var.access_token_validity_in_minutes >= 5 && var.access_token_validity_in_minutes <= 1440
    error_message = "Access tokens must hold for 5 minutes to one day (1440)."
  }
}

variable "refresh_token_validity_in_days" {
  description = "Days for which a refresh token holds."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.refresh_token_validity_in_days >= 1 && var.refresh_token_validity_in_days <= 3650
    error_message = "Refresh tokens must hold for 1 to 3650 days."
  }
}

variable "ses_identity_arn" {
  description = "ARN of the SES identity that sends the pool's mail; null for Cognito's own sender, which is limited to some 50 messages a day."
  type        = string
  default     = null

  validation {
    condition     = var.ses_identity_arn == null || can(regex("^arn:[a-z-]+:ses:", var.ses_identity_arn))
    error_message = "ses_identity_arn must be the ARN of an SES identity."
  }
}

variable "from_email_address" {
  description = "Sender of the pool's mail; null for the SES identity's own address."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of every resource, beside those that the module sets."
  type        = map(string)
  default     = {}
  nullable    = false
}
