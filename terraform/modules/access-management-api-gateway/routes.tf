# The API of access management: which service answers which path and methods. The paths follow the entities
# of the table; a platform entity stands at the root, one of an organisation below its organisation.
#
# `authorizer` is "lambda" (the authorizer service decides by the caller's permissions) or "cognito" (a valid
# identity token of the user pool is enough).

locals {
  routes = {
    # --- permission service ---
    "/permissions"                                                      = { service = "permission", methods = ["GET", "POST"], authorizer = "lambda" }
    "/permissions/{permissionId}"                                       = { service = "permission", methods = ["GET", "PUT", "DELETE"], authorizer = "lambda" }
    "/permission-sets"                                                  = { service = "permission", methods = ["GET", "POST"], authorizer = "lambda" }
    "/permission-sets/{permissionSetId}"                                = { service = "permission", methods = ["GET", "PUT", "DELETE"], authorizer = "lambda" }
    "/organisations/{organisationId}/permission-sets"                   = { service = "permission", methods = ["GET", "POST"], authorizer = "lambda" }
    "/organisations/{organisationId}/permission-sets/{permissionSetId}" = { service = "permission", methods = ["GET", "PUT", "DELETE"], authorizer = "lambda" }

    # --- invitation service ---
    "/organisations/{organisationId}/invitations"                = { service = "invitation", methods = ["GET", "POST"], authorizer = "lambda" }
    "/organisations/{organisationId}/invitations/{invitationId}" = { service = "invitation", methods = ["GET", "PUT", "DELETE"], authorizer = "lambda" }

    # Who accepts an invitation has an identity, and no permission yet.
    "/invitations/{token}" = { service = "invitation", methods = ["GET", "POST"], authorizer = "cognito" }

    # --- team service ---
    "/organisations/{organisationId}/teams"                           = { service = "team", methods = ["GET", "POST"], authorizer = "lambda" }
    "/organisations/{organisationId}/teams/{teamId}"                  = { service = "team", methods = ["GET", "PUT", "DELETE"], authorizer = "lambda" }
    "/organisations/{organisationId}/teams/{teamId}/members"          = { service = "team", methods = ["GET", "POST"], authorizer = "lambda" }
    "/organisations/{organisationId}/teams/{teamId}/members/{userId}" = { service = "team", methods = ["GET", "PUT", "DELETE"], authorizer = "lambda" }
    "/organisations/{organisationId}/team-roles"                      = { service = "team", methods = ["GET", "POST"], authorizer = "lambda" }
    "/organisations/{organisationId}/team-roles/{teamRoleId}"         = { service = "team", methods = ["GET", "PUT", "DELETE"], authorizer = "lambda" }
    "/users/{userId}/teams"                                           = { service = "team", methods = ["GET"], authorizer = "lambda" }

    # --- role service ---
    "/roles"                                                        = { service = "role", methods = ["GET", "POST"], authorizer = "lambda" }
    "/roles/{roleId}"                                               = { service = "role", methods = ["GET", "PUT", "DELETE"], authorizer = "lambda" }
    "/organisations/{organisationId}/roles"                         = { service = "role", methods = ["GET", "POST"], authorizer = "lambda" }
    "/organisations/{organisationId}/roles/{roleId}"                = { service = "role", methods = ["GET", "PUT", "DELETE"], authorizer = "lambda" }
    "/organisations/{organisationId}/users/{userId}/roles"          = { service = "role", methods = ["GET", "POST"], authorizer = "lambda" }
    "/organisations/{organisationId}/users/{userId}/roles/{roleId}" = { service = "role", methods = ["DELETE"], authorizer = "lambda" }

    # --- audit service: events are added by the services, and never through the API ---
    "/organisations/{organisationId}/audit-events" = { service = "audit", methods = ["GET"], authorizer = "lambda" }
    "/users/{userId}/audit-events"                 = { service = "audit", methods = ["GET"], authorizer = "lambda" }
  }

  # One entry per method, such as "GET /roles/{roleId}".
  methods = merge([
    for path, route in local.routes : {
      for method in route.methods : "${method} ${path}" => {
        path       = path
        method     = method
        service    = route.service
        authorizer = route.authorizer
        parameters = [for parameter in regexall("\\{([^}]+)\\}", path) : parameter[0]]
      }
    }
  ]...)
}
