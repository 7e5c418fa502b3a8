# What the services write into the items of each table: the patterns of the key attributes, and the types of the
# others, as DynamoDB names them. Terraform creates nothing from it; it is an output, for the data model.

locals {
  entity_key_patterns = {
    tenants = {
      PK    = "TENANT#{id}"
      SK    = "METADATA"
      email = "{email}"
    }

    users = {
      PK       = "USER#{id}"
      SK       = "METADATA"
      tenantId = "{tenantId}"
      email    = "{email}"
    }

    sites = {
      PK       = "SITE#{id}"
      SK       = "VERSION#{version}"
      tenantId = "{tenantId}"
    }

    generations = {
      PK        = "GEN#{id}"
      SK        = "METADATA"
      tenantId  = "{tenantId}"
      siteId    = "{siteId}"
      createdAt = "{createdAt}"
    }

    # A global template has no tenantId at all: an index key cannot be null.
    templates = {
      PK       = "TPL#{id}"
      SK       = "METADATA"
      tenantId = "{tenantId}"
    }

    partners = {
      PK           = "PARTNER#{id}"
      SK           = "METADATA"
      customDomain = "{customDomain}"
    }
  }

  entity_attribute_types = {
    tenants     = { organizationName = "S", status = "S", subscription = "M", branding = "M", createdAt = "S", active = "BOOL" }
    users       = { role = "S", teams = "L", invitedBy = "S", status = "S", active = "BOOL" }
    sites       = { name = "S", status = "S", html = "S", css = "S", brandScore = "N", deployedUrl = "S", createdBy = "S", active = "BOOL" }
    generations = { status = "S", prompt = "S", agentSessionId = "S", tokens = "M" }
    templates   = { name = "S", category = "S", thumbnail = "S", html = "S", active = "BOOL" }
    partners    = { name = "S", status = "S", subscription = "M", branding = "M", marketplaceId = "S", active = "BOOL" }
  }
}
