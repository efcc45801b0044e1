package dev.reflux.registry.server;

import io.vertx.ext.auth.authorization.RoleBasedAuthorization;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.APIKeyHandler;
import io.vertx.ext.web.handler.AuthenticationHandler;
import io.vertx.ext.web.handler.AuthorizationHandler;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.Operation;

/**
 * Selects the operation of a request, and lets the request pass when its token has the role that the contract demands. It
 * stands before the router of the contract, so that nobody without a role can make the server wait for a body.
 */
final class Access {

    private static final String PATH_PARAMETER = "\\{(\\w+)}";

    private final OpenAPIContract contract;
    private final AuthenticationHandler authentication;

    Access(OpenAPIContract contract, Tokens tokens) {
        this.contract = contract;
        this.authentication = APIKeyHandler.create(new TokenAuthentication(tokens))
                .header("Authorization")
                .tokenExtractor(TokenAuthentication::tokenOf);
    }

    /** Adds a route for each operation. */
    void addTo(Router router) {
        for (Operation operation : contract.operations()) {
            String path = operation.getOpenAPIPath().replaceAll(PATH_PARAMETER, ":$1");
            router.route(operation.getHttpMethod(), path).handler(at -> {
                ApiRequest.select(at, operation);
                at.next();
            });
            ApiContract.role(operation).ifPresent(role -> router.route(operation.getHttpMethod(), path)
                    .handler(authentication)
                    .handler(AuthorizationHandler.create(RoleBasedAuthorization.create(role.text()))));
        }
    }
}
