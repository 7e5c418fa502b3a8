resource "aws_cognito_user_pool" "this" {
  name                     = local.user_pool_name
  deletion_protection      = var.deletion_protection_enabled ? "ACTIVE" : "INACTIVE"
  mfa_configuration        = var.mfa_configuration
  username_attributes      = ["email"]
  auto_verified_attributes = ["email"]

  username_configuration {
    case_sensitive = false
  }

  # Who may join is decided by an invitation, not by whoever finds the pool.
  admin_create_user_config {
    allow_admin_create_user_only = !var.self_sign_up_enabled
  }

  password_policy {
    minimum_length                   = var.password_minimum_length
    require_lowercase                = true
    require_numbers                  = true
    require_symbols                  = true
    require_uppercase                = true
    temporary_password_validity_days = 7
  }

  dynamic "software_token_mfa_configuration" {
    for_each = var.mfa_configuration == "OFF" ? [] : [true]

    content {
      enabled = software_token_mfa_configuration.value
    }
  }

  account_recovery_setting {
    recovery_mechanism {
      name     = "verified_email"
      priority = 1
    }
  }

  # The old address counts until the new one is verified.
  user_attribute_update_settings {
    attributes_require_verification_before_update = ["email"]
  }

  email_configuration {
    email_sending_account = var.ses_identity_arn == null ? "COGNITO_DEFAULT" : "DEVELOPER"
    source_arn            = var.ses_identity_arn
    from_email_address    = var.from_email_address
  }

  tags = merge(
    local.common_tags,
    {
      Name = local.user_pool_name
    },
  )

  lifecycle {
    precondition {
      condition     = var.ses_identity_arn != null || var.from_email_address == null
      error_message = "from_email_address needs ses_identity_arn: Cognito's own sender has a fixed address."
    }
  }
}

# A public client: a browser or an app cannot keep a secret.
resource "aws_cognito_user_pool_client" "this" {
  name         = local.client_name
  user_pool_id = aws_cognito_user_pool.this.id

  generate_secret               = false
  explicit_auth_flows           = ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
  supported_identity_providers  = ["COGNITO"]
  prevent_user_existence_errors = "ENABLED"
  enable_token_revocation       = true

  access_token_validity  = var.access_token_validity_in_minutes
  id_token_validity      = var.access_token_validity_in_minutes
  refresh_token_validity = var.refresh_token_validity_in_days

  token_validity_units {
    access_token  = "minutes"
    id_token      = "minutes"
    refresh_token = "days"
  }
}
