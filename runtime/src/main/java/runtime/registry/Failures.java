package runtime.registry;

import static runtime.image.ImageFormatException.shown;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import runtime.image.ImageFormatException;
import runtime.image.JsonFields;
import runtime.registry.RegistryException.Reason;

/**
 * Puts what went wrong into words.
 *
 * @param purpose of the whole operation, such as {@code pull localhost:5000/web:1}
 * @param registry as the user names it, for {@code jctl login}
 * @param loggedIn true if credentials are in use
 */
record Failures(String purpose, String registry, boolean loggedIn, Patience patience) {
    private static final int ERROR_BODY_LIMIT_BYTES = 64 << 10;
    private static final int ERRORS_LIMIT = 100;

    /** The failure of a connection; says by its type whether it is worth another try. */
    RegistryException of(IOException cause, URI uri) {
        String host = uri.getRawAuthority();
        if (has(cause, SSLException.class)) {
            return tls(cause, host);
        }
        if (has(cause, UnknownHostException.class)
                || has(cause, UnresolvedAddressException.class)) {
            return failure(Reason.UNREACHABLE, "there is no host named " + shown(uri.getHost())
                    + "; check the name, and the network's name server", cause);
        }
        if (cause instanceof HttpConnectTimeoutException) {
            return failure(Reason.UNREACHABLE, host + " did not accept a connection within "
                    + patience.connect().toMillis() + " ms; check address, network and proxy",
                    cause);
        }
        if (cause instanceof HttpTimeoutException) {
            return failure(Reason.UNREACHABLE, host + " stalled: " + cause.getMessage(), cause);
        }
        if (has(cause, ConnectException.class) || has(cause, NoRouteToHostException.class)) {
            return failure(Reason.UNREACHABLE, "nothing answers at " + host
                    + " (" + shownMessage(cause) + "); check that the registry runs there", cause);
        }
        return failure(Reason.UNREACHABLE, "the connection to " + host + " broke: "
                + shownMessage(cause), cause);
    }

    /** True if {@code cause} can be a passing trouble once the host was reached before. */
    static boolean mayPass(IOException cause, boolean reachedBefore) {
        if (has(cause, CertificateException.class) || isNotTls(cause)) {
            return false;
        }
        boolean broken = !has(cause, ConnectException.class)
                && !has(cause, UnknownHostException.class)
                && !has(cause, NoRouteToHostException.class)
                && !has(cause, UnresolvedAddressException.class)
                && !(cause instanceof HttpConnectTimeoutException)
                && !has(cause, SSLException.class);
        return broken || reachedBefore;
    }

    /**
     * A reply that is not what was asked for: returned, or thrown as a setback if it may pass.
     *
     * @param what was asked for, to say what there is not
     */
    RegistryException refused(Reply reply, String what) throws Setback {
        String host = reply.uri().getRawAuthority();
        int status = reply.status();
        String said = " (" + status + errorText(reply) + ")";
        return switch (status) {
            case 401 -> failure(Reason.UNAUTHORIZED, loggedIn
                    ? host + " refused the login" + said + "; log in again with `jctl login "
                            + registry + "`"
                    : host + " wants a login, or has no " + what + said
                            + "; check the name, or `jctl login " + registry + "`");
            case 403 -> failure(Reason.DENIED, host + " does not allow it" + said
                    + (loggedIn ? "; ask its owner for access"
                            : "; perhaps after `jctl login " + registry + "`"));
            case 404 -> failure(Reason.NOT_FOUND, host + " has no " + what + said
                    + "; check the name");
            case 429 -> throw new Setback(failure(Reason.LIMITED, host
                    + " limits the number of requests" + said + "; try later"
                    + (loggedIn ? "" : ", or `jctl login " + registry + "` for a higher limit")),
                    retryAfter(reply));
            case 408, 500, 502, 503, 504 -> throw new Setback(failure(Reason.SERVER,
                    host + " failed" + said + "; try later"), retryAfter(reply));
            default -> failure(Reason.INVALID, host + " answered unexpectedly" + said);
        };
    }

    RegistryException failure(Reason reason, String sentence) {
        return new RegistryException(reason, "cannot " + purpose + ": " + sentence);
    }

    RegistryException failure(Reason reason, String sentence, Throwable cause) {
        return new RegistryException(reason, "cannot " + purpose + ": " + sentence, cause);
    }

    private RegistryException tls(IOException cause, String host) {
        String text;
        if (isNotTls(cause)) {
            text = "it does not speak TLS; if plain HTTP is meant, use --tls-verify=false or"
                    + " list it as an insecure registry";
        } else if (has(cause, CertificateException.class)
                || message(cause).contains("certification path")) {
            text = "its certificate is not trusted: " + shownMessage(root(cause))
                    + "; put its authority's certificate into certs.d/" + host + "/ca.crt,"
                    + " or use --tls-verify=false";
        } else {
            text = shownMessage(cause);
        }
        return failure(Reason.TLS, "no TLS connection to " + host + ": " + text, cause);
    }

    private static boolean isNotTls(IOException cause) {
        return has(cause, SSLException.class)
                && message(cause).contains("Unsupported or unrecognized SSL message");
    }

    private Optional<Duration> retryAfter(Reply reply) {
        Optional<String> text = reply.header("Retry-After").map(String::strip);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        if (text.get().matches("[0-9]{1,9}")) {
            return Optional.of(Duration.ofSeconds(Long.parseLong(text.get())));
        }
        try {
            Duration left = Duration.between(patience.clock().instant(), ZonedDateTime.parse(
                    text.get(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
            return left.isNegative() ? Optional.empty() : Optional.of(left);
        } catch (DateTimeException notADate) {
            // RFC 9110 §10.2.3: what is neither seconds nor a date says nothing.
            return Optional.empty();
        }
    }

    // OCI distribution-spec "Error Codes": {"errors":[{"code":…,"message":…}]}; others send HTML.
    private static String errorText(Reply reply) {
        try {
            Optional<byte[]> body = reply.readBody(ERROR_BODY_LIMIT_BYTES);
            if (body.isEmpty() || body.get().length == 0 || body.get()[0] != '{') {
                return "";
            }
            JsonFields fields = JsonFields.read("error", body.get());
            if (!fields.has("errors")) {
                return fields.optionalText("details").or(() -> optional(fields, "message"))
                        .map(text -> " " + shown(text)).orElse("");
            }
            List<JsonFields> errors = fields.objects("errors", ERRORS_LIMIT);
            if (errors.isEmpty()) {
                return "";
            }
            JsonFields first = errors.getFirst();
            String text = first.optionalText("message").or(() -> optional(first, "code"))
                    .orElse("");
            return text.isEmpty() ? "" : " " + shown(text);
        } catch (IOException | ImageFormatException unreadable) {
            // The status says enough; an error page is only a courtesy.
            return "";
        } finally {
            reply.close();
        }
    }

    private static Optional<String> optional(JsonFields fields, String name) {
        try {
            return fields.optionalText(name);
        } catch (ImageFormatException notText) {
            // As above: only a courtesy.
            return Optional.empty();
        }
    }

    private static boolean has(Throwable failure, Class<? extends Throwable> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }

    private static Throwable root(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static String message(Throwable failure) {
        return failure.getMessage() == null ? failure.getClass().getSimpleName()
                : failure.getMessage();
    }

    private static String shownMessage(Throwable failure) {
        String quoted = shown(message(failure));
        return quoted.startsWith("\"") && quoted.endsWith("\"")
                ? quoted.substring(1, quoted.length() - 1) : quoted;
    }
}
