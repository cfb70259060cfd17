package runtime.registry;

import static runtime.image.ImageFormatException.shown;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import runtime.image.ImageFormatException;
import runtime.image.JsonFields;
import runtime.registry.RegistryException.Reason;

/**
 * Answers a registry's 401: with the login itself (Basic), or with a token fetched from the
 * authorization server it names (distribution "Token Authentication Specification" and
 * "OAuth2"). Keeps what worked for the next requests. Safe for several threads.
 */
final class Authenticator {
    private static final int TOKEN_REPLY_LIMIT_BYTES = 1 << 20;
    private static final String CLIENT = "jctl";

    private final Endpoint endpoint;
    private final Optional<Credentials> credentials;
    private final List<String> scopes;
    private final RegistrySettings settings;
    private final Transport transport;
    private final Failures failures;
    private Optional<String> header = Optional.empty();

    Authenticator(Endpoint endpoint, Optional<Credentials> credentials, List<String> scopes,
            RegistrySettings settings, Transport transport, Failures failures) {
        this.endpoint = endpoint;
        this.credentials = credentials;
        this.scopes = List.copyOf(scopes);
        this.settings = settings;
        this.transport = transport;
        this.failures = failures;
    }

    /** What to send along; empty before the first challenge. */
    synchronized Optional<String> header() {
        return header;
    }

    /**
     * Reacts to a refusal of a request that carried {@code used}.
     *
     * @return false if there is no answer to these challenges
     */
    synchronized boolean answer(List<Challenge> challenges, Optional<String> used)
            throws RegistryException, Setback, InterruptedException {
        if (!header.equals(used)) {
            // Another thread got a new token meanwhile.
            return true;
        }
        for (Challenge challenge : challenges) {
            if (challenge.scheme().equals("bearer") && challenge.parameter("realm").isPresent()) {
                header = Optional.of("Bearer " + fetchToken(challenge));
                return true;
            }
        }
        for (Challenge challenge : challenges) {
            Optional<String> basic = basic();
            if (challenge.scheme().equals("basic") && basic.isPresent() && !basic.equals(used)) {
                header = basic;
                return true;
            }
        }
        return false;
    }

    private Optional<String> basic() {
        if (credentials.orElse(null) instanceof Credentials.Login login) {
            byte[] pair = (login.username() + ":" + login.password())
                    .getBytes(StandardCharsets.UTF_8);
            return Optional.of("Basic " + Base64.getEncoder().encodeToString(pair));
        }
        return Optional.empty();
    }

    private String fetchToken(Challenge challenge)
            throws RegistryException, Setback, InterruptedException {
        URI realm = realm(challenge.parameter("realm").orElseThrow());
        Optional<String> service = challenge.parameter("service");
        Optional<String> authorization = Optional.empty();
        Query query;
        if (credentials.orElse(null) instanceof Credentials.IdentityToken identity) {
            query = refresh(realm, service, identity);
        } else {
            query = Query.get(ask(realm, service));
            authorization = basic();
        }
        try (Reply reply = transport.send(query, authorization)) {
            if (!reply.isSuccess()) {
                throw refused(reply);
            }
            byte[] body = reply.readBody(TOKEN_REPLY_LIMIT_BYTES).orElseThrow(
                    () -> failures.failure(Reason.INVALID, "the token of "
                            + realm.getRawAuthority() + " is larger than "
                            + TOKEN_REPLY_LIMIT_BYTES + " bytes"));
            return token(realm, body);
        } catch (IOException e) {
            RegistryException failure = failures.of(e, realm);
            if (Failures.mayPass(e, true)) {
                throw new Setback(failure, Optional.empty());
            }
            throw failure;
        }
    }

    // GET realm?service=…&scope=…: the login goes along as Basic, or nothing does.
    private URI ask(URI realm, Optional<String> service) {
        StringBuilder query = new StringBuilder();
        service.ifPresent(name -> query.append("&service=").append(encode(name)));
        scopes.forEach(scope -> query.append("&scope=").append(encode(scope)));
        if (credentials.orElse(null) instanceof Credentials.Login login) {
            query.append("&account=").append(encode(login.username()));
        }
        query.append("&client_id=").append(CLIENT);
        String separator = realm.getRawQuery() == null ? "?" : "&";
        return URI.create(realm + separator + query.substring(1));
    }

    private Query refresh(URI realm, Optional<String> service, Credentials.IdentityToken identity) {
        String form = "grant_type=refresh_token&client_id=" + CLIENT
                + "&refresh_token=" + encode(identity.token())
                + service.map(name -> "&service=" + encode(name)).orElse("")
                + "&scope=" + scopes.stream().map(Authenticator::encode)
                        .collect(Collectors.joining("+"));
        return Query.withBody("POST", realm, "application/x-www-form-urlencoded",
                form.getBytes(StandardCharsets.UTF_8));
    }

    private URI realm(String text) throws RegistryException {
        URI realm;
        try {
            realm = new URI(text);
        } catch (URISyntaxException e) {
            throw badRealm(text, "is not an address");
        }
        String scheme = String.valueOf(realm.getScheme());
        boolean plain = scheme.equalsIgnoreCase("http");
        if (!plain && !scheme.equalsIgnoreCase("https") || realm.getHost() == null
                || realm.getRawUserInfo() != null || realm.getRawFragment() != null) {
            throw badRealm(text, "is not an http address");
        }
        if (plain && credentials.isPresent()
                && endpoint.base().getScheme().equals("https")
                && !Endpoint.isRelaxed(realm.getRawAuthority(), settings)) {
            throw badRealm(text, "would send your login over plain HTTP");
        }
        return realm;
    }

    private String token(URI realm, byte[] body) throws RegistryException {
        try {
            JsonFields fields = JsonFields.read("token", body);
            Optional<String> token = fields.optionalText("token").filter(t -> !t.isEmpty());
            if (token.isEmpty()) {
                token = fields.optionalText("access_token").filter(t -> !t.isEmpty());
            }
            if (token.isEmpty()) {
                throw fields.missing("token");
            }
            // RFC 6750 §2.1: b64token; anything else could smuggle in a header of its own.
            if (!token.get().chars().allMatch(c -> c > ' ' && c < 0x7f)) {
                throw fields.invalid("token", "holds characters that no token has");
            }
            return token.get();
        } catch (ImageFormatException e) {
            throw failures.failure(Reason.INVALID, "the authorization server "
                    + realm.getRawAuthority() + " sent no usable token: " + e.getMessage(), e);
        }
    }

    private RegistryException refused(Reply reply) throws Setback {
        RegistryException failure = failures.refused(reply, "such token service");
        return switch (failure.reason()) {
            case INVALID, NOT_FOUND -> failures.failure(
                    credentials.isPresent() ? Reason.UNAUTHORIZED : Reason.INVALID,
                    "the authorization server " + reply.uri().getRawAuthority()
                    + " gave no token: status " + reply.status());
            case UNREACHABLE, TLS, UNAUTHORIZED, DENIED, LIMITED, SERVER, PLATFORM -> failure;
        };
    }

    private RegistryException badRealm(String text, String problem) {
        return failures.failure(Reason.INVALID, endpoint.host()
                + " names the authorization server " + shown(text) + ", which " + problem);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
