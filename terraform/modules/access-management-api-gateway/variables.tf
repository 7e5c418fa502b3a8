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

variable "api_name" {
  description = "Name of the REST API, which is the dimension ApiName of its metrics."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9 _.-]{1,100}$", var.api_name))
    error_message = "An API name has 1 to 100 letters, digits, blanks, underscores, full stops and hyphens."
  }
}

variable "stage_name" {
  description = "Name of the stage, which is the first part of every path."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9_-]{1,128}$", var.stage_name))
    error_message = "A stage name has 1 to 128 letters, digits, underscores and hyphens."
  }
}

variable "functions" {
  description = "The Lambda function of each service: its name, and the ARN by which API Gateway invokes it."
  type = map(object({
    function_name = string
    invoke_arn    = string
  }))
  nullable = false

  validation {
    condition     = length(setsubtract(["permission", "invitation", "team", "role", "authorizer", "audit"], keys(var.functions))) == 0
    error_message = "functions must have a key for each of permission, invitation, team, role, authorizer and audit."
  }

  validation {
    condition     = alltrue([for function in values(var.functions) : can(regex("^arn:[a-z-]+:apigateway:[a-z0-9-]+:lambda:path/2015-03-31/functions/.+/invocations$", function.invoke_arn))])
    error_message = "invoke_arn must be the invocation ARN of a function (attribute invoke_arn), not the function's ARN."
  }
}

variable "functions_deployed" {
  description = "Whether the functions exist. Before that the API can be created, but Lambda accepts no permission for it."
  type        = bool
  default     = true
  nullable    = false
}

variable "user_pool_arn" {
  description = "ARN of the Cognito user pool whose identity tokens the API accepts."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:cognito-idp:", var.user_pool_arn))
    error_message = "user_pool_arn must be an ARN of the service cognito-idp."
  }
}

variable "authorizer_result_ttl_in_seconds" {
  description = "Seconds for which an authorizer's answer is remembered; 0 asks every time, so that a permission that was taken away ends at once."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.authorizer_result_ttl_in_seconds >= 0 && var.authorizer_result_ttl_in_seconds <= 3600
    error_message = "authorizer_result_ttl_in_seconds must be 0 to 3600."
  }
}

variable "integration_timeout_in_milliseconds" {
  description = "How long API Gateway waits for a function."
  type        = number
  default     = 29000
  nullable    = false

  validation {
    condition     = var.integration_timeout_in_milliseconds >= 50 && var.integration_timeout_in_milliseconds <= 29000
    error_message = "integration_timeout_in_milliseconds must be 50 to 29000."
  }
}

variable "throttling" {
  description = "Requests per second that the stage takes, and how many at once on top."
  type = object({
    rate_limit  = number
    burst_limit = number
  })
  default = {
    rate_limit  = 100
    burst_limit = 200
  }
  nullable = false

  validation {
    condition     = var.throttling.rate_limit > 0 && var.throttling.burst_limit > 0
    error_message = "The limits must be above 0: 0 refuses every request, and -1 switches throttling off."
  }
}

variable "access_log_group_arn" {
  description = "ARN of the log group for access logs, without the trailing :*."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:logs:", var.access_log_group_arn))
    error_message = "access_log_group_arn must be an ARN of the service logs."
  }
}

variable "execution_logging_level" {
  description = "What API Gateway logs of its own work: OFF, ERROR or INFO."
  type        = string
  default     = "ERROR"
  nullable    = false

  validation {
    condition     = contains(["OFF", "ERROR", "INFO"], var.execution_logging_level)
    error_message = "The execution logging level must be OFF, ERROR or INFO."
  }
}

variable "manage_account_logging_role" {
  description = "Whether this configuration owns the role with which API Gateway writes logs, a setting of the whole account in the Region."
  type        = bool
  default     = false
  nullable    = false
}

variable "xray_tracing_enabled" {
  description = "Whether requests are traced with X-Ray."
  type        = bool
  default     = true
  nullable    = false
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
