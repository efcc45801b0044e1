package dev.reflux.registry.server;

import io.vertx.ext.auth.authorization.RoleBasedAuthorization;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.APIKeyHandler;
import io.vertx.ext.web.handler.AuthenticationHandler;
import io.vertx.ext.web.handler.AuthorizationHandler;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.Operation;

/**
 * Access control: selects the operation of a request and refuses the request unless its token has the operation's role. It
 * precedes the reading of the body, so that a client without the role cannot make the server wait for one.
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

    /** Adds the routes that check the access to each operation. */
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
