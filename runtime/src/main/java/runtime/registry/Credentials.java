package runtime.registry;

/** How a user proves to a registry who they are. The text forms never show a secret. */
public sealed interface Credentials {

    /** A name and a password or access token (RFC 7617, and the token flow of the registries). */
    record Login(String username, String password) implements Credentials {
        @Override
        public String toString() {
            return "login of " + username;
        }
    }

    /** A refresh token of an authorization server, docker's {@code identitytoken}. */
    record IdentityToken(String token) implements Credentials {
        @Override
        public String toString() {
            return "identity token";
        }
    }
}
