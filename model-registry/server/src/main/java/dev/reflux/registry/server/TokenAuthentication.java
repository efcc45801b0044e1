package dev.reflux.registry.server;

import io.vertx.core.Future;
import io.vertx.ext.auth.User;
import io.vertx.ext.auth.authentication.AuthenticationProvider;
import io.vertx.ext.auth.authentication.Credentials;
import io.vertx.ext.auth.authentication.TokenCredentials;
import io.vertx.ext.auth.authorization.Authorization;
import io.vertx.ext.auth.authorization.RoleBasedAuthorization;
import io.vertx.ext.web.handler.HttpException;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/** Authenticates the bearer of a token and grants the roles that the token's role includes. */
final class TokenAuthentication implements AuthenticationProvider {

    private static final String ID = "tokens";
    private static final String HOLDER = "holder";
    private static final String SCHEME = "Bearer ";
    private static final int UNAUTHORIZED = 401;

    private final Tokens tokens;

    TokenAuthentication(Tokens tokens) {
        this.tokens = tokens;
    }

    /** Returns the token of an {@code Authorization} header. */
    static Future<String> tokenOf(String header) {
        return header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                ? Future.succeededFuture(header.substring(SCHEME.length()))
                : Future.failedFuture(new HttpException(UNAUTHORIZED));
    }

    /** Returns the holder of the token that authenticated a user. */
    static Tokens.Holder holderOf(User user) {
        return (Tokens.Holder) user.attributes().getValue(HOLDER);
    }

    @Override
    public Future<User> authenticate(Credentials credentials) {
        String token = ((TokenCredentials) credentials).getToken();
        return tokens.holder(token)
                .map(holder -> Future.succeededFuture(user(holder)))
                .orElseGet(() -> Future.failedFuture(new HttpException(UNAUTHORIZED)));
    }

    private static User user(Tokens.Holder holder) {
        User user = User.fromName(holder.name());
        user.attributes().put(HOLDER, holder);
        user.authorizations().put(ID, roles(holder.role()));
        return user;
    }

    private static Set<Authorization> roles(Role role) {
        return Arrays.stream(Role.values())
                .filter(role::includes)
                .map(included -> RoleBasedAuthorization.create(included.text()))
                .collect(Collectors.toSet());
    }
}
